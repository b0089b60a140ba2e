"""Write down what a look at a domain found: proven it is served, unless another company was first.

As the worker's role, which is the only one that may say so. The database holds that a name is proven by one company
alone, and that names which read alike belong to one; of two that prove at the same moment one comes too late.
"""

from datetime import datetime, timedelta

import asyncpg

from leumund.kit import ground
from leumund.kit.ground import Connection
from leumund.tenancy import announcing
from leumund.tenancy.domains import lookalikes
from leumund.tenancy.domains.claiming import Claim
from leumund.tenancy.domains.proving import Found

GIVEN_UP_AFTER = timedelta(days=7)
AGAIN_AFTER = timedelta(days=1)
# A slip in the DNS is mended by then; what still lacks its proof a person has to look at.
_LONG_MISSING = timedelta(days=7)
_SOONEST = timedelta(minutes=1)
_LATEST = timedelta(hours=6)
_IN_HAND = timedelta(hours=1)
# Whoever holds a claim of its own, in a transaction left open, holds up no hand of the worker: its look comes again.
_PATIENCE = "SET LOCAL lock_timeout = '1s'"

# A look takes a while, and outside of any transaction: what another one judged meanwhile, or dropped, is left alone.
_UNCHANGED = """
SELECT true FROM hosting.claim
WHERE (id, token) = ($1, $2) AND (checked_at, verified_at) IS NOT DISTINCT FROM ($3, $4) FOR UPDATE
"""
# Names whose last proven claim has gone are free again.
_FREE = """
DELETE FROM hosting.family f WHERE skeleton = $1 AND NOT EXISTS (SELECT FROM hosting.claim c WHERE c.skeleton = $1)
"""
_TAKE = """
INSERT INTO hosting.family (skeleton, company_role) SELECT $2, company_role FROM hosting.claim WHERE id = $1
ON CONFLICT DO NOTHING
"""
_PROVE = """
UPDATE hosting.claim SET verified_at = coalesce(verified_at, $2), method = $3, skeleton = $4, checked_at = $2,
    fault = NULL, missing_since = NULL, due_at = $5 WHERE id = $1
"""
_SERVE = """
INSERT INTO host (name, tenant, verified_at, claim)
SELECT c.name, t.id, c.verified_at, c.id FROM hosting.claim c JOIN tenant t ON t.schema_name = c.company_role
WHERE c.id = $1 ON CONFLICT (claim) DO NOTHING
"""
_FAULT = """
UPDATE hosting.claim SET checked_at = $2, fault = $3, due_at = $4,
    missing_since = CASE WHEN verified_at IS NOT NULL THEN coalesce(missing_since, $2) END WHERE id = $1
"""
# Until its job is done, a claim is not planned again and again.
_SCHEDULE = """
WITH due AS (
    SELECT id FROM hosting.claim WHERE due_at <= $1 ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE hosting.claim c SET due_at = $1::timestamptz + $3::interval FROM due WHERE c.id = due.id
    RETURNING c.company_role, c.id
)
INSERT INTO outbox.job (company_role, kind, subject, bulk) SELECT company_role, $2, id, true FROM moved
"""


async def judge(connection: Connection, *, claim: Claim, found: Found, at: datetime) -> None:
    """Note what was found at ``at`` for ``claim`` as it was before, and nothing of one that has changed since.

    A proof that is lost is noted and cuts nothing off; a person decides that. While somebody else holds it,
    asyncpg.LockNotAvailableError is raised.
    """
    before = (claim.id, claim.token, claim.checked_at, claim.verified_at)
    async with connection.transaction():
        await connection.execute(_PATIENCE)
        if not await connection.fetchval(_UNCHANGED, *before):
            return
        fault = found.fault
        if found.method is not None:
            fault = await _prove(connection, claim, found.method, at)
        if fault is not None:
            await connection.execute(_FAULT, claim.id, at, fault, next_look(claim, at))


def next_look(claim: Claim, at: datetime) -> datetime | None:
    """When to look again, the longer it has waited the later; None when it has waited long enough."""
    if claim.verified_at is not None:
        return at + AGAIN_AFTER
    waited = at - claim.claimed_at
    if waited >= GIVEN_UP_AFTER:
        return None
    return at + min(max(waited / 2, _SOONEST), _LATEST)


def is_long_missing(claim: Claim, at: datetime) -> bool:
    """Whether a domain that is served has been without its proof for so long that somebody should be told."""
    return claim.missing_since is not None and at - claim.missing_since >= _LONG_MISSING


async def _prove(connection: Connection, claim: Claim, method: str, at: datetime) -> str | None:
    """None when the domain is served from now on, else why not."""
    skeleton = lookalikes.skeleton(claim.name)
    try:
        async with connection.transaction():
            await connection.execute(_FREE, skeleton)
            await connection.execute(_TAKE, claim.id, skeleton)
            await connection.execute(_PROVE, claim.id, at, method, skeleton, at + AGAIN_AFTER)
            await connection.execute(_SERVE, claim.id)
            await announcing.announce(connection)
    except asyncpg.UniqueViolationError:
        return "taken"
    except asyncpg.ForeignKeyViolationError:
        return "looks_alike"
    return None


async def schedule(connection: Connection, *, kind: str, at: datetime) -> int:
    """Add a job for every claim that is due; how many. Of two workers at once one passes over what the other has."""
    return ground.touched(await connection.execute(_SCHEDULE, at, kind, _IN_HAND))
