"""How long whoever signed in may sit there: half an hour idle, half a day at most, whoever it is."""

from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_NOTED_EVERY = timedelta(minutes=1)


def is_alive(created_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Whether a session lives: seen within half an hour, and begun within half a day."""
    return at - seen_at < IDLE and at - created_at < ABSOLUTE


def is_to_be_noted(seen_at: datetime, at: datetime) -> bool:
    """Whether to note that a session is in use: a row for each request would be many, and once a minute is enough."""
    return at - seen_at >= _NOTED_EVERY
