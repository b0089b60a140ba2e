"""``leumund audit``: whether companies' logs are what was noted."""

from typing import Annotated

import typer

from leumund.audit import watching
from leumund.cli import opening
from leumund.kit import actors, clock
from leumund.kit.verifying import Fault, Verdict
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

_FINDING = 1


def verify(
    slug: Annotated[str, typer.Argument()] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Every open company's.")] = False,
) -> None:
    """Look at every entry of a company's log, and note in it that somebody looked; ends with 1 for any finding.

    Keep the last hash of each elsewhere: whoever puts an older database in place of this one has an older one.
    """
    if bool(slug) == everyone:
        opening.stop("name one company, or --all")

    async def check(deployment: Deployment) -> list[int]:
        return [
            _told(tenant, await _verdict(deployment, tenant))
            for tenant in await opening.meant(deployment, [slug] if slug else [])
        ]

    if sum(opening.inside_deployment(check)):
        raise typer.Exit(_FINDING)


async def _verdict(deployment: Deployment, tenant: Tenant) -> Verdict:
    async with deployment.scopes.inside(tenant):
        return await watching.watch(at=clock.now(), actor=actors.COMMAND_LINE)


def _told(tenant: Tenant, verdict: Verdict) -> int:
    typer.echo(
        f"{tenant.slug}: {verdict.position} entries, {verdict.waiting} waiting for their link, "
        f"{len(verdict.faults)} findings; ends with {verdict.chain_hash or 'nothing'}"
    )
    for fault in verdict.faults:
        typer.echo(f"    {_line(fault)}")
    return len(verdict.faults)


def _line(fault: Fault) -> str:
    where = f" at {fault.position}" if fault.position is not None else ""
    which = f" (entry {fault.entry})" if fault.entry is not None else ""
    return f"{fault.kind.replace('_', ' ')}{where}{which}"
