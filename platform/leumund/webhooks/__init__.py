"""What others tell us: kept, answered, then worked off by jobs."""
