"""Pause, resume and end a program, and set its period, budget and limits: each a deed of its own, and noted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Overtaken, Refused
from leumund.programs import issuing, moving, offering
from leumund.programs.drafting import ProgramUnknown
from leumund.programs.offers import Offer

# Forward only: what has ended never runs again, since people were told that it ended.
_NEXT = {"draft": {"live"}, "live": {"paused", "ended"}, "paused": {"live", "ended"}, "ended": set[str]()}
_DEEDS = {"live": "resumed", "paused": "paused", "ended": "ended"}


class NotSo(Overtaken):
    """The program does not stand where this begins: somebody was faster."""


class BudgetBelow(Refused):
    """Less than the program has given already."""


class EndsBefore(Refused):
    """A period ends after it begins."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set of a program that is published, in minor units of its currency."""

    budget_cents: int
    review_above_cents: int | None
    four_eyes_above_cents: int | None
    begins_at: datetime | None
    ends_at: datetime | None


def may_become(state: str, wished: str) -> bool:
    """Whether a program may go from ``state`` to ``wished``."""
    return wished in _NEXT[state]


async def become(*, key: str, state: str, actor: str, at: datetime) -> Offer:
    """Make the program live, paused or ended; what was earned in it stays. Raises ProgramUnknown, NotSo."""
    before = await _held(key)
    if not may_become(before.state, state):
        raise NotSo("errors.programs.not_so")
    action = "started" if before.state == "draft" else _DEEDS[state]
    return await _move(before, {"state": state}, f"program.{action}", actor=actor, at=at)


async def settle(*, key: str, seen: str, frame: Frame, actor: str, at: datetime) -> Offer:
    """Set the program's budget, limits and period; ``seen`` is its frame as it was read, by ``told``.

    Raises ProgramUnknown, NotSo where somebody else changed it since, BudgetBelow, EndsBefore.
    """
    before = await _held(key)
    if told(before) != seen:
        raise NotSo("errors.programs.overtaken")
    if frame.budget_cents < await issuing.spent_cents(before):
        raise BudgetBelow("errors.programs.budget_spent", field="budget_cents")
    if frame.begins_at and frame.ends_at and frame.ends_at <= frame.begins_at:
        raise EndsBefore("errors.programs.ends_before", field="ends_at")
    return await _move(before, msgspec.structs.asdict(frame), "program.settled", actor=actor, at=at)


def told(offer: Offer) -> str:
    """How the program is set, in a word that differs when anything of it does."""
    return "|".join(str(getattr(offer, name)) for name in Frame.__struct_fields__)


async def _held(key: str) -> Offer:
    await ground.execute("SELECT FROM program WHERE key = $1 FOR NO KEY UPDATE", key)
    offer = await offering.find(key=key)
    if offer is None:
        raise ProgramUnknown("errors.programs.unknown")
    return offer


async def _move(before: Offer, wished: Mapping[str, Any], action: str, *, actor: str, at: datetime) -> Offer:
    changed = await moving.move(before=before, wished=wished, at=at, by=actor)
    if changed:
        changes = {name: (getattr(before, name), wished[name]) for name in changed}
        detail = {"program": before.key}
        await noting.note(actor=actor, action=action, subject=before.id, detail=detail, changes=changes, at=at)
    return msgspec.structs.replace(before, **wished)
