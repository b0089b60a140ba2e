"""Dead letters of the outbox: seen with their company's name, and given another run of attempts."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.kit.faults import Unknown
from leumund.operating import noting
from leumund.operating.noting import About
from leumund.operating.office import Desk
from leumund.operating.watching import CompanyUnknown

_DEAD = """
SELECT j.id, t.id AS tenant, t.slug, j.kind, j.attempts, j.fault, j.enqueued_at
FROM outbox.job j LEFT JOIN tenant t ON t.schema_name = j.company_role
WHERE j.state = 'dead' AND ($4::uuid IS NULL OR j.id = $4) AND ($5::text IS NULL OR t.slug = $5)
  AND ($1::timestamptz IS NULL OR (j.enqueued_at, j.id) < ($1, $2::uuid))
ORDER BY j.enqueued_at DESC, j.id DESC LIMIT $3
"""
_RUN = "UPDATE outbox.job SET state = 'waiting', attempts = 0, due_at = $2 WHERE state = 'dead' AND "
_AGAIN = _RUN + "id = $1"
_ALL_AGAIN = _RUN + "($1::text IS NULL OR company_role = $1)"


class JobUnknown(Unknown):
    """No dead job has this id; it may be waiting again already."""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was given up; ``slug`` is None where its company is gone, ``fault`` a fault's name and no more."""

    id: UUID
    tenant: UUID | None
    slug: str | None
    kind: str
    attempts: int
    fault: str | None
    enqueued_at: datetime


async def dead(desk: Desk, *, slug: str | None = None, after: str | None = None, limit: int = 50) -> Page[DeadLetter]:
    """Dead letters of one company or of all, the newest first. Raises BadCursor."""
    at, last = cursors.place(after)
    rows = await desk.connection.fetch(_DEAD, at, last, cursors.asked_for(limit), None, slug)
    letters = [DeadLetter(**dict(row)) for row in rows]
    return cursors.cut(letters, limit=limit, stands=lambda letter: (letter.enqueued_at, letter.id))


async def replay(desk: Desk, *, job: UUID, actor: str, at: datetime) -> DeadLetter:
    """Give a dead job another run of attempts. Raises JobUnknown."""
    row = await desk.connection.fetchrow(_DEAD, None, None, 1, job, None)
    if row is None or not ground.touched(await desk.connection.execute(_AGAIN, job, at)):
        raise JobUnknown("errors.operating.job_unknown", job=job)
    letter = DeadLetter(**dict(row))
    about = About(tenant=letter.tenant, slug=letter.slug, subject=letter.id)
    await noting.note(desk.connection, actor=actor, action="job.replayed", at=at, about=about)
    return letter


async def replay_all(desk: Desk, *, slug: str | None = None, actor: str, at: datetime) -> int:
    """Give all dead jobs of one company, or of all, another run; returns how many. Raises CompanyUnknown."""
    role, about = None, None
    if slug is not None:
        tenant = await desk.connection.fetchrow("SELECT id, schema_name FROM tenant WHERE slug = $1", slug)
        if tenant is None:
            raise CompanyUnknown("errors.operating.company_unknown", slug=slug)
        role, about = tenant["schema_name"], About(tenant=tenant["id"], slug=slug)
    done = ground.touched(await desk.connection.execute(_ALL_AGAIN, role, at))
    if done:
        await noting.note(desk.connection, actor=actor, action="job.all_replayed", at=at, about=about)
    return done
