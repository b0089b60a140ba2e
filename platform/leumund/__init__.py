"""Leumund: each client company runs its own referral program behind its own wall."""
