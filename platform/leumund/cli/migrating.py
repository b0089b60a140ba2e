"""``leumund migrate``: the platform and every company brought up to date, told as it goes."""

import asyncio
from typing import Annotated

import asyncpg
import typer

from leumund.cli import opening, progress
from leumund.kit.settings import Settings
from leumund.tenancy import citus as spreading_out
from leumund.tenancy import migrating, restoring, rolling
from leumund.tenancy.citus import NotCitus
from leumund.tenancy.database import server as servers
from leumund.tenancy.rolling import Outcome

_JOBS = 4


def migrate(
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many companies at a time, a connection each.")] = _JOBS,
    citus: Annotated[bool, typer.Option("--citus", help="Spread the companies over the machines of a Citus.")] = False,
) -> None:
    """Bring the platform and every company up to date; run it again after a fault, it goes on where it stopped."""
    with opening.settled() as settings:
        try:
            good = asyncio.run(_migrate(settings, jobs, citus=citus))
        except NotCitus as fault:
            opening.stop(str(fault))
        except asyncpg.TooManyConnectionsError:
            opening.stop("the database has no room for so many connections; ask for fewer --jobs and run this again")
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError) as fault:
            opening.stop(f"the connection to the database broke ({fault}); run this again, it goes on where it stopped")
    if not good:
        opening.stop("some companies could not be migrated; mend the cause and run this again")


async def _migrate(settings: Settings, jobs: int, *, citus: bool) -> bool:
    assert settings.database_url is not None, "settled() sees to it"
    server = servers.parse(settings.database_url.get_secret_value())
    for name in await migrating.migrate_platform(server, settings):
        typer.echo(f"platform: {name}")
    # Once spread, always: a table this version brought is shared like the others.
    if citus or await spreading_out.is_prepared(server):
        async for done in spreading_out.prepare(server):
            typer.echo(done)
    changing = await restoring.restore_roles(server, settings, jobs=jobs)
    for slug in changing:
        typer.echo(f"{slug}: somebody changes its role just now; close the company and run this again")
    failed = await _roll(server, jobs)
    for outcome in failed:
        name = migrating.history("tenant")[outcome.version].name
        typer.echo(f"{outcome.slug}: stays at version {outcome.version}, for {name} failed: {outcome.fault}")
    good = not changing and not failed
    typer.echo(f"companies stand at version {migrating.latest()}" if good else "not all companies are up to date")
    return good


async def _roll(server: servers.Server, jobs: int) -> list[Outcome]:
    """The outcomes of those that failed, by slug."""
    failed = []
    companies = await rolling.behind(server)
    with progress.shown(len(companies), things="companies") as count:

        def hear(outcome: Outcome) -> None:
            if outcome.fault is not None:
                failed.append(outcome)
            count(outcome.fault is None)

        await rolling.roll(server, companies, jobs=jobs, heard=hear)
    return sorted(failed)
