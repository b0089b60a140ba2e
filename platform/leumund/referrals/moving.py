"""Move a referral on in its life: forward only, and the row itself says whether it may."""

from datetime import datetime
from uuid import UUID

from leumund.events import telling
from leumund.kit import ground, personal
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column
from leumund.referrals import rules

_REASON = Column("referral", "reason_sealed")
_MOVE = """
UPDATE referral SET state = $2, reason_sealed = $5, decided_by = coalesce($6, decided_by),
    qualified_at = CASE WHEN $2 = 'qualified' THEN $4 ELSE qualified_at END,
    decided_at = CASE WHEN $2 IN ('qualified', 'in_review') THEN decided_at ELSE $4 END,
    voided_from = CASE WHEN $2 = 'voided' THEN state END, voided_after = CASE WHEN $2 = 'voided' THEN decided_at END
WHERE id = $1 AND state = ANY ($3::text[]) RETURNING id
"""

# Whoever was approved counts among an advocate's referrals since then, and not since it counts again.
_UNVOID = """
UPDATE referral SET state = coalesce(voided_from, 'in_review'), reason_sealed = NULL, decided_at = voided_after,
    voided_from = NULL, voided_after = NULL
WHERE id = $1 AND state = 'voided' RETURNING state
"""


async def move(*, referral: UUID, to: str, at: datetime, reason: str = "", by: UUID | None = None) -> None:
    """Make the referral ``to``; ``by`` is the member who decided, None where a rule did.

    Whoever calls has locked the row and seen that it may: that it does not move is our fault.
    """
    kept = _REASON.keep(reason, referral, key=await _key(referral) if reason and by else None)
    moved = await ground.fetch(_MOVE, referral, to, rules.before(to), at, kept, by)
    assert len(moved) == 1, f"this referral does not become {to}"
    await telling.tell(kind=f"referral.{to}", subject=referral, at=at)


async def unvoid(*, referral: UUID, at: datetime) -> None:
    """Something by which it qualified is there again: it stands where it stood, and nobody decides anew.

    That is no step of its life: what took it out of it never happened. Whoever calls has locked the row.
    """
    for row in await ground.fetch(_UNVOID, referral):
        await telling.tell(kind=f"referral.{row['state']}", subject=referral, at=at)


async def confirm(*, referral: UUID, by: UUID, at: datetime) -> None:
    """A person looked once more, and it stays as it is."""
    await ground.execute("UPDATE referral SET decided_by = $2, decided_at = $3 WHERE id = $1", referral, by, at)


def why(kept: bytes | None, referral: UUID, *, key: PersonKey | None) -> str:
    """The reason as it was kept: typed by whoever decided and under the referral's ``key``, or a word of ours."""
    return _REASON.tell(kept, referral, key=personal.under(kept, key))


async def _key(referral: UUID) -> PersonKey:
    """What typed words lie under: a key of the referral's own, since they may name either of the two.

    It goes with the first of them who is erased, and out of every copy.
    """
    found = await personal.keys(people=[referral])
    return found.get(referral) or (await personal.make(people=[referral]))[referral]
