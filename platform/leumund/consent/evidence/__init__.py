"""What happened, event by event in a chain, with what was shown: read, verified, and proven as a whole."""
