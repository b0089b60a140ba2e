"""Consents end as easily as they were given, and an address that was stopped stays stopped."""
