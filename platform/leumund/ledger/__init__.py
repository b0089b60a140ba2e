"""Postings and balances: every euro is booked once, from one account to another."""
