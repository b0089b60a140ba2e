"""A migration rolls over the companies, each file one transaction in one round trip, many companies at a time.

The file and the note that it ran are one transaction, so that a runner which is killed leaves each company whole, and
the next one goes on from there. Runners at once share the companies: who comes second to one waits at its row in the
directory and finds it moved on. A company that fails is noted and passed over, and keeps what ran before.
"""

from collections.abc import Callable
from random import shuffle
from typing import NamedTuple
from uuid import UUID

import asyncpg

from leumund.tenancy import migrating
from leumund.tenancy.announcing import CHANNEL
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.migrating import Migration
from leumund.tenancy.spreading import spread

_BEHIND = "SELECT id, slug, schema_name, version FROM platform.tenant WHERE version < $1"
# The first statement waits at the company's row, takes it, and divides by none where the company is not at the version
# this step starts from: then nothing of the step is done. One string is one transaction, so there is nothing to end.
_STEP = """
WITH moved AS (
    UPDATE platform.tenant SET version = {version} WHERE id = '{id}' AND version = {version} - 1 RETURNING id
), healed AS (
    DELETE FROM platform.migration_failure WHERE tenant IN (SELECT id FROM moved)
)
SELECT 1 / count(*) FROM moved;
NOTIFY {channel};
{script}
"""
_NOTE_FAILURE = """
INSERT INTO platform.migration_failure (tenant, version, reason)
SELECT id, version + 1, $2 FROM platform.tenant WHERE id = $1
ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, reason = excluded.reason, at = now()
"""


class Behind(NamedTuple):
    """A company and the version it stands at."""

    id: UUID
    slug: str
    schema_name: str
    version: int


class Outcome(NamedTuple):
    """What became of one company: ``fault`` is None when it stands at ``version`` as it should."""

    slug: str
    version: int
    fault: str | None


async def behind(server: Server) -> list[Behind]:
    """The companies that wait for a migration, in no order, so that runners at once seldom meet."""
    async with as_owner(server) as connection:
        companies = [Behind(*row) for row in await connection.fetch(_BEHIND, migrating.latest())]
    shuffle(companies)
    return companies


async def roll(server: Server, companies: list[Behind], *, jobs: int, heard: Callable[[Outcome], None]) -> None:
    """Bring ``companies`` up to date over ``jobs`` connections; each one's outcome is ``heard`` as it is known."""

    async def bring(connection: asyncpg.Connection, company: Behind) -> None:
        if outcome := await migrate_company(connection, company):
            heard(outcome)

    await spread(server, companies, jobs=jobs, deed=bring)


async def migrate_company(connection: asyncpg.Connection, company: Behind) -> Outcome | None:
    """Run every file ``company`` waits for; None when it left meanwhile."""
    version = company.version
    while version < migrating.latest():
        try:
            await connection.execute(_step(company, migrating.history("tenant")[version]))
            version += 1
        except asyncpg.PostgresError as fault:
            if connection.is_closed():
                raise
            standing = await connection.fetchval("SELECT version FROM platform.tenant WHERE id = $1", company.id)
            if standing is None:
                return None
            if standing == version:
                await connection.execute(_NOTE_FAILURE, company.id, _reason(fault))
                return Outcome(company.slug, version, _reason(fault))
            # It was not where we thought: another runner was here first.
            version = standing
    return Outcome(company.slug, version, None)


def _step(company: Behind, migration: Migration) -> str:
    script = migrating.script_for(company.schema_name, (migration,), company=company.id)
    return _STEP.format(version=migration.version, id=company.id, channel=CHANNEL, script=script)


def _reason(fault: asyncpg.PostgresError) -> str:
    """What failed and where, by names alone: the server's own words quote rows, and the operator may read none."""
    places = (getattr(fault, place, None) for place in ("table_name", "column_name", "constraint_name"))
    return " ".join([type(fault).__name__, str(fault.sqlstate), *filter(None, places)])
