"""Tell recipients that data was mended, restricted or erased (GDPR Art. 19): who they are, and that they were told.

The company tells them itself, by whatever way it has to them: we list who they are and keep the case on the board until
each is confirmed.
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.company import processing
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.privacy.cases import recording
from leumund.staff import api_keys

_LIST = """
INSERT INTO rights_notice (id, rights_case, recipient)
SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[])
"""
_LOCK = "SELECT FROM rights_case WHERE id = $1 FOR UPDATE"
_TELL = """
UPDATE rights_notice SET told_at = $3, told_by = $4 WHERE id = $2 AND rights_case = $1 AND told_at IS NULL RETURNING id
"""
_OF = "SELECT id, recipient, told_at FROM rights_notice WHERE rights_case = $1 ORDER BY recipient"
_UNTOLD = """
SELECT c.id, c.kind, c.closed_at, count(*) AS untold FROM rights_notice n JOIN rights_case c ON c.id = n.rights_case
WHERE n.told_at IS NULL GROUP BY c.id ORDER BY c.closed_at LIMIT 50
"""


class NoticeUnknown(Unknown):
    """Nobody has to be told this, or they were."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient of a case, and when they were told."""

    id: UUID
    recipient: str
    told_at: datetime | None


class Untold(msgspec.Struct, frozen=True, kw_only=True):
    """A closed case of which ``untold`` recipients do not know yet."""

    id: UUID
    kind: str
    closed_at: datetime
    untold: int


async def recipients() -> list[str]:
    """Everybody who gets data of people: who is named in the notice, and the systems that hold a key."""
    named = [each.name for each in await processing.listed() if not each.is_host]
    systems = [key.name for key in await api_keys.every() if key.revoked_at is None]
    return [*dict.fromkeys([*named, *systems])]


async def list_recipients(*, case: UUID, at: datetime) -> None:
    """Write down who has to be told of what ``case`` changed."""
    names = await recipients()
    if names:
        await ground.execute(_LIST, [uuid4() for _ in names], [case] * len(names), names)
        detail = {"recipients": len(names)}
        await recording.record(case=case, what="recipients_listed", actor=recording.SYSTEM, detail=detail, at=at)


async def confirm(*, case: UUID, notice: UUID, by: UUID, at: datetime) -> None:
    """A recipient of ``case`` was told. Raises NoticeUnknown."""
    await ground.execute(_LOCK, case)
    if not await ground.fetch(_TELL, case, notice, at, by):
        raise NoticeUnknown("errors.rights.notice_unknown")
    detail = {"notice": str(notice)}
    await recording.record(case=case, what="recipient_told", actor=f"staff:{by}", detail=detail, at=at)


async def of(*, case: UUID) -> list[Notice]:
    """Who has to be told of ``case``, by name."""
    return [Notice(**row) for row in await ground.fetch(_OF, case)]


async def untold() -> list[Untold]:
    """Closed cases of which somebody does not know yet, the oldest first."""
    return [Untold(**row) for row in await ground.fetch(_UNTOLD)]
