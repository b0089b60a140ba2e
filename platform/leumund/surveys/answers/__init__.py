"""What people answer: taken, corrected, kept apart from who they are where that was promised, and listed."""
