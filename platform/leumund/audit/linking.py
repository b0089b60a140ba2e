"""Write entries and link them to the chain, without one deed waiting for another.

The head of the chain is one row, and a deed that held it until its commit would keep all others of the company
waiting. So whoever finds it free takes it, links its own entry and whatever waits, and moves it on; whoever finds it
taken leaves the entry to wait, sealed, for the next one. What waits can be changed by nobody unseen, and nobody waits.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from leumund.audit import chaining
from leumund.audit.chaining import Entry
from leumund.kit import ground, sealing

_MOST_AT_ONCE = 500
# An updated head is read as it is now, whatever the statement's snapshot is: that is what FOR UPDATE does.
_HEAD = """
SELECT head.position, head.chain_hash, head.seal_hash,
    EXISTS (SELECT FROM audit_head) AS exists, EXISTS (SELECT FROM audit_link) AS begun
FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT position, chain_hash, seal_hash FROM audit_head FOR UPDATE SKIP LOCKED
) head ON true
"""
_WRITE = f"""
WITH noted AS (
    INSERT INTO audit_entry (id, at, actor, action, subject, detail, changes)
    VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb) RETURNING {chaining.COLUMNS}
), head AS ({_HEAD})
SELECT {", ".join(f"noted.{name}" for name in Entry._fields)},
    head.position, head.chain_hash, head.seal_hash, head.exists, head.begun,
    EXISTS (SELECT FROM audit_waiting) AS waiting
FROM noted, head
"""  # noqa: S608
_WRITE_ALL = f"""
INSERT INTO audit_entry (id, at, actor, action, subject, detail, changes)
SELECT unnest($1::uuid[]), unnest($2::timestamptz[]), unnest($3::text[]), unnest($4::text[]), unnest($5::uuid[]),
    unnest($6::jsonb[]), unnest($7::jsonb[])
RETURNING {chaining.COLUMNS}
"""
# Whoever comes second to a company that has noted nothing yet waits, this once, for whoever came first.
_BEGIN = "INSERT INTO audit_head (position, chain_hash, seal_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_WAITING = f"""
SELECT {chaining.COLUMNS}, entry_hash FROM audit_waiting JOIN audit_entry ON id = entry ORDER BY at, id LIMIT $1
"""  # noqa: S608
_WAIT = "INSERT INTO audit_waiting (entry, entry_hash) SELECT unnest($1::uuid[]), unnest($2::text[])"
_LINK = """
WITH linked AS (
    INSERT INTO audit_link (position, entry, chain_hash)
    SELECT unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::text[])
), gone AS (DELETE FROM audit_waiting WHERE entry = ANY ($2::uuid[]))
INSERT INTO audit_head (position, chain_hash, seal_hash) VALUES ($4, $5, $6)
ON CONFLICT (id) DO UPDATE SET position = excluded.position, chain_hash = excluded.chain_hash,
    seal_hash = excluded.seal_hash
"""


class Head(NamedTuple):
    """Where the chain ends: how many links it has, and the hash of the last."""

    position: int
    chain_hash: str


async def write(entry: Entry) -> None:
    """Add ``entry`` to the log, and to the chain where its head is free."""
    (row,) = await ground.fetch(_WRITE, *entry)
    await _enter([chaining.entry(row)], await _taken(row), waiting=row["waiting"])


async def write_all(entries: Sequence[Entry]) -> None:
    """As ``write`` does, with all of ``entries`` at once."""
    if entries:
        rows = await ground.fetch(_WRITE_ALL, *map(list, zip(*entries, strict=True)))
        (head,) = await ground.fetch(_HEAD)
        await _enter([chaining.entry(row) for row in rows], await _taken(head), waiting=True)


async def _enter(written: Sequence[Entry], head: Head | None, *, waiting: bool) -> None:
    if head is None:
        sealed = [waiting_hash(each) for each in written]
        await ground.execute(_WAIT, [each.id for each in written], sealed)
    else:
        earlier = await _waiting() if waiting else []
        await _link(head, [*earlier, *written])


async def link() -> None:
    """Link what waits, for a company in which nobody has done anything since."""
    (row,) = await ground.fetch(_HEAD)
    head = await _taken(row)
    while head is not None and (earlier := await _waiting()):
        head = await _link(head, earlier)


def seal_hash(head: Head) -> str:
    """The keyed seal of a head: it cannot be made without the company's index key."""
    return sealing.keyed_hash("head of the audit log", f"{head.position} {head.chain_hash}")


def waiting_hash(entry: Entry) -> str:
    """The keyed seal of an entry that waits."""
    return sealing.keyed_hash("entry of the audit log", chaining.written(entry).decode())


async def _taken(row: dict[str, Any]) -> Head | None:
    """The head, where it was free and is ours: a chain that somebody broke is never sealed anew."""
    if row["position"] is None and not row["exists"]:
        return await _begun() if not row["begun"] else None
    head = Head(row["position"], row["chain_hash"])
    return head if row["position"] is not None and seal_hash(head) == row["seal_hash"] else None


async def _begun() -> Head | None:
    first = Head(0, chaining.BEGINNING)
    await ground.execute(_BEGIN, *first, seal_hash(first))
    (row,) = await ground.fetch(_HEAD)
    return await _taken(row)


async def _waiting() -> list[Entry]:
    rows = await ground.fetch(_WAITING, _MOST_AT_ONCE)
    # What was altered while it waited stays there, for whoever verifies.
    return [each for row in rows if waiting_hash(each := chaining.entry(row)) == row["entry_hash"]]


async def _link(head: Head, entries: Sequence[Entry]) -> Head:
    hashes: list[str] = []
    for position, each in enumerate(entries, head.position + 1):
        hashes.append(chaining.follow(hashes[-1] if hashes else head.chain_hash, position=position, entry=each))
    ended = Head(head.position + len(entries), hashes[-1])
    positions = list(range(head.position + 1, ended.position + 1))
    await ground.execute(_LINK, positions, [each.id for each in entries], hashes, *ended, seal_hash(ended))
    return ended
