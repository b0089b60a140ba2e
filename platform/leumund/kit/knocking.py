"""Knock at a door: how often one place may fail to get in, and how long one waits after wrong codes.

Counted by where a try comes from and by nothing else, so that Mallory uses up Mallory's tries and never Anna's. Which
table the places stand in is the caller's, and so is their keyed hash; how is counted is the same at every door.
"""

from datetime import datetime, timedelta

import msgspec

from leumund.kit import counting, faults
from leumund.kit.counting import Limit
from leumund.kit.ground import Connection

# Failures of one place, whomever it tries to be: enough for an office whose clocks are off, useless for guessing.
ATTEMPTS_OF_PEER = 20
PEER_WINDOW = timedelta(minutes=15)
FREE_ATTEMPTS = 5
_LONGEST_WAIT = timedelta(minutes=15)


class TooOften(faults.TooSoon):
    """This place has used up its tries."""


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
    wait = await counting.count(connection, limit=_limit(table), key=place, at=at)
    if wait is not None:
        raise TooOften("errors.knocking.too_often", wait=wait)


async def give_back(connection: Connection, *, table: str, place: str) -> None:
    """A try that got in was no failure: an office that signs in at nine does not shut itself out."""
    await counting.give_back(connection, limit=_limit(table), key=place)


def wait(failed_attempts: int) -> timedelta:
    """How long after the last wrong code the next one is looked at: nothing for the first, then 2 s, 4 s ... 15 min."""
    over = failed_attempts - FREE_ATTEMPTS + 1
    if over <= 0:
        return timedelta()
    # The exponent is capped before it is used, so that no count makes the number overflow.
    return min(timedelta(seconds=2 ** min(over, 20)), _LONGEST_WAIT)


def _limit(table: str) -> Limit:
    return Limit(table, "peer_hash", ATTEMPTS_OF_PEER, PEER_WINDOW)
