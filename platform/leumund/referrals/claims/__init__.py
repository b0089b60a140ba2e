"""Who recommended somebody, as their shop tells it: what was claimed, which claim wins, and what comes of it."""
