"""Stripe: money leaves over a company's own account there, and what happens there is heard and followed."""
