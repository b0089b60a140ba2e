"""A stand-in for Stripe's servers, over HTTP: it keeps books, checks idempotency like the real one, fails on command.

Field names and rules are those of Stripe's API reference; what no part of Leumund calls is not there and answers 404.
"""
