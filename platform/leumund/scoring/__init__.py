"""The advocate score and its explanation."""
