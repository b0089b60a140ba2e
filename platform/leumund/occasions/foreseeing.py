"""Foresee: how many people an occasion comes for within the next days, as everything stands now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from leumund.occasions import coming, reading, rules
from leumund.occasions.defining import Definition
from leumund.occasions.reading import Standing

DAYS = 30


async def due(*, definition: Definition, at: datetime) -> int:
    """People for whom it would begin today or within DAYS from now. Three queries at most.

    Of purchases and answers those there are: nobody knows who will buy. Who may be written to is settled when it goes.
    """
    return await _due(definition, await reading.zone(), at)


async def all_due(*, occasions: Sequence[Standing], at: datetime) -> Mapping[UUID, int]:
    """The same for each that has not ended; a query or two each, of which a company has a handful."""
    zone = await reading.zone()
    return {each.id: await _due(each.counts, zone, at) for each in occasions if each.state != "ended"}


async def _due(definition: Definition, zone: ZoneInfo, at: datetime) -> int:
    today = rules.day_of(at, zone)
    who = await coming.on(definition, [today + timedelta(days=n) for n in range(DAYS)], zone)
    return 0 if who is None else await coming.count(who)
