"""How far a verification goes: what its owner reads, and who is drawn, before anybody is logged in as."""

from collections.abc import Mapping, Sequence
from random import SystemRandom
from typing import NamedTuple

from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.verifying import cataloguing, escaping, sampling, visiting, written
from leumund.tenancy.verifying.findings import Check
from leumund.tenancy.verifying.trying import Table

_TABLES = """
SELECT n.nspname::text AS home, quote_ident(c.relname) AS name,
    (SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     ORDER BY attnum LIMIT 1) AS first_column
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname
"""


class Extent(NamedTuple):
    """How far to go: ``probed`` companies are logged in as at most, ``first`` among them, unless it is ``everyone``.

    Each tries every table of ``others``, and with ``everyone`` one table of all the rest.
    """

    first: Sequence[str] = ()
    everyone: bool = False
    probed: int = sampling.DEFAULT_PROBED
    others: int = sampling.DEFAULT_OTHERS


class Tour(NamedTuple):
    """What one role does: every table of ``thorough``, one of each of ``glanced`` at."""

    role: str
    thorough: Sequence[str]
    glanced: Sequence[str]


class Plan(NamedTuple):
    """What the owner read, and the tours of companies and of the platform's own roles.

    ``kept`` is whether others keep the server.
    """

    tenants: Sequence[Tenant]
    kept: bool
    checks: Sequence[Check]
    postgres: str
    tables: Mapping[str, Sequence[Table]]
    companies: Sequence[Tour]
    serving: Sequence[Tour]

    @property
    def logins(self) -> int:
        return len(self.companies) + len(self.serving)

    @property
    def tries(self) -> int:
        """About how many statements there will be."""
        platform = sum(len(self.tables[home]) for home in written.schemas())
        at_home = len(self.companies) * (escaping.STATEMENTS + 1 + visiting.statements_at_platforms(platform))
        return at_home + sum(self._tries_of(tour) for tour in (*self.companies, *self.serving))

    def _tries_of(self, tour: Tour) -> int:
        thorough = sum(visiting.statements_at_anothers(len(self.tables[target])) for target in tour.thorough)
        return thorough + len(tour.glanced) * visiting.STATEMENTS_AT_A_GLANCE


async def plan(deployment: Deployment, extent: Extent) -> Plan:
    """Read the catalog and draw; ``extent.first`` are schemas. Raises whatever keeps the owner from asking at all."""
    tenants = await deployment.directory.all()
    opened = [tenant.schema_name for tenant in tenants if tenant.is_open]
    most = len(opened) if extent.everyone else extent.probed
    drawn = sampling.drawn(opened, first=extent.first, most=most, chance=SystemRandom())
    server, keepers = deployment.server, deployment.settings.keepers()
    async with servers.as_owner(server) as connection:
        checks = await cataloguing.checks(connection, server, keepers=keepers)
        postgres = await connection.fetchval("SHOW server_version")
        tables: dict[str, list[Table]] = {home: [] for home in (*drawn, *written.schemas())}
        for row in await connection.fetch(_TABLES, list(tables)):
            tables[row["home"]].append(Table(row["name"], row["first_column"]))
    return Plan(
        tenants=tenants,
        kept=bool(keepers),
        checks=checks,
        postgres=postgres,
        tables=tables,
        companies=_of_companies(drawn, extent),
        serving=_of_serving(drawn, server),
    )


def _of_companies(drawn: Sequence[str], extent: Extent) -> list[Tour]:
    rest = None if extent.everyone else extent.others
    return [
        Tour(role, circle[: extent.others], circle[extent.others : rest])
        for role, circle in sampling.ring(drawn).items()
    ]


def _of_serving(drawn: Sequence[str], server: Server) -> list[Tour]:
    most = sampling.DEFAULT_PROBED
    return [Tour(role, drawn[:most], drawn[most:]) for role in server.serving_roles]
