"""The company's own people: accounts, roles, passwords, second factor, sessions, and keys for its systems."""
