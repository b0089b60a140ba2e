"""Jobs are claimed by locking their row, and the lock is the lease.

A worker that dies loses its connection, the server lets the row go, and the next worker finds it at once; nobody has to
notice or clean up. SKIP LOCKED keeps workers out of each other's way. Companies take turns: whatever one of them adds,
the next job is another's. What somebody waits for comes before bulk, whoever it belongs to, but for every fourth look,
so that nobody's flood of it keeps the others' nights from coming.
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from leumund.kit.ground import Connection

# With the waits between them these last more than a day: whoever runs the mail server has a day to mend it.
ATTEMPTS_BEFORE_DEAD = 160
_FIRST_BACK_OFF_SECONDS = 5
_LONGEST_BACK_OFF_SECONDS = 600
_BULK_FIRST_EVERY = 4
# In order, for else a table full of what is not due yet might be read through to find that nothing is.
_ANY_DUE = """
SELECT due_at <= now() FROM outbox.job WHERE state = 'waiting' AND attempts >= 0 AND bulk = $1 ORDER BY due_at LIMIT 1
"""
# Steps from company to company over the index, and stops at the first that has a job due which nobody holds.
_CLAIM = """
WITH RECURSIVE turn AS (
    (SELECT company_role FROM outbox.job WHERE state = 'waiting' AND bulk = $1 AND company_role > $2
    ORDER BY company_role LIMIT 1)
    UNION ALL
    SELECT (SELECT company_role FROM outbox.job WHERE state = 'waiting' AND bulk = $1
        AND company_role > turn.company_role ORDER BY company_role LIMIT 1)
    FROM turn WHERE turn.company_role IS NOT NULL
)
SELECT due.id, due.company_role, due.kind, due.subject, due.attempts FROM turn CROSS JOIN LATERAL (
    SELECT id, company_role, kind, subject, attempts FROM outbox.job
    WHERE state = 'waiting' AND bulk = $1 AND company_role = turn.company_role AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
) AS due LIMIT 1
"""


class Job(NamedTuple):
    """A claimed job; ``company_role`` is what the database stamped when it was added."""

    id: UUID
    company_role: str
    kind: str
    subject: UUID
    attempts: int


class Turn:
    """Whose job a hand had last, and how often it has looked; each hand goes its own round."""

    def __init__(self) -> None:
        self.looks = 0
        self.last = {False: "", True: ""}

    def kinds(self, *, bulk: bool) -> tuple[bool, ...]:
        """Which jobs to look for, in this order; true is bulk."""
        self.looks += 1
        if not bulk:
            return (False,)
        return (True, False) if self.looks % _BULK_FIRST_EVERY == 0 else (False, True)


async def claim(connection: Connection, *, turn: Turn, bulk: bool = True) -> Job | None:
    """The longest due job of the company whose turn it is, locked for this transaction; None when nothing is due.

    Without ``bulk`` only what somebody waits for.
    """
    for kind in turn.kinds(bulk=bulk):
        if not await connection.fetchval(_ANY_DUE, kind):
            continue
        for after in {turn.last[kind]: None, "": None}:
            row = await connection.fetchrow(_CLAIM, kind, after)
            if row is not None:
                turn.last[kind] = row["company_role"]
                return Job(**dict(row))
    return None


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
