"""``leumund tenant domains``: which domains a company claims, how each fares, and the record that proves it."""

from functools import partial
from typing import Annotated

import typer

from leumund.audit import noting
from leumund.cli import opening
from leumund.kit import actors, clock, language
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.domains import claiming, proving
from leumund.tenancy.domains.claiming import Claim


def domains(
    slug: str,
    drop: Annotated[str, typer.Option(metavar="NAME", help="Take NAME from the company; served no more.")] = "",
) -> None:
    """List the domains a company claims, its own links' first; with --drop take one from it."""

    async def look(deployment: Deployment) -> list[Claim]:
        tenant = await deployment.directory.by_slug(slug)
        if drop:
            async with deployment.scopes.inside(tenant):
                await _drop(drop)
        async with deployment.scopes.reading(tenant):
            return await claiming.every()

    claims = opening.inside_deployment(look)
    if not claims:
        typer.echo(f"{slug}: claims no domain")
    for claim in claims:
        typer.echo(f"{claim.name}: {_state(claim)}")
        if claim.verified_at is None or claim.missing_since is not None:
            typer.echo(f'  {proving.record(claim.name)} TXT "{proving.words(claim.token)}"')


async def _drop(name: str) -> None:
    claim = await claiming.named(name=name)
    await claiming.drop(claim=claim.id, note=partial(noting.note, actor=actors.COMMAND_LINE, at=clock.now()))


def _state(claim: Claim) -> str:
    why = language.text(f"domains.fault.{claim.fault}", "en") if claim.fault else "not looked at yet"
    if claim.verified_at is None:
        return f"not served: {why}"
    if claim.missing_since is not None:
        return f"served, its proof missing since {claim.missing_since:%Y-%m-%d}: {why}"
    return f"served since {claim.verified_at:%Y-%m-%d}, proven by {claim.method}"
