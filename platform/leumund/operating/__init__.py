"""The operator's own accounts, and the life of a company seen from outside."""
