"""A company's offer, its terms, its limits, and who takes part."""
