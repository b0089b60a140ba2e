"""The outbox: a job commits with the work it belongs to, or not at all.

It lies in a schema all companies may add to and none may read. The database stamps who added it, and a job holds
nothing but a kind and the id of a row, so personal data has no place to go.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.kit import ground


async def enqueue(*, kind: str, subject: UUID, due_at: datetime, bulk: bool = False) -> None:
    """Have ``kind`` done to the row ``subject`` at ``due_at`` or soon after, at least once.

    ``bulk`` is what nobody waits for: it gives way to all else, of this company and of the others.
    """
    await ground.execute(
        "INSERT INTO outbox.job (kind, subject, due_at, bulk) VALUES ($1, $2, $3, $4)", kind, subject, due_at, bulk
    )


async def enqueue_all(*, kind: str, subjects: Sequence[UUID], due_at: datetime, bulk: bool = False) -> None:
    """As ``enqueue`` does, for each of ``subjects``, in one statement."""
    await ground.execute(
        "INSERT INTO outbox.job (kind, subject, due_at, bulk) SELECT $1, subject, $3, $4 "
        "FROM unnest($2::uuid[]) AS subject",
        kind,
        list(subjects),
        due_at,
        bulk,
    )


async def first_time(*, job: UUID, at: datetime) -> bool:
    """Note that ``job`` is done, in the same transaction as its deed; false if it was done before."""
    return await ground.execute("INSERT INTO job_done (job, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", job, at) == 1
