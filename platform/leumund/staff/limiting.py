"""Limit how often one place may fail to sign in: counted in the company's rows, which all processes share.

Counted by where a try comes from and by nothing else, so that Mallory uses up Mallory's tries and never Anna's. The
place is kept as a keyed hash and forgotten when its window ends.
"""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from leumund.kit import faults, ground, outbox, sealing
from leumund.staff import rules

FORGET = "staff.forget_peer"
_TABLE = "staff_attempt"

# Counted before anything is tried, in one statement: a thousand tries at once are no more than the limit. The table is
# the company's or the operators'; how is counted is the same.
COUNT = """
INSERT INTO {table} AS known (peer_hash, attempts, ends_at) VALUES ($1, 1, $3)
ON CONFLICT (peer_hash) DO UPDATE SET
    attempts = CASE WHEN known.ends_at <= $2 THEN 1 ELSE known.attempts + 1 END,
    ends_at = CASE WHEN known.ends_at <= $2 THEN $3 ELSE known.ends_at END
WHERE known.ends_at <= $2 OR known.attempts < $4
RETURNING id, ends_at
"""
LEFT = "SELECT ends_at - $2 AS wait FROM {table} WHERE peer_hash = $1"
GIVE_BACK = "UPDATE {table} SET attempts = attempts - 1 WHERE peer_hash = $1 AND attempts > 0"


class TooOften(faults.Refused):
    """This place has used up its tries; ``wait_seconds`` says for how long."""

    def __init__(self, *, wait_seconds: int) -> None:
        super().__init__("errors.staff.too_often", minutes=ceil(wait_seconds / 60))
        self.wait_seconds = wait_seconds


def too_often(wait: timedelta | None) -> TooOften:
    """What to raise while a window ends in ``wait``; None when it has just been forgotten."""
    return TooOften(wait_seconds=max(1, ceil(wait.total_seconds())) if wait else 1)


async def count(*, peer: str, at: datetime) -> None:
    """Count a try of ``peer`` before it is looked at. Raises TooOften.

    Commit before the password is looked at: its row stays locked until then, and others of the same place would wait.
    """
    known, until = _hashed(peer), at + rules.PEER_WINDOW
    rows = await ground.fetch(COUNT.format(table=_TABLE), known, at, until, rules.ATTEMPTS_OF_PEER)
    if not rows:
        left = await ground.fetch(LEFT.format(table=_TABLE), known, at)
        # The row may have been forgotten between the two statements; then the next try counts anew.
        raise too_often(left[0]["wait"] if left else None)
    if rows[0]["ends_at"] == until:
        await outbox.enqueue(kind=FORGET, subject=rows[0]["id"], due_at=until)


async def give_back(*, peer: str) -> None:
    """A try that got in was no failure: an office that signs in at nine does not shut itself out."""
    await ground.execute(GIVE_BACK.format(table=_TABLE), _hashed(peer))


async def forget(*, attempt: UUID, at: datetime) -> None:
    """Let go of a place whose window has ended; one that has begun another stays until that ends."""
    await ground.execute("DELETE FROM staff_attempt WHERE id = $1 AND ends_at <= $2", attempt, at)


def _hashed(peer: str) -> str:
    return sealing.keyed_hash("staff_attempt", peer)
