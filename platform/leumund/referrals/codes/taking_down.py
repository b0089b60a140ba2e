"""Take a code down that a person chose: it leads nowhere, nobody gets it again, and the person is told why."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import free_text, ground, personal
from leumund.kit.faults import Unknown
from leumund.kit.sealing import Column

LONGEST_REASON = 500
_REASON = Column("share_code", "reason_sealed")
_FIND = """
SELECT l.advocate FROM share_code k JOIN share_link l ON l.id = k.link
WHERE k.id = $1 AND k.kind = 'chosen' AND k.taken_down_at IS NULL FOR NO KEY UPDATE OF k
"""
_TAKE_DOWN = "UPDATE share_code SET taken_down_at = $2, taken_down_by = $3, reason_sealed = $4 WHERE id = $1"


class NoSuchCode(Unknown):
    """Nobody chose it, or it was taken down before."""


async def take_down(*, code: UUID, reason: str, by: UUID, at: datetime) -> None:
    """End ``code`` for the ``reason`` its person reads in the portal. Raises NoSuchCode, free_text's faults."""
    told = free_text.checked(reason, field="reason", needed=True, most=LONGEST_REASON)
    found = await ground.fetch(_FIND, code)
    if not found:
        raise NoSuchCode("errors.codes.unknown")
    advocate = found[0]["advocate"]
    kept = _REASON.keep(told, code, key=await personal.key(person=advocate))
    await ground.execute(_TAKE_DOWN, code, at, by, kept)
    await noting.note(
        actor=f"staff:{by}", action="code.taken_down", subject=advocate, detail={"code": str(code)}, at=at
    )
