"""Knock at a door: how often one place may fail to get in, and how long one waits after wrong codes.

Counted by where a try comes from and by nothing else, so that Mallory uses up Mallory's tries and never Anna's. Which
table the places stand in is the caller's, and so is their keyed hash; how is counted is the same at every door.
"""

from datetime import datetime, timedelta
from math import ceil

import msgspec

from leumund.kit import faults
from leumund.kit.ground import Connection

# Failures of one place, whomever it tries to be: enough for an office whose clocks are off, useless for guessing.
ATTEMPTS_OF_PEER = 20
PEER_WINDOW = timedelta(minutes=15)
FREE_ATTEMPTS = 5
_LONGEST_WAIT = timedelta(minutes=15)

# Counted before anything is tried, in one statement: a thousand tries at once are no more than the limit.
_COUNT = """
INSERT INTO {table} AS known (peer_hash, attempts, ends_at) VALUES ($1, 1, $3)
ON CONFLICT (peer_hash) DO UPDATE SET
    attempts = CASE WHEN known.ends_at <= $2 THEN 1 ELSE known.attempts + 1 END,
    ends_at = CASE WHEN known.ends_at <= $2 THEN $3 ELSE known.ends_at END
WHERE known.ends_at <= $2 OR known.attempts < $4
RETURNING id
"""
_LEFT = "SELECT ends_at - $2 FROM {table} WHERE peer_hash = $1"
_GIVE_BACK = "UPDATE {table} SET attempts = attempts - 1 WHERE peer_hash = $1 AND attempts > 0"


class TooOften(faults.Refused):
    """This place has used up its tries; ``wait_seconds`` says for how long."""

    def __init__(self, *, wait_seconds: int) -> None:
        super().__init__("errors.staff.too_often", minutes=ceil(wait_seconds / 60))
        self.wait_seconds = wait_seconds


class Knock(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody says they are, the code they show, where from, and the session their browser still has."""

    email: str
    code: str
    peer: str
    token: str = ""


async def count(connection: Connection, *, table: str, place: str, at: datetime) -> None:
    """Count a try before it is looked at. Raises TooOften.

    Commit before the password is looked at: the row stays locked until then, and others of the same place would wait.
    """
    counting = _COUNT.format(table=table)
    if await connection.fetchval(counting, place, at, at + PEER_WINDOW, ATTEMPTS_OF_PEER) is None:
        left = await connection.fetchval(_LEFT.format(table=table), place, at)
        # The row may have been forgotten between the two statements; then the next try counts anew.
        raise TooOften(wait_seconds=max(1, ceil(left.total_seconds())) if left else 1)


async def give_back(connection: Connection, *, table: str, place: str) -> None:
    """A try that got in was no failure: an office that signs in at nine does not shut itself out."""
    await connection.execute(_GIVE_BACK.format(table=table), place)


def wait(failed_attempts: int) -> timedelta:
    """How long after the last wrong code the next one is looked at: nothing for the first, then 2 s, 4 s ... 15 min."""
    over = failed_attempts - FREE_ATTEMPTS + 1
    if over <= 0:
        return timedelta()
    # The exponent is capped before it is used, so that no count makes the number overflow.
    return min(timedelta(seconds=2 ** min(over, 20)), _LONGEST_WAIT)
