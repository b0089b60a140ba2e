"""The calendar of occasions: which day is whose, at which moment, when it is too late, and who is drawn by lot.

Somebody born on 29 February has their day on the 28th of a common year. A span that is told in years and would end on a
day its last month does not have ends on that month's last one (§ 188(3) BGB), and so it is February, the month of
their birth, in which they are greeted every year.
"""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from leumund.surveys.figures import rating
from leumund.surveys.rules import LEAST_CELL

# A moment of which a greeting may be late: the next day it is none any more.
LATEST = timedelta(days=1)
# How long after the first step it is looked at what somebody did.
GOAL_DAYS = 30
_DAY = timedelta(days=1)
_LOTS = 100


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """People written to beside those drawn not to be: how many each, how many of them did it, and the difference.

    Shares and difference in percent; they are None where either side has fewer than LEAST_CELL people.
    """

    written: int
    control: int
    written_share: float | None = None
    control_share: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


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


def is_control(lot: int, percent: int) -> bool:
    """Whether ``lot``, any whole number, is one of the ``percent`` of a hundred who are not written to."""
    return lot % _LOTS < percent


def compared(*, written: int, written_did: int, control: int, control_did: int) -> Compared:
    """Newcombe's hybrid score interval of a difference of two shares (Statistics in Medicine 17, 1998, method 10)."""
    assert written_did <= written, "they are among them"
    assert control_did <= control, "they are among them"
    if min(written, control) < LEAST_CELL:
        return Compared(written=written, control=control)
    one = rating.share(written_did / written, size=written)
    other = rating.share(control_did / control, size=control)
    difference = one.value - other.value
    below = ((one.value - one.low) ** 2 + (other.high - other.value) ** 2) ** 0.5
    above = ((one.high - one.value) ** 2 + (other.value - other.low) ** 2) ** 0.5
    return Compared(
        written=written,
        control=control,
        written_share=100 * one.value,
        control_share=100 * other.value,
        difference=100 * difference,
        low=100 * (difference - below),
        high=100 * (difference + above),
    )
