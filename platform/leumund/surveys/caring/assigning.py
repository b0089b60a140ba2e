"""Assign a case: to whoever the company named, else by turns; and hand it on by hand."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.staff import rules as roles
from leumund.surveys.caring import arranging, finding, recording
from leumund.surveys.caring.arranging import NotAble

# Whoever got a case longest ago, or never, is next.
_NEXT = """
SELECT member FROM unnest($1::uuid[]) AS member
ORDER BY (SELECT max(assigned_at) FROM customer_case WHERE owner = member) NULLS FIRST, member LIMIT 1
"""
_GIVE = "UPDATE customer_case SET owner = $2, assigned_at = $3, told_at = NULL WHERE id = $1"


async def choose() -> UUID | None:
    """Whose the next case is; None while nobody may work on cases.

    Without a member the company named, it is shared out among support, and where there is none among all who may.
    """
    able = await arranging.able()
    named = (await arranging.arrangement()).owner
    if named in {member.id for member in able}:
        return named
    return await _next([member.id for member in able if member.role == roles.SUPPORT] or [each.id for each in able])


async def _next(members: Collection[UUID]) -> UUID | None:
    rows = await ground.fetch(_NEXT, list(members))
    return rows[0]["member"] if rows else None


async def hand_over(*, case: UUID, to: UUID, by: UUID, at: datetime) -> None:
    """From now on the case is that of ``to``, who may be ``by``; that it is already is fine.

    Raises what finding.locked raises, NotAble.
    """
    found = await finding.locked(case=case)
    if to not in {member.id for member in await arranging.able()}:
        raise NotAble("errors.care.not_able", field="owner")
    if found.owner != to:
        await ground.execute(_GIVE, case, to, at)
        detail = {"member": str(to)}
        await recording.stay(case=case, what="assigned", state=found.state, actor=f"staff:{by}", at=at, detail=detail)
