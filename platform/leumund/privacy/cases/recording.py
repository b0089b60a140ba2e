"""Record a step of a case: in the case's own story, and in the company's log where somebody of the company took it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground

# Who acts where a rule does.
SYSTEM = "system:rights"
_RECORD = """
INSERT INTO rights_event (id, rights_case, position, at, actor, what, detail)
SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6 FROM rights_event WHERE rights_case = $2
"""


async def record(
    *, case: UUID, what: str, actor: str, at: datetime, detail: Mapping[str, object] | None = None
) -> None:
    """``what`` is such as ``taken``; ``detail`` names facts and ids, and nothing anybody wrote.

    Whoever calls holds the case's lock or has just made it, so that its steps have an order.
    """
    told = msgspec.json.encode(detail or {}).decode()
    await ground.execute(_RECORD, uuid4(), case, at, actor, what, told)
    if actor.startswith("staff:"):
        await noting.note(actor=actor, action=f"rights.{what}", subject=case, detail=detail, at=at)
