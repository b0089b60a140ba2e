"""The ground: money, clock, tokens, outbox, settings; knows nothing of referrals."""
