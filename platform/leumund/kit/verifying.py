"""Verify a chain: every row stands where the chain has it, unchanged, and the chain ends where its head says."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import chains, ground
from leumund.kit.chains import Chain, Head, Row

_AT_ONCE = 1000
MOST_TOLD = 50


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not as it was written; ``kind`` is a word of ours, such as ``changed`` or ``missing``."""

    kind: str
    position: int | None = None
    entry: UUID | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How far the chain reaches, how many rows wait for their link, and up to fifty things that were found."""

    position: int
    chain_hash: str
    waiting: int
    faults: list[Fault]


async def verify(chain: Chain[Row]) -> Verdict:
    """Look at every row of this company's ``chain``, a thousand at a time."""
    head, faults = await _head(chain)
    async for fault in _walk(chain, head):
        faults.append(fault)
        if len(faults) >= MOST_TOLD:
            break
    # Each in one statement, so that what is written meanwhile is seen whole or not at all.
    beyond = await ground.fetch(_beyond_sql(chain), MOST_TOLD)
    strays = await ground.fetch(_stray_sql(chain), MOST_TOLD)
    waiting = await ground.fetch(_waiting_sql(chain))
    faults += [Fault("beyond_head", row["position"], row["entry"]) for row in beyond]
    faults += [Fault("inserted", None, row["entry"]) for row in strays]
    faults += [Fault("changed", None, row["entry"]) for row in waiting if not _waits_unchanged(chain, row, head)]
    return Verdict(position=head.position, chain_hash=head.chain_hash, waiting=len(waiting), faults=faults[:MOST_TOLD])


async def _head(chain: Chain[Row]) -> tuple[Head, list[Fault]]:
    rows = await ground.fetch(f"SELECT position, chain_hash, seal_hash FROM {chain.name}_head")  # noqa: S608
    if not rows:
        return Head(0, chains.BEGINNING), []
    head = Head(rows[0]["position"], rows[0]["chain_hash"])
    return head, [Fault("head_forged", head.position)] if chain.seal_hash(head) != rows[0]["seal_hash"] else []


async def _walk(chain: Chain[Row], head: Head) -> AsyncIterator[Fault]:
    position, before = 0, chains.BEGINNING
    links = _links_sql(chain)
    while rows := await ground.fetch(links, position, head.position, _AT_ONCE):
        for row in rows:
            if row["position"] != position + 1:
                yield Fault("link_missing", position + 1)
            # From the hash that stands there on, so that one changed row is one fault.
            position = row["position"]
            if (fault := _link_fault(chain, row, before)) is not None:
                yield fault
            before = row["chain_hash"]
    if (position, before) != head:
        yield Fault("end_missing", position + 1)


def _link_fault(chain: Chain[Row], row: dict[str, Any], before: str) -> Fault | None:
    if row["id"] is None:
        return Fault("missing", row["position"], row["entry"])
    follows = chain.follow(before, position=row["position"], row=chain.row(row))
    return None if follows == row["chain_hash"] else Fault("changed", row["position"], row["entry"])


def _waits_unchanged(chain: Chain[Row], row: dict[str, Any], head: Head) -> bool:
    """What has no seal may stand there only as long as there is no chain."""
    if row["entry_hash"] is None:
        return head.position == 0
    return row["id"] is not None and chain.waiting_hash(chain.row(row)) == row["entry_hash"]


def _links_sql(chain: Chain[Row]) -> str:
    return f"""
SELECT link.position, link.chain_hash, link.entry, {chain.columns}
FROM (
    SELECT position, entry, chain_hash FROM {chain.name}_link
    WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
) link
LEFT JOIN {chain.table} ON id = link.entry ORDER BY link.position
"""  # noqa: S608 - our own names


def _stray_sql(chain: Chain[Row]) -> str:
    return f"""
SELECT id AS entry FROM {chain.table} e
WHERE NOT EXISTS (SELECT FROM {chain.name}_link WHERE entry = e.id)
  AND NOT EXISTS (SELECT FROM {chain.name}_waiting WHERE entry = e.id)
LIMIT $1
"""  # noqa: S608 - our own names


def _beyond_sql(chain: Chain[Row]) -> str:
    return f"""
SELECT position, entry FROM {chain.name}_link
WHERE position > COALESCE((SELECT position FROM {chain.name}_head), 0) ORDER BY position LIMIT $1
"""  # noqa: S608 - our own names


def _waiting_sql(chain: Chain[Row]) -> str:
    return (
        f"SELECT entry, entry_hash, {chain.columns} FROM {chain.name}_waiting "  # noqa: S608
        f"LEFT JOIN {chain.table} ON id = entry"
    )
