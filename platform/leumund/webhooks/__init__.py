"""What others tell us: stored, answered, then worked off (the first one arrives with payouts)."""
