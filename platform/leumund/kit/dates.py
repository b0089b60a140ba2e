"""Days and moments as each language writes them, by the clocks of whoever reads; and days as files have them."""

import re
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

_WRITTEN = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"),
)


def day(told: date, language: str) -> str:
    """``3. Mai 2026``."""
    return str(format_date(told, "medium" if language == "en" else "d. MMM y", locale=language))


def moment(at: datetime, language: str, zone: ZoneInfo) -> str:
    """``3. Mai 2026, 14:02`` by the clocks of ``zone``."""
    style = "MMM d, y, h:mm a" if language == "en" else "d. MMM y, HH:mm"
    return str(format_datetime(at.astimezone(zone), style, locale=language))


def written(text: str) -> date | None:
    """The day that a cell of a file says, ``2026-11-23`` or ``23.11.2026``; None where it says none."""
    for form in _WRITTEN:
        if found := form.fullmatch(text.strip()):
            with suppress(ValueError):
                return date(**{part: int(digits) for part, digits in found.groupdict().items()})
    return None
