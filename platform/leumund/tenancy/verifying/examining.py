"""Verify the wall of a deployment: ask the catalog, then log in as its roles and try."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import SystemRandom
from typing import NamedTuple

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.verifying import cataloguing, concluding, questions, sampling, visiting
from leumund.tenancy.verifying.findings import Check, Report, Tries, Visit
from leumund.tenancy.verifying.keeping import Kept
from leumund.tenancy.verifying.trying import Table

_TABLES = """
SELECT n.nspname::text AS home, quote_ident(c.relname) AS name,
    (SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     ORDER BY attnum LIMIT 1) AS first_column
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname
"""


class Extent(NamedTuple):
    """How far to go: at most ``probed`` companies are logged in as, ``first`` among them, each against ``others``."""

    probed: int = sampling.DEFAULT_PROBED
    others: int = sampling.DEFAULT_OTHERS
    first: Sequence[str] = ()


class Ground(NamedTuple):
    """What the owner read before anybody was logged in as."""

    checks: list[Check]
    postgres: str
    tables: Mapping[str, Sequence[Table]]


async def verify(deployment: Deployment, extent: Extent, *, at: datetime) -> Report:
    """The whole report; ``extent.first`` are schemas. Raises whatever keeps the owner from asking at all."""
    tenants = await deployment.directory.all()
    opened = [tenant.schema_name for tenant in tenants if tenant.is_open]
    drawn = sampling.drawn(opened, first=extent.first, most=extent.probed, chance=SystemRandom())
    ground = await _ground(deployment.server, drawn)
    kept = Kept()
    circle = sampling.ring(drawn, others=extent.others)
    await _as_companies(deployment.server, deployment.settings, circle, ground, kept)
    await _as_serving(deployment.server, deployment.settings, drawn, ground, kept)
    return Report(
        at=at,
        postgres=ground.postgres,
        version=max((tenant.version for tenant in tenants), default=0),
        companies=len(tenants),
        probed=len(drawn) - len(kept.passed_over),
        others=min(extent.others, max(len(drawn) - 1, 0)),
        passed_over=len(kept.passed_over),
        checks=(*ground.checks, *concluding.checks(kept)),
        visits=tuple(kept.visits),
        unlisted=kept.unlisted,
    )


def covered(report: Report, tenants: Sequence[Tenant]) -> list[Tenant]:
    """The companies that were logged in as, and so have a part of their own."""
    roles = {visit.role for visit in report.visits}
    return [tenant for tenant in tenants if tenant.schema_name in roles]


async def _ground(server: Server, drawn: Sequence[str]) -> Ground:
    async with servers.as_owner(server) as connection:
        checks = await cataloguing.checks(connection, server)
        postgres = await connection.fetchval("SHOW server_version")
        tables: dict[str, list[Table]] = {home: [] for home in (*drawn, *questions.schemas())}
        for row in await connection.fetch(_TABLES, list(tables)):
            tables[row["home"]].append(Table(row["name"], row["first_column"]))
    return Ground(checks, postgres, tables)


async def _as_companies(
    server: Server, settings: Settings, circle: Mapping[str, Sequence[str]], ground: Ground, kept: Kept
) -> None:
    platform = {home: ground.tables[home] for home in questions.schemas()}
    for role, targets in circle.items():
        try:
            async with servers.logged_in(server, settings, role) as connection:
                kept.keep(await visiting.at_home(connection, server, role=role))
                kept.keep(await visiting.at_platforms(connection, server, role=role, tables=platform))
                for target in targets:
                    kept.keep(
                        await visiting.at_anothers(connection, role=role, target=target, tables=ground.tables[target])
                    )
        except asyncpg.TooManyConnectionsError:
            kept.passed_over.add(role)
        except asyncpg.InvalidAuthorizationSpecificationError as fault:
            kept.keep(_locked_out(role, fault))
    for role in list(circle)[:1]:
        kept.keep(await visiting.with_a_wrong_password(server, settings, role=role))


async def _as_serving(server: Server, settings: Settings, targets: Sequence[str], ground: Ground, kept: Kept) -> None:
    for role in server.serving_roles:
        try:
            async with servers.logged_in(server, settings, role) as connection:
                kept.keep(await visiting.at_desk(connection, server, role=role))
                for target in targets:
                    tables = ground.tables[target]
                    kept.keep(
                        await visiting.at_anothers(connection, role=role, target=target, tables=tables, check="serving")
                    )
        except asyncpg.InvalidAuthorizationSpecificationError as fault:
            kept.keep(_locked_out(role, fault))


def _locked_out(role: str, fault: asyncpg.PostgresError) -> Visit:
    tries = Tries(statement="login with the derived password", answer=str(fault.sqlstate), good=False)
    return Visit(check="logins", role=role, tries=(tries,))
