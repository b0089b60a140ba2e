"""``leumund doctor``: what a deployment needs, looked at one by one."""

import asyncio

import aiosmtplib
import asyncpg
import typer

from leumund.cli import opening
from leumund.cli.examining import around, kept, reached
from leumund.cli.examining.findings import Check, Finding, Health, Ill
from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.reaching import LOST
from leumund.tenancy.database.server import Server

_CHECKS: dict[str, Check] = {
    "settings": around.settings,
    "database": reached.database,
    "owner": reached.owner,
    "roles": reached.roles,
    "fences": reached.fences,
    "way": reached.way,
    "migrations": kept.migrations,
    "keys": kept.keys,
    "jobs": kept.jobs,
    "operators": kept.operators,
    "mail": around.mail,
}
_NEEDS_NO_DATABASE = ("mail",)


def doctor() -> None:
    """Look at settings, database, roles, migrations, jobs and mail, and say what is wrong and how to mend it."""
    with opening.settled() as settings:
        if not asyncio.run(_examine(settings)):
            raise typer.Exit(1)


async def _examine(settings: Settings) -> bool:
    assert settings.database_url is not None, "settled() sees to it"
    server = servers.parse(settings.database_url.get_secret_value())
    good, left = True, list(_CHECKS)
    while left:
        name = left.pop(0)
        try:
            findings = await _found(_CHECKS[name], server, settings)
        except reached.NoWayIn as fault:
            # One locked door would be told again by everybody who comes to it.
            unseen = [each for each in left if each not in _NEEDS_NO_DATABASE]
            left = [each for each in left if each in _NEEDS_NO_DATABASE]
            findings = [Finding(Health.FAIL, f"{fault} (until then not looked at: {', '.join(unseen)})")]
        for finding in findings:
            good = good and finding.health is not Health.FAIL
            typer.echo(f"{finding.health.value:<5} {name}: {finding.words}")
    return good


async def _found(check: Check, server: Server, settings: Settings) -> list[Finding]:
    try:
        return await check(server, settings)
    except Ill as fault:
        return [Finding(Health.FAIL, str(fault))]
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        return [Finding(Health.FAIL, f"{fault}: run leumund migrate, with the LEUMUND_SECRET_KEY used here")]
    except (*LOST, aiosmtplib.SMTPException) as fault:
        return [Finding(Health.FAIL, f"{type(fault).__name__}: {fault}")]
