"""Link rows to their chain, without one deed waiting for another.

The head of a chain is one row, and a deed that held it until its commit would keep all others of the company
waiting. So whoever finds it free takes it, links its own rows and whatever waits, and moves it on; whoever finds it
taken leaves the rows to wait, sealed, for the next one. What waits can be changed by nobody unseen, and nobody waits.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from leumund.kit import chains, ground
from leumund.kit.chains import Chain, Head, Row

_MOST_AT_ONCE = 500
# What ``head_sql`` brings.
FOUND = "position, chain_hash, seal_hash, exists, begun, waiting"


def head_sql(chain: Chain[Row]) -> str:
    """Takes the head where it is free, to be asked alone or beside the rows: what ``enter`` has to know of it.

    An updated head is read as it is now, whatever the statement's snapshot is: that is what FOR UPDATE does.
    """
    return f"""
SELECT head.position, head.chain_hash, head.seal_hash, EXISTS (SELECT FROM {chain.name}_head) AS exists,
    EXISTS (SELECT FROM {chain.name}_link) AS begun, EXISTS (SELECT FROM {chain.name}_waiting) AS waiting
FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT position, chain_hash, seal_hash FROM {chain.name}_head FOR UPDATE SKIP LOCKED
) head ON true
"""  # noqa: S608 - our own names


async def enter(chain: Chain[Row], rows: Sequence[Row], found: Mapping[str, Any]) -> None:
    """Link ``rows``, which were just written, to the head that was ``found``, or have them wait."""
    head = await _taken(chain, found)
    if head is None:
        sealed = [chain.waiting_hash(each) for each in rows]
        await ground.execute(_wait_sql(chain), [each.id for each in rows], sealed)
        return
    earlier = await _waiting(chain, head) if found["waiting"] else []
    await _link(chain, head, [*earlier, *rows])


async def link(chain: Chain[Row]) -> None:
    """Link what waits, for a company in which nobody has done anything since."""
    head = await _taken(chain, await look(chain))
    while head is not None and (earlier := await _waiting(chain, head)):
        head = await _link(chain, head, earlier)


async def look(chain: Chain[Row]) -> Mapping[str, Any]:
    """The head, for ``enter``."""
    (found,) = await ground.fetch(head_sql(chain))
    return found


async def _taken(chain: Chain[Row], found: Mapping[str, Any]) -> Head | None:
    """The head, where it was free and is ours: a chain that somebody broke is never sealed anew."""
    if found["position"] is None and not found["exists"]:
        return await _begun(chain) if not found["begun"] else None
    head = Head(found["position"], found["chain_hash"])
    return head if found["position"] is not None and chain.seal_hash(head) == found["seal_hash"] else None


async def _begun(chain: Chain[Row]) -> Head | None:
    """Whoever comes second to a chain that has nothing yet waits, this once, for whoever came first."""
    first = Head(0, chains.BEGINNING)
    begin = f"INSERT INTO {chain.name}_head (position, chain_hash, seal_hash) VALUES ($1, $2, $3)"  # noqa: S608
    await ground.execute(f"{begin} ON CONFLICT DO NOTHING", *first, chain.seal_hash(first))
    return await _taken(chain, await look(chain))


async def _waiting(chain: Chain[Row], head: Head) -> list[Row]:
    """What waits, unless it was altered meanwhile: that stays there, for whoever verifies.

    What stood before there was a chain has no seal, and comes in once, with the first.
    """
    begins = head.position == 0
    rows = await ground.fetch(_waiting_sql(chain), None if begins else _MOST_AT_ONCE)
    return [
        each
        for found in rows
        if (each := chain.row(found), seal := found["entry_hash"])
        and (seal == chain.waiting_hash(each) or (begins and seal is None))
    ]


async def _link(chain: Chain[Row], head: Head, rows: Sequence[Row]) -> Head:
    hashes: list[str] = []
    for position, each in enumerate(rows, head.position + 1):
        hashes.append(chain.follow(hashes[-1] if hashes else head.chain_hash, position=position, row=each))
    ended = Head(head.position + len(rows), hashes[-1])
    positions = list(range(head.position + 1, ended.position + 1))
    await ground.execute(
        _link_sql(chain), positions, [each.id for each in rows], hashes, *ended, chain.seal_hash(ended)
    )
    return ended


def _waiting_sql(chain: Chain[Row]) -> str:
    return (
        f"SELECT {chain.columns}, entry_hash FROM {chain.name}_waiting JOIN {chain.table} ON id = entry "  # noqa: S608
        f"ORDER BY {chain.at}, id LIMIT $1"
    )


def _wait_sql(chain: Chain[Row]) -> str:
    return f"INSERT INTO {chain.name}_waiting (entry, entry_hash) SELECT unnest($1::uuid[]), unnest($2::text[])"


def _link_sql(chain: Chain[Row]) -> str:
    return f"""
WITH linked AS (
    INSERT INTO {chain.name}_link (position, entry, chain_hash)
    SELECT unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::text[])
), gone AS (DELETE FROM {chain.name}_waiting WHERE entry = ANY ($2::uuid[]))
INSERT INTO {chain.name}_head (position, chain_hash, seal_hash) VALUES ($4, $5, $6)
ON CONFLICT (id) DO UPDATE SET position = excluded.position, chain_hash = excluded.chain_hash,
    seal_hash = excluded.seal_hash
"""  # noqa: S608 - our own names
