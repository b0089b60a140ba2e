"""Texts and forms read as a court would read them, before anybody else does."""
