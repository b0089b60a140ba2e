"""``leumund consent``: whether what people allowed still stands as it was written."""

from collections.abc import Mapping
from typing import Annotated

import typer

from leumund.cli import opening
from leumund.consent.evidence import verifying
from leumund.consent.evidence.verifying import Fault, Kind, Verdict
from leumund.tenancy import migrating
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

_SAID: Mapping[Kind, str] = {
    "changed": "does not say what it said",
    "missing": "is not there",
    "inserted": "was not there",
    "words": "has other sealed words than it had",
    "key": "has a key that nobody gave them, so that their words cannot be read",
    "lost": "has words that nobody can read any more, although their person was not erased",
    "form": "was said in a form that looks otherwise than the one that was served",
    "wording": "is about a text that reads otherwise now",
    "forged": "the head was sealed by nobody who holds the company's key",
    "headless": "belongs to no chain",
    "text": "a published text reads otherwise than when it was published",
    "block": "a form that was shown looks otherwise than when it was shown",
}


def verify(
    slugs: Annotated[list[str] | None, typer.Argument(help="Companies; none with --all.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every open company's.")] = False,
) -> None:
    """Compute each person's chain of consent events anew; ends with 1 when one is not as it was written."""
    if bool(slugs) == everybody:
        opening.stop("name companies, or say --all")

    async def look(deployment: Deployment) -> int:
        meant = await opening.meant(deployment, slugs or [])
        return sum([await _verified(deployment, tenant) for tenant in meant if tenant.version == migrating.latest()])

    if opening.inside_deployment(look):
        raise typer.Exit(1)


async def _verified(deployment: Deployment, tenant: Tenant) -> int:
    async with deployment.scopes.reading(tenant):
        found = await verifying.verify()
    for line in _lines(tenant.slug, found):
        typer.echo(line)
    return len(found.faults)


def _lines(slug: str, found: Verdict) -> list[str]:
    """The sum of one company, and each fault by its person's id."""
    told = [f"{slug}: {found.people:,} people, {found.events:,} events, faults: {len(found.faults)}"]
    return told + [f"    {_told(fault)}" for fault in found.faults]


def _told(fault: Fault) -> str:
    if fault.person is None:
        return _SAID[fault.kind]
    place = "" if fault.position is None else f" at {fault.position}"
    return f"{fault.person}{place}: {_SAID[fault.kind]}"
