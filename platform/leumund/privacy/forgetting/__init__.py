"""Data goes: when somebody wants it gone or its time is over, unless it must be kept; and stays gone."""
