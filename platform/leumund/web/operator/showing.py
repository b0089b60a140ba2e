"""Figures and moments the way each language writes them; moments in UTC, as logs do."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit

_UNITS = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")
_STEP = 1000


def figures(lang: str) -> Mapping[str, Callable[..., str]]:
    """What a template calls: ``size(bytes)``, ``number(n)``, ``moment(at)`` and ``date(at)``."""
    return {
        "size": partial(size, lang=lang),
        "number": partial(number, lang=lang),
        "moment": partial(moment, lang=lang),
        "date": partial(date, lang=lang),
    }


def size(count: int, *, lang: str) -> str:
    """Bytes in the largest unit that leaves a whole: ``2.4 MB``."""
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return str(format_unit(round(value, 1), f"digital-{_UNITS[unit]}", length="short", locale=lang))


def number(count: int, *, lang: str) -> str:
    return str(format_decimal(count, locale=lang))


def moment(at: datetime, *, lang: str) -> str:
    """``23.11.2026, 12:00`` in German, ``Nov 23, 2026, 12:00`` in English; seconds are for the log files."""
    pattern = "dd.MM.yyyy, HH:mm" if lang == "de" else "MMM d, yyyy, HH:mm"
    return str(format_datetime(at.astimezone(UTC), pattern, locale=lang))


def date(at: datetime, *, lang: str) -> str:
    return str(format_date(at.astimezone(UTC).date(), "medium", locale=lang))
