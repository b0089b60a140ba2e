"""Note a look before it is taken: what is not in the log, committed, cannot be read.

``note`` is called in a transaction of its own, and what it returns opens one read in the next one.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Unknown

# The lock lets an owner who ends the grant wait for this entry, or this entry see that it has ended.
_OPEN = """
SELECT operator_email FROM support_access
WHERE request = $1 AND operator = $2 AND rooms ? $3 AND ended_at IS NULL AND ends_at > $4 FOR SHARE
"""


class NoSight(Unknown):
    """Nobody granted this operator this room, or not any more: all answer alike."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What ``operator`` is about to look at under the grant of ``request``: a room, and how, in words without persons.

    ``detail`` names kinds and ids, never what was searched for.
    """

    request: UUID
    operator: UUID
    room: str
    detail: Mapping[str, object]


class Noted(msgspec.Struct, kw_only=True):
    """An entry of the log that opens one read of one room; it is spent by it."""

    entry: UUID
    room: str
    spent: bool = False


async def note(*, look: Look, at: datetime) -> Noted:
    """Note ``look`` in the company's log. Raises NoSight."""
    open_to = await ground.fetch(_OPEN, look.request, look.operator, look.room, at)
    if not open_to:
        raise NoSight("errors.support.no_sight")
    entry = await noting.note(
        actor=f"operator:{look.operator}",
        action=f"support.read_{look.room}",
        subject=look.request,
        detail={"operator": open_to[0]["operator_email"], **look.detail},
        at=at,
    )
    return Noted(entry=entry, room=look.room)
