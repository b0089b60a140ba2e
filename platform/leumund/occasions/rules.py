"""The calendar of occasions: which day is whose, at which moment, and when it is too late.

Somebody born on 29 February has their day on the 28th of a common year. A span that is told in years and would end on a
day its last month does not have ends on that month's last one (§ 188(3) BGB), and so it is February, the month of
their birth, in which they are greeted every year.
"""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A moment of which a greeting may be late: the next day it is none any more.
LATEST = timedelta(days=1)
_DAY = timedelta(days=1)


def days_kept_on(day: date) -> list[str]:
    """The days of a year, such as ``02-29``, that are kept on ``day``."""
    kept = [day.strftime("%m-%d")]
    return [*kept, "02-29"] if kept == ["02-28"] and not isleap(day.year) else kept


def moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """``hour`` of ``day`` by the clocks of ``zone``, in UTC.

    Of an hour that comes twice the first, and of one that is left out the one that follows it.
    """
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day that it is by the clocks of ``zone``."""
    return at.astimezone(zone).date()


def span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the days from ``first`` to ``last`` begin, and when they are over."""
    return moment(first, 0, zone), moment(last + _DAY, 0, zone)


def later(due: datetime, days: int, hour: int, zone: ZoneInfo) -> datetime:
    """``hour`` of the day that comes ``days`` after that of ``due``, whatever the clocks do meanwhile."""
    return moment(day_of(due, zone) + days * _DAY, hour, zone)


def is_late(due: datetime, at: datetime) -> bool:
    """Whether what was due is not done any more."""
    return at - due > LATEST


def days_to_plan(today: date, planned_until: date | None, *, most_days: int) -> list[date]:
    """Today and tomorrow, and before them what no night has planned, ``most_days`` back at most.

    Those that were planned are planned again, for whoever has come since.
    """
    first = min(today, planned_until + _DAY) if planned_until else today
    first = max(first, today - most_days * _DAY)
    return [first + n * _DAY for n in range((today - first).days + 2)]
