"""The companies' systems come in here: customers, conversions and refunds over JSON."""
