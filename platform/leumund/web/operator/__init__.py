"""The operator's pages: companies and their health, and not one of their customers."""
