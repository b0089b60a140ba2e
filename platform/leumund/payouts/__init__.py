"""Money leaves: Stripe, vouchers, by hand; the only room that may know Stripe."""
