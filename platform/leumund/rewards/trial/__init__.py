"""Try rules on what happened before they are published: what they would have paid, and nothing is written."""
