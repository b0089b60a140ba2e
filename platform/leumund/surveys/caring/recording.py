"""Record a step of a case, in its own story, and in the company's log where somebody of the company took it.

The database has each step lead on from where the one before it led; of two at once the second is refused by it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.surveys.caring.rules import State

# Who acts where a rule does.
SYSTEM = "system:care"
_RECORD = """
INSERT INTO case_step (id, customer_case, position, at, actor, what, was, became, detail)
SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7, $8 FROM case_step WHERE customer_case = $2
"""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A step from state ``was`` to ``became``; the first one was nothing before."""

    what: str
    was: State | None
    became: State


async def record(
    *, case: UUID, move: Move, actor: str, at: datetime, detail: Mapping[str, object] | None = None
) -> None:
    """``detail`` names facts and ids, and nothing anybody wrote.

    Whoever calls holds the case's lock or has just made it, so that its steps have an order.
    """
    told = msgspec.json.encode(detail or {}).decode()
    await ground.execute(_RECORD, uuid4(), case, at, actor, move.what, move.was, move.became, told)
    if actor.startswith("staff:"):
        await noting.note(actor=actor, action=f"care.{move.what}", subject=case, detail=detail, at=at)


async def stay(
    *, case: UUID, what: str, state: State, actor: str, at: datetime, detail: Mapping[str, object] | None = None
) -> None:
    """A step that leaves the case where it is."""
    await record(case=case, move=Move(what=what, was=state, became=state), actor=actor, at=at, detail=detail)
