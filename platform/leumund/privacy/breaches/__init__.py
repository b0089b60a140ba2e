"""Breaches of people's data: told in time to whom they must be, and kept with what was known when (GDPR Art. 33)."""
