"""Days and moments as each language writes them, by the clocks of whoever reads."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime


def day(told: date, language: str) -> str:
    """``3. Mai 2026``."""
    return str(format_date(told, "medium" if language == "en" else "d. MMM y", locale=language))


def moment(at: datetime, language: str, zone: ZoneInfo) -> str:
    """``3. Mai 2026, 14:02`` by the clocks of ``zone``."""
    style = "MMM d, y, h:mm a" if language == "en" else "d. MMM y, HH:mm"
    return str(format_datetime(at.astimezone(zone), style, locale=language))
