"""A company as files: read, checked, applied and written back."""
