"""``leumund tenant``: companies opened, changed, listed and written back."""

from pathlib import Path

import typer

from leumund.cli import opening
from leumund.company.describing import NotDescribed
from leumund.files import exporting
from leumund.kit import actors, clock
from leumund.messages.accompanying import inviting
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming


def export(slug: str, folder: Path) -> None:
    """Write the company's folder back, so that applying it changes nothing."""

    async def write(deployment: Deployment) -> None:
        tenant = await deployment.directory.by_slug(slug)
        async with deployment.scopes.reading(tenant):
            hosts = [claim.name for claim in await claiming.every()]
            await exporting.export(folder, slug=slug, hosts=hosts)

    try:
        opening.inside_deployment(write)
    except NotDescribed:
        opening.stop(f"{slug} was never applied: there is nothing to write")
    except exporting.NotWritten as fault:
        opening.stop(f"{slug} was not written to {folder}: {fault}")
    typer.echo(f"{slug}: written to {folder}")


def list_companies() -> None:
    """Show every company with its state, version, schema and host, and whose test company it is."""

    async def rows(deployment: Deployment) -> list[Tenant]:
        return await deployment.directory.all()

    tenants = opening.inside_deployment(rows)
    slugs = {tenant.id: tenant.slug for tenant in tenants}
    for tenant in tenants:
        typer.echo(
            f"{tenant.slug:<40} {tenant.state:<8} version {tenant.version:<4} {tenant.schema_name} {tenant.host}"
            + (f", test company of {slugs[tenant.twin_of]}" if tenant.twin_of else "")
        )


def invite(slug: str, email: str, name: str = "", role: str = "owner", language: str = "de") -> None:
    """Mail EMAIL a link to set up an account for the company's console."""

    async def send(deployment: Deployment) -> None:
        async with deployment.scopes.inside(await deployment.directory.by_slug(slug)):
            await inviting.invite(
                email=email, name=name, role=role, language=language, actor=actors.COMMAND_LINE, at=clock.now()
            )

    opening.inside_deployment(send)
    typer.echo(f"{slug}: invited {email} as {role}")
