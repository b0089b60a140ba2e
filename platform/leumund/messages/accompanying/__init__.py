"""Deeds of rooms below that a mail goes with: both happen, or neither does."""
