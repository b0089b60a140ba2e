"""Verify the wall of a deployment as it was planned: log in as its roles and try."""

from collections.abc import Callable, Sequence
from datetime import datetime
from random import SystemRandom

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.verifying import concluding, escaping, knocking, visiting, written
from leumund.tenancy.verifying.findings import Report
from leumund.tenancy.verifying.keeping import Kept
from leumund.tenancy.verifying.planning import Plan, Tour

# So many companies are glanced at in one round trip.
_AT_ONCE = 100


async def verify(
    deployment: Deployment, plan: Plan, *, at: datetime, heard: Callable[[bool], None] = lambda _: None
) -> Report:
    """The whole report; after each login ``heard`` is told whether it could be made."""
    kept, ways = Kept(), (deployment.server, deployment.settings)
    for tour in plan.companies:
        heard(await _as_company(*ways, plan, tour, kept))
    for tour in plan.companies[:1]:
        kept.keep(await knocking.with_a_wrong_password(*ways, role=tour.role))
    for tour in plan.serving:
        heard(await _as_serving(*ways, plan, tour, kept))
    longest = max(plan.companies, key=lambda tour: len(tour.glanced), default=Tour("", (), ()))
    return Report(
        at=at,
        postgres=plan.postgres,
        version=max((tenant.version for tenant in plan.tenants), default=0),
        companies=len(plan.tenants),
        probed=len(plan.companies) - len(kept.passed_over),
        others=len(longest.thorough) + len(longest.glanced),
        thorough=len(longest.thorough),
        passed_over=len(kept.passed_over),
        checks=(*plan.checks, *concluding.checks(kept)),
        visits=tuple(kept.visits),
        unlisted=kept.unlisted,
    )


def covered(report: Report, tenants: Sequence[Tenant]) -> list[Tenant]:
    """The companies that were logged in as, and so have a part of their own."""
    roles = {visit.role for visit in report.visits}
    return [tenant for tenant in tenants if tenant.schema_name in roles]


async def _as_company(server: Server, settings: Settings, plan: Plan, tour: Tour, kept: Kept) -> bool:
    platform = {home: plan.tables[home] for home in written.schemas()}
    try:
        async with servers.logged_in(server, settings, tour.role) as connection:
            kept.keep(await escaping.at_home(connection, server, role=tour.role, kept=plan.kept))
            kept.keep(await visiting.at_platforms(connection, server, role=tour.role, tables=platform))
            is_twin = any(tenant.is_twin for tenant in plan.tenants if tenant.schema_name == tour.role)
            kept.keep(await visiting.at_its_modes(connection, role=tour.role, is_twin=is_twin))
            await _round(connection, plan, tour, kept, check="others")
    except asyncpg.TooManyConnectionsError:
        kept.passed_over.add(tour.role)
        return False
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        kept.keep(knocking.locked_out(tour.role, fault))
        return False
    return True


async def _as_serving(server: Server, settings: Settings, plan: Plan, tour: Tour, kept: Kept) -> bool:
    try:
        async with servers.logged_in(server, settings, tour.role) as connection:
            kept.keep(await escaping.at_desk(connection, server, role=tour.role, kept=plan.kept))
            await _round(connection, plan, tour, kept, check="serving")
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        kept.keep(knocking.locked_out(tour.role, fault))
        return False
    return True


async def _round(connection: asyncpg.Connection, plan: Plan, tour: Tour, kept: Kept, *, check: str) -> None:
    """Ask whether any company at all is open to this role, then go to each of the tour."""
    kept.keep(await visiting.at_all(connection, role=tour.role, check=check))
    for target in tour.thorough:
        kept.keep(
            await visiting.at_anothers(
                connection, role=tour.role, target=target, tables=plan.tables[target], check=check
            )
        )
    for start in range(0, len(tour.glanced), _AT_ONCE):
        targets = [target for target in tour.glanced[start : start + _AT_ONCE] if plan.tables[target]]
        tables = {target: SystemRandom().choice(plan.tables[target]) for target in targets}
        for visit in await visiting.at_a_glance(connection, role=tour.role, tables=tables, check=check):
            kept.keep(visit)
