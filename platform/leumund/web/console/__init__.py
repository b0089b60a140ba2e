"""The company's own pages: what its staff see and decide."""
