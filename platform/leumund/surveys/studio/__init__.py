"""A survey is drafted, looked at and published as a version that never changes."""
