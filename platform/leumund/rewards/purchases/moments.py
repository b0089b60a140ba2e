"""When something was bought, as it stands in a file: German or ISO, with a zone or by the company's clocks."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from leumund.kit import dates
from leumund.kit.faults import Refused

_LONGEST = 40
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?(?: ?Uhr)?"
_ZONE = r" ?(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})"
_FORM = re.compile(rf"(?P<day>[0-9.-]+)(?:(?:T|,? ){_TIME}(?:{_ZONE})?)?")
_LAST = time(23, 59, 59)


class NoMoment(Refused):
    """Not a day, or a moment, that can be read one way only."""


def read(text: str, *, field: str, zone: ZoneInfo, at: datetime) -> datetime:
    """The moment in UTC, by the zone the cell says, else by the clocks of ``zone``.

    Of a day alone it is the last second, so that whoever was recommended on that day bought after it; of the day on
    which the file was brought, that is ``at``. Raises NoMoment.
    """
    shown = " ".join(text.split())
    found = _FORM.fullmatch(shown) if len(shown) <= _LONGEST else None
    if found and (day := dates.written(found["day"])):
        with suppress(ValueError, OverflowError):
            return _moment(found, day, zone, at).astimezone(UTC)
    raise NoMoment("errors.customers.no_date", field=field, value=shown[:_LONGEST])


def _moment(found: re.Match[str], day: date, zone: ZoneInfo, at: datetime) -> datetime:
    if found["hour"] is None:
        ends_at = datetime.combine(day, _LAST, zone)
        return at if day == at.astimezone(zone).date() else ends_at
    told = datetime.combine(day, time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0)), zone)
    return told if found["zone"] is None else told.replace(tzinfo=_offset(found["zone"]))


def _offset(told: str) -> timezone:
    if told in ("Z", "UTC"):
        return UTC
    sign = -1 if told.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(told[1:3]), minutes=int(told[-2:])))
