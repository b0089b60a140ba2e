"""One person's record: registered once, kept under a key of theirs, found again, named, and held back."""
