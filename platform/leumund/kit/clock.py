"""The time, asked for by entrances only; deeds are told it."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC, to the millisecond: what consent evidence states, and no more."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
