"""Keep codes of a link: under a keyed hash by which they are found, and sealed as they are spelled."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from leumund.kit import ground, personal, sealing
from leumund.kit.sealing import Column
from leumund.referrals.codes import reading

_SPELLED, _REASON = Column("share_code", "spelled_sealed"), Column("share_code", "reason_sealed")
# A link's own code is nobody else's to choose; that two are drawn alike at one moment does not happen.
_KEEP = """
INSERT INTO share_code (id, link, kind, code_hash, spelled_sealed, made_at) SELECT $1, $2, $3, $4, $5, $6
WHERE NOT EXISTS (SELECT FROM share_link WHERE code = $7)
ON CONFLICT DO NOTHING
"""
_OF_LINKS = f"""
SELECT k.id, k.link, k.kind, k.spelled_sealed, k.made_at, k.taken_down_at, k.reason_sealed, l.advocate,
    {personal.brought("l.advocate")} AS kept
FROM share_code k JOIN share_link l ON l.id = k.link WHERE k.link = $1 ORDER BY k.made_at DESC, k.id
"""  # noqa: S608


class Code(NamedTuple):
    """A code of a link as it is spelled; ``kind`` is spoken or chosen, ``reason`` why it was taken down."""

    id: UUID
    kind: str
    spelled: str
    made_at: datetime
    taken_down_at: datetime | None
    reason: str


def hashed(code: str) -> str:
    """What ``code``, in whatever spelling, is found by."""
    return sealing.keyed_hash("share_code", reading.normal(code))


async def keep(*, link: UUID, advocate: UUID, kind: str, spelled: str, at: datetime) -> bool:
    """Keep ``spelled`` for ``link``; false where it reads like a code that somebody has or had. Raises Gone."""
    row, key = uuid4(), await personal.key(person=advocate)
    sealed = _SPELLED.keep(spelled, row, key=key)
    plain = reading.normal(spelled)
    return bool(await ground.execute(_KEEP, row, link, kind, hashed(spelled), sealed, at, plain))


async def codes(*, link: UUID) -> list[Code]:
    """Every code of ``link`` beside its own, the newest first; one query."""
    found = []
    for row in await ground.fetch(_OF_LINKS, link):
        key = personal.opened(row["kept"], person=row["advocate"])
        spelled, reason = (column.tell(row[column.name], row["id"], key=key) for column in (_SPELLED, _REASON))
        found.append(Code(row["id"], row["kind"], spelled, row["made_at"], row["taken_down_at"], reason))
    return found
