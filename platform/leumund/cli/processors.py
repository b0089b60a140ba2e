"""``leumund processors``: who works for you, and the companies told of every change (Art. 28(2) GDPR)."""

import typer

from leumund.cli import opening
from leumund.company.processing import Described
from leumund.kit import actors, clock
from leumund.kit.settings import Settings
from leumund.privacy.agreement import changing, subprocessors
from leumund.privacy.agreement.subprocessors import BadList
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant


def list_all() -> None:
    """Show who stands in LEUMUND_SUBPROCESSORS_FILE."""

    async def read(deployment: Deployment) -> list[Described]:
        return _listed(deployment.settings)

    listed = opening.inside_deployment(read)
    if not listed:
        typer.echo("nobody: LEUMUND_SUBPROCESSORS_FILE is not set, or names no one")
    for each in listed:
        typer.echo(f"{each.name:<30} {each.country} {each.what_for['en']}")


def tell() -> None:
    """Tell every open company what changed since it was last told, with 14 days to object; who objected is shown.

    The same list told again tells nobody anything.
    """

    async def told(deployment: Deployment) -> None:
        listed = _listed(deployment.settings)
        for tenant in await deployment.directory.all():
            if tenant.is_open:
                typer.echo(f"{tenant.slug}: {await _told(deployment, tenant, listed)}")

    opening.inside_deployment(told)


async def _told(deployment: Deployment, tenant: Tenant, listed: list[Described]) -> str:
    async with deployment.scopes.inside(tenant):
        news = await changing.tell(processors=listed, actor=actors.COMMAND_LINE, at=clock.now())
        objected = [notice for notice in await changing.notices() if notice.objected_at]
    said = "told of the change" if news else "nothing new"
    return f"{said}{f'; objected to {len(objected)} changes' if objected else ''}"


def _listed(settings: Settings) -> list[Described]:
    try:
        return subprocessors.read(settings.subprocessors_file)
    except BadList as fault:
        opening.stop(str(fault))
