"""Jobs are claimed by locking their row, and the lock is the lease.

A worker that dies loses its connection, the server lets the row go, and the next worker finds it at once; nobody has to
notice or clean up. SKIP LOCKED keeps workers out of each other's way. What somebody waits for comes before bulk,
whoever it belongs to: a company's hundred thousand invitations hold up nobody's confirmation.
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from leumund.kit.ground import Connection

# With the waits between them these last more than a day: whoever runs the mail server has a day to mend it.
ATTEMPTS_BEFORE_DEAD = 160
_FIRST_BACK_OFF_SECONDS = 5
_LONGEST_BACK_OFF_SECONDS = 600
_CLAIM = """
SELECT id, company_role, kind, subject, attempts FROM outbox.job
WHERE state = 'waiting' AND bulk = $1 AND due_at <= now()
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


class Job(NamedTuple):
    """A claimed job; ``company_role`` is what the database stamped when it was added."""

    id: UUID
    company_role: str
    kind: str
    subject: UUID
    attempts: int


async def claim(connection: Connection, *, bulk: bool = True) -> Job | None:
    """The job that has been due the longest, locked for this transaction; None when nothing is due.

    Without ``bulk`` only what somebody waits for.
    """
    row = await connection.fetchrow(_CLAIM, False)
    if row is None and bulk:
        row = await connection.fetchrow(_CLAIM, True)
    return None if row is None else Job(**dict(row))


async def finish(connection: Connection, job: Job) -> None:
    """The job is done; its row goes."""
    await connection.execute("DELETE FROM outbox.job WHERE id = $1", job.id)


async def put_off(connection: Connection, job: Job, *, seconds: float) -> None:
    """Not now and nobody's fault: the attempt does not count."""
    await connection.execute(
        "UPDATE outbox.job SET due_at = now() + $2 WHERE id = $1", job.id, timedelta(seconds=seconds)
    )


async def fail(connection: Connection, job: Job, *, fault: str) -> None:
    """Try again later, at first twice as late each time; after ATTEMPTS_BEFORE_DEAD keep it as a dead letter."""
    attempts = job.attempts + 1
    await connection.execute(
        "UPDATE outbox.job SET attempts = $2, fault = $3, state = $4, due_at = now() + $5 WHERE id = $1",
        job.id,
        attempts,
        fault,
        "dead" if attempts >= ATTEMPTS_BEFORE_DEAD else "waiting",
        timedelta(seconds=back_off_seconds(attempts)),
    )


async def bury(connection: Connection, job: Job, *, fault: str) -> None:
    """This job can never be done; a person has to look at it."""
    await connection.execute(
        "UPDATE outbox.job SET attempts = attempts + 1, fault = $2, state = 'dead' WHERE id = $1", job.id, fault
    )


def back_off_seconds(attempts: int) -> float:
    """5, 10, 20 ... 600 seconds: a mail server that was down for hours is met within ten minutes of its return."""
    return float(min(_FIRST_BACK_OFF_SECONDS * 2 ** (attempts - 1), _LONGEST_BACK_OFF_SECONDS))
