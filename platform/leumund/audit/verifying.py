"""Verify the log: every entry stands where the chain has it, unchanged, and the chain ends where its head says."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import chaining, linking
from leumund.audit.linking import Head
from leumund.kit import ground

_AT_ONCE = 1000
_MOST_TOLD = 50
_LINKS = f"""
SELECT link.position, link.chain_hash, link.entry, {chaining.COLUMNS}
FROM (
    SELECT position, entry, chain_hash FROM audit_link
    WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
) link
LEFT JOIN audit_entry ON id = link.entry ORDER BY link.position
"""  # noqa: S608
# Each in one statement, so that what is noted meanwhile is seen whole or not at all.
_STRAY = """
SELECT id AS entry FROM audit_entry e
WHERE NOT EXISTS (SELECT FROM audit_link WHERE entry = e.id)
  AND NOT EXISTS (SELECT FROM audit_waiting WHERE entry = e.id)
LIMIT $1
"""
_BEYOND = """
SELECT position, entry FROM audit_link WHERE position > COALESCE((SELECT position FROM audit_head), 0)
ORDER BY position LIMIT $1
"""
_WAITING = f"SELECT entry, entry_hash, {chaining.COLUMNS} FROM audit_waiting LEFT JOIN audit_entry ON id = entry"  # noqa: S608


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not as it was noted; ``kind`` is a word of ours, such as ``changed`` or ``missing``."""

    kind: str
    position: int | None = None
    entry: UUID | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How far the chain reaches, how many entries wait for their link, and up to fifty things that were found."""

    position: int
    chain_hash: str
    waiting: int
    faults: list[Fault]


async def verify() -> Verdict:
    """Look at every entry of this company's log."""
    head, faults = await _head()
    async for fault in _chain(head):
        faults.append(fault)
        if len(faults) >= _MOST_TOLD:
            break
    beyond = await ground.fetch(_BEYOND, _MOST_TOLD)
    strays = await ground.fetch(_STRAY, _MOST_TOLD)
    waiting = await ground.fetch(_WAITING)
    faults += [Fault("beyond_head", row["position"], row["entry"]) for row in beyond]
    faults += [Fault("inserted", None, row["entry"]) for row in strays]
    faults += [Fault("changed", None, row["entry"]) for row in waiting if not _waits_unchanged(row)]
    return Verdict(position=head.position, chain_hash=head.chain_hash, waiting=len(waiting), faults=faults[:_MOST_TOLD])


async def _head() -> tuple[Head, list[Fault]]:
    rows = await ground.fetch("SELECT position, chain_hash, seal_hash FROM audit_head")
    if not rows:
        return Head(0, chaining.BEGINNING), []
    head = Head(rows[0]["position"], rows[0]["chain_hash"])
    forged = linking.seal_hash(head) != rows[0]["seal_hash"]
    return head, [Fault("head_forged", head.position)] if forged else []


async def _chain(head: Head) -> AsyncIterator[Fault]:
    position, before = 0, chaining.BEGINNING
    while rows := await ground.fetch(_LINKS, position, head.position, _AT_ONCE):
        for row in rows:
            if row["position"] != position + 1:
                yield Fault("link_missing", position + 1)
            # From the hash that stands there on, so that one changed entry is one fault.
            position = row["position"]
            if (fault := _link_fault(row, before)) is not None:
                yield fault
            before = row["chain_hash"]
    if (position, before) != head:
        yield Fault("end_missing", position + 1)


def _link_fault(row: dict[str, Any], before: str) -> Fault | None:
    if row["id"] is None:
        return Fault("missing", row["position"], row["entry"])
    follows = chaining.follow(before, position=row["position"], entry=chaining.entry(row))
    return None if follows == row["chain_hash"] else Fault("changed", row["position"], row["entry"])


def _waits_unchanged(row: dict[str, Any]) -> bool:
    return row["id"] is not None and linking.waiting_hash(chaining.entry(row)) == row["entry_hash"]
