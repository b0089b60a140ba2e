"""Keep segments: each with a name, a purpose in words and a definition, whose former versions stay readable."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.customers.segments import defining, reading
from leumund.customers.segments.defining import Definition
from leumund.kit import ground, outbox
from leumund.kit.faults import Overtaken, Refusals, Refused

MOST_SEGMENTS = 200
# The job by which a segment is worked out: above, where all that it asks about is known.
COMPUTE = "segments.compute"
_LONGEST_NAME, _LONGEST_PURPOSE, _SHORTEST_PURPOSE = 80, 500, 10
_NEW = """
INSERT INTO segment (id, key, name, purpose, version, definition, evaluates, shipped, created_at, changed_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $8) ON CONFLICT (key) DO NOTHING
"""
_CHANGE = """
UPDATE segment SET name = $2, purpose = $3, definition = $4, evaluates = $5, shipped = false, version = version + 1,
    changed_at = $6, computed_at = NULL
WHERE id = $1 AND version = $7 AND ended_at IS NULL RETURNING version
"""
_VERSION = """
INSERT INTO segment_version (segment, version, purpose, definition, actor, at) VALUES ($1, $2, $3, $4, $5, $6)
"""
_END = "UPDATE segment SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL"
_COUNT = "SELECT count(*) AS number FROM segment WHERE ended_at IS NULL"
_NAMESAKE = "SELECT FROM segment WHERE lower(name) = lower($1) AND ended_at IS NULL AND id IS DISTINCT FROM $2"


class NoName(Refused):
    """It has no name, one that is too long, or another one's."""


class NoPurpose(Refused):
    """Nobody says what people are selected for (Art. 5(1)(b) GDPR)."""


class TooManySegments(Refused):
    """More than anybody keeps apart; each is worked out every night."""


class ChangedMeanwhile(Overtaken):
    """Somebody else changed it since it was opened."""


class Worded(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed of a segment."""

    name: str
    purpose: str
    definition: Definition


async def create(*, worded: Worded, actor: str, at: datetime) -> UUID:
    """A new segment, which nobody is in until it is worked out, soon. Raises Refusals."""
    await _check(worded, None)
    if (await ground.fetch(_COUNT))[0]["number"] >= MOST_SEGMENTS:
        raise Refusals([TooManySegments("errors.segments.too_many_segments", most=MOST_SEGMENTS)])
    segment = uuid4()
    await put(segment=segment, key=segment.hex, worded=worded, actor=actor, at=at)
    await noting.note(actor=actor, action="segment.created", subject=segment, at=at)
    return segment


async def put(*, segment: UUID, key: str, worded: Worded, actor: str, at: datetime) -> bool:
    """Write a new segment and its first version; false where there is one by this ``key``.

    What has a key of words ships; what people make has one nobody reads, since names change.
    """
    shipped = key != segment.hex
    definition, evaluates = defining.write(worded.definition), worded.definition.evaluates
    rows = await ground.execute(_NEW, segment, key, worded.name, worded.purpose, definition, evaluates, shipped, at)
    if rows:
        await ground.execute(_VERSION, segment, 1, worded.purpose, definition, actor, at)
        await compute_soon(segment=segment, at=at)
    return bool(rows)


async def change(*, segment: UUID, version: int, worded: Worded, actor: str, at: datetime) -> None:
    """Give it new words or another definition; who was in it by the old one is so until it is worked out again.

    Raises SegmentUnknown, ChangedMeanwhile where it is no longer at ``version``, and Refusals.
    """
    await reading.known(segment=segment)
    await _check(worded, segment)
    definition, evaluates = defining.write(worded.definition), worded.definition.evaluates
    rows = await ground.fetch(_CHANGE, segment, worded.name, worded.purpose, definition, evaluates, at, version)
    if not rows:
        raise ChangedMeanwhile("errors.segments.changed_meanwhile")
    await ground.execute(_VERSION, segment, rows[0]["version"], worded.purpose, definition, actor, at)
    await compute_soon(segment=segment, at=at)
    await noting.note(
        actor=actor, action="segment.changed", subject=segment, detail={"version": rows[0]["version"]}, at=at
    )


async def compute_soon(*, segment: UUID, at: datetime) -> None:
    """Have it worked out as soon as a worker is free: of many customers that takes longer than a page may."""
    await outbox.enqueue(kind=COMPUTE, subject=segment, due_at=at)


async def end(*, segment: UUID, actor: str, at: datetime) -> None:
    """Let nobody be in it any more; what it asked stays readable. Raises SegmentUnknown."""
    await reading.known(segment=segment)
    if await ground.execute(_END, segment, at):
        await ground.execute("DELETE FROM segment_member WHERE segment = $1", segment)
        await noting.note(actor=actor, action="segment.ended", subject=segment, at=at)


async def _check(worded: Worded, segment: UUID | None) -> None:
    faults: list[Refused] = []
    if not 1 <= len(worded.name) <= _LONGEST_NAME:
        faults.append(NoName("errors.segments.name", field="name", most=_LONGEST_NAME))
    elif await ground.fetch(_NAMESAKE, worded.name, segment):
        faults.append(NoName("errors.segments.namesake", field="name"))
    if not _SHORTEST_PURPOSE <= len(worded.purpose) <= _LONGEST_PURPOSE:
        least, most = _SHORTEST_PURPOSE, _LONGEST_PURPOSE
        faults.append(NoPurpose("errors.segments.purpose", field="purpose", least=least, most=most))
    try:
        defining.check(worded.definition)
    except Refusals as fault:
        faults += fault.faults
    if faults:
        raise Refusals(faults)
