"""Count what may happen only so often in a while: in rows, which all processes share, under keys that are hashes."""

from datetime import datetime, timedelta
from typing import NamedTuple

from leumund.kit.ground import Connection

# Counted in one statement before anything else is done: a thousand at once are no more than the limit.
_COUNT = """
INSERT INTO {table} AS known ({key}, attempts, ends_at) VALUES ($1, 1, $3)
ON CONFLICT ({key}) DO UPDATE SET
    attempts = CASE WHEN known.ends_at <= $2 THEN 1 ELSE known.attempts + 1 END,
    ends_at = CASE WHEN known.ends_at <= $2 THEN $3 ELSE known.ends_at END
WHERE known.ends_at <= $2 OR known.attempts < $4
RETURNING id
"""
_LEFT = "SELECT ends_at - $2 FROM {table} WHERE {key} = $1"
_GIVE_BACK = "UPDATE {table} SET attempts = attempts - 1 WHERE {key} = $1 AND attempts > 0"


class Limit(NamedTuple):
    """How often within which time, and the table and column it is counted by."""

    table: str
    key: str
    most: int
    within: timedelta


async def count(connection: Connection, *, limit: Limit, key: str, at: datetime) -> timedelta | None:
    """Count one more under ``key``; None while that is within ``limit``, else how long until it counts anew.

    The row stays locked until the transaction ends, and others of the same key wait for it.
    """
    counting = _COUNT.format(table=limit.table, key=limit.key)
    if await connection.fetchval(counting, key, at, at + limit.within, limit.most) is not None:
        return None
    left: timedelta | None = await connection.fetchval(_LEFT.format(table=limit.table, key=limit.key), key, at)
    # The row may have been forgotten between the two statements; then the next one counts anew.
    return left or timedelta(seconds=1)


async def give_back(connection: Connection, *, limit: Limit, key: str) -> None:
    """What was counted last was none."""
    await connection.execute(_GIVE_BACK.format(table=limit.table, key=limit.key), key)
