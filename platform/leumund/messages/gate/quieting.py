"""Keep quiet hours: at night, on Sundays and public holidays advertising that asks for it waits.

A mail that waits is asked for its consent when it goes, not when it was queued. What an hour is, and which day it
falls on, is read from the company's own clock, whatever that is set back or forward by.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from leumund.audit import noting
from leumund.company import calendaring, describing
from leumund.kit.faults import Refusals, Refused
from leumund.messages.tables import MessageQuiet

_SUNDAY = 6
_HOURS = 24
# No country has holidays for as long as this; an hour of each open day is free, so that one is always found before.
_MOST_STEPS = _HOURS * 60


class NoHour(Refused):
    """Not an hour of the day."""


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing goes from ``from_hour`` until ``until_hour``, which may be of the next day; the same hour twice is never.

    ``sundays`` and ``holidays`` are quiet as a whole.
    """

    from_hour: int = 20
    until_hour: int = 8
    sundays: bool = True
    holidays: bool = True


async def quiet() -> Quiet:
    """The company's own quiet hours, or ours."""
    columns = [getattr(MessageQuiet, name) for name in Quiet.__struct_fields__]
    row = await MessageQuiet.select(*columns).first()
    return Quiet() if row is None else msgspec.convert(row, Quiet)


async def open_at(*, at: datetime) -> datetime:
    """``at``, or when it is quiet then, the moment when that is over."""
    company = await describing.profile()
    zone = ZoneInfo(company.time_zone)
    return first_open(at, await quiet(), zone=zone, country=company.country, region=company.region)


def first_open(at: datetime, quiet: Quiet, *, zone: ZoneInfo, country: str, region: str = "") -> datetime:
    """The first moment from ``at`` on, by the full hour, that ``quiet`` leaves free on the clocks of ``zone``."""
    moment = at
    for _ in range(_MOST_STEPS):
        local = moment.astimezone(zone)
        if not _is_quiet(local, quiet, country, region):
            return moment
        # In UTC: an hour that comes twice is two hours, and one that is left out is none.
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        moment = moment + timedelta(hours=1) - into
    raise AssertionError("some hour of some day is free")


def _is_quiet(local: datetime, quiet: Quiet, country: str, region: str) -> bool:
    if quiet.from_hour < quiet.until_hour:
        night = quiet.from_hour <= local.hour < quiet.until_hour
    else:
        night = quiet.from_hour != quiet.until_hour and not quiet.until_hour <= local.hour < quiet.from_hour
    if night or (quiet.sundays and local.weekday() == _SUNDAY):
        return True
    return quiet.holidays and calendaring.is_holiday(local.date(), country=country, region=region)


async def objections(*, wanted: Quiet, region: str) -> list[Refused]:
    """What is wrong with ``wanted``, and with the state whose holidays shall count, by their fields."""
    hours = [
        NoHour("errors.messages.quiet.hour", field=field)
        for field in ("from_hour", "until_hour")
        if not 0 <= getattr(wanted, field) < _HOURS
    ]
    return [*hours, *await describing.objections(region=region)]


async def keep(*, wanted: Quiet, region: str, actor: str, at: datetime) -> None:
    """Let it be quiet as ``wanted`` from now on, on the holidays of ``region``, which count for the whole company.

    What waits already waits as it was told. Raises Refusals.
    """
    if found := await objections(wanted=wanted, region=region):
        raise Refusals(found)
    if not await describing.settle(region=region, at=at) and wanted == await quiet():
        return
    row = MessageQuiet(id=1, **msgspec.structs.asdict(wanted), changed_at=at)
    changing = [column for column in MessageQuiet.all_columns() if column is not MessageQuiet.id]
    await MessageQuiet.insert(row).on_conflict(target=MessageQuiet.id, action="DO UPDATE", values=changing)
    detail = msgspec.structs.asdict(wanted) | {"region": region}
    await noting.note(actor=actor, action="messages.quieted", detail=detail, at=at)
