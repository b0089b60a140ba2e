"""What the database keeps: companies where they should stand, keys that open, jobs that are done, operators."""

import asyncpg

from leumund.cli.examining.findings import Finding, Health, Ill
from leumund.kit.settings import Settings
from leumund.tenancy import migrating
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.keys.wrapping import Masters

_STANDING = """
SELECT (SELECT coalesce(max(version), 0) FROM migration), (SELECT count(*) FROM tenant WHERE version < $1),
    (SELECT count(*) FROM migration_failure)
"""
_QUEUE = """
SELECT count(*) FILTER (WHERE state = 'waiting'),
    count(*) FILTER (WHERE state = 'waiting' AND due_at < now() - interval '10 minutes'),
    count(*) FILTER (WHERE state = 'dead')
FROM outbox.job
"""


async def migrations(server: Server, settings: Settings) -> list[Finding]:
    """That platform and companies stand where this program needs them."""
    platform, behind, failed = await _as_operator(server, settings, _STANDING, migrating.latest())
    if platform < len(migrating.history("platform")) or behind:
        raise Ill(f"run leumund migrate: {behind} companies are behind, {failed} have failed")
    return [Finding(Health.OK, f"the platform stands at {platform}, every company at {migrating.latest()}")]


async def keys(server: Server, settings: Settings) -> list[Finding]:
    """That every company's keys open here."""
    held = Masters(settings)
    async with servers.logged_in(server, settings, server.web_role) as connection:
        rows = await connection.fetch("SELECT DISTINCT master FROM company_key ORDER BY master")
    if missing := [row["master"] for row in rows if row["master"] not in held.names]:
        raise Ill(f"companies' keys are wrapped by master key {', '.join(missing)}, which is not among those set here")
    if any(row["master"] != held.first for row in rows):
        return [Finding(Health.WARN, "some keys are wrapped by an older master key: run leumund keys rewrap")]
    return [Finding(Health.OK, f"every company's keys open with the master key {held.first}")]


async def jobs(server: Server, settings: Settings) -> list[Finding]:
    """That somebody works, and nothing lies dead."""
    waiting, late, dead = await _as_operator(server, settings, _QUEUE)
    lines = [Finding(Health.OK, f"{waiting} waiting")]
    if late:
        lines.append(Finding(Health.WARN, f"{late} overdue by ten minutes and more: is leumund work running?"))
    if dead:
        lines.append(Finding(Health.WARN, f"{dead} dead letters: see leumund jobs list"))
    return lines


async def operators(server: Server, settings: Settings) -> list[Finding]:
    """That somebody may sign in."""
    (count,) = await _as_operator(server, settings, "SELECT count(*) FROM operator")
    if not count:
        return [Finding(Health.WARN, "none yet: run leumund operator create")]
    return [Finding(Health.OK, f"{count} may sign in")]


async def _as_operator(server: Server, settings: Settings, sql: str, *arguments: object) -> asyncpg.Record:
    async with servers.logged_in(server, settings, server.operator_role) as connection:
        row = await connection.fetchrow(sql, *arguments)
    assert row is not None, "a count has a row"
    return row
