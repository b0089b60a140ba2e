"""On which days banks carry transfers out: those of TARGET, the settlement system of the euro."""

from datetime import date, timedelta
from functools import cache

import holidays


def is_bank_day(day: date) -> bool:
    """Whether TARGET is open: Monday to Friday but for six holidays."""
    return day.weekday() < 5 and day not in _target(day.year)


def next_bank_day(after: date) -> date:
    """The first day later than ``after`` on which transfers are carried out."""
    return next(day for number in range(1, 15) if is_bank_day(day := after + timedelta(days=number)))


@cache
def _target(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("XECB", years=year))
