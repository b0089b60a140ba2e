"""Arrange the closed loop: which answers open a case, by when it is seen to, and whose it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leumund.audit import noting
from leumund.company import calendaring, describing
from leumund.kit.faults import Refusals, Refused
from leumund.staff import members
from leumund.staff.members import Member
from leumund.surveys.caring import rules
from leumund.surveys.caring.rules import Deadline
from leumund.surveys.caring.tables import CareRule, CareSetting
from leumund.surveys.questions.moods import Mood

RIGHT = "care.work"


class BadDeadline(Refused):
    """A time nobody could mean."""


class NotAble(Refused):
    """Nobody who may work on cases."""


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """How a company has it; ``owner`` is None where cases are shared out by turns."""

    deadlines: Mapping[Mood, Deadline]
    owner: UUID | None = None


async def arrangement() -> Arrangement:
    """As the company has it, and as we do where it said nothing; two queries."""
    own = await CareRule.select(CareRule.mood, CareRule.opens, CareRule.amount, CareRule.unit)
    deadlines = {**rules.OURS, **{row.pop("mood"): msgspec.convert(row, Deadline) for row in own}}
    said = await CareSetting.select(CareSetting.owner).first()
    return Arrangement(deadlines=deadlines, **(said or {}))


async def due(*, mood: Mood, since: datetime) -> datetime:
    """Until when a case of ``mood`` that began at ``since`` is to be seen to."""
    arranged, company = await arrangement(), await describing.profile()
    calendar = calendaring.calendar(country=company.country, region=company.region)
    return rules.due(since, deadline=arranged.deadlines[mood], calendar=calendar, zone=ZoneInfo(company.time_zone))


async def able() -> list[Member]:
    """Who may work on cases, by name."""
    return [member for member in await members.everybody() if member.enrolled and member.may(RIGHT)]


async def arrange(*, wanted: Arrangement, actor: str, at: datetime) -> None:
    """Let cases be as ``wanted`` from now on; those that are open keep the deadline they have. Raises Refusals."""
    if faults := await _objections(wanted):
        raise Refusals(faults)
    before = await arrangement()
    for mood, deadline in wanted.deadlines.items():
        if deadline != before.deadlines[mood]:
            await _keep(mood, deadline, at)
    row = CareSetting(id=1, owner=wanted.owner, changed_at=at)
    changing = [CareSetting.owner, CareSetting.changed_at]
    await CareSetting.insert(row).on_conflict(target=CareSetting.id, action="DO UPDATE", values=changing)
    if wanted != before:
        await noting.note(actor=actor, action="care.arranged", detail=_told(wanted), at=at)


async def _objections(wanted: Arrangement) -> list[Refused]:
    most = rules.MOST_AMOUNT
    faults: list[Refused] = [
        BadDeadline("errors.care.deadline", field=f"amount_{mood}", most=most)
        for mood, deadline in wanted.deadlines.items()
        if not 1 <= deadline.amount <= most
    ]
    if wanted.owner and wanted.owner not in {member.id for member in await able()}:
        faults.append(NotAble("errors.care.not_able", field="owner"))
    return faults


async def _keep(mood: Mood, deadline: Deadline, at: datetime) -> None:
    row = CareRule(mood=mood, **msgspec.structs.asdict(deadline), changed_at=at)
    changing = [CareRule.opens, CareRule.amount, CareRule.unit, CareRule.changed_at]
    await CareRule.insert(row).on_conflict(target=CareRule.mood, action="DO UPDATE", values=changing)


def _told(wanted: Arrangement) -> dict[str, Any]:
    told: dict[str, Any] = {
        mood: f"{each.amount} {each.unit}" if each.opens else "-" for mood, each in wanted.deadlines.items()
    }
    return {**told, "owner": str(wanted.owner or "")}
