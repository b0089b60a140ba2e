"""``leumund isolation``: whether the wall between companies stands, and what closes gaps of the server."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import asyncpg
import msgspec
import typer
from rich.console import Console
from rich.table import Table

from leumund.audit import attesting
from leumund.cli import opening, progress
from leumund.kit import actors, clock, language
from leumund.tenancy import migrating
from leumund.tenancy.database import fencing
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.verifying import concluding, examining, planning, trimming
from leumund.tenancy.verifying.findings import Finding, Report
from leumund.tenancy.verifying.planning import Extent
from leumund.theming import looks, rendering

_FINDING, _COULD_NOT = 1, 2
# A pipe has no width of its own, and the table is for reading.
_WIDTH = 100
_SCHEMA = re.compile(r"\bt_[a-z0-9]{16}\b")


def verify(
    everyone: Annotated[bool, typer.Option("--all", help="Log in as every company, against all others.")] = False,
    company: Annotated[list[str] | None, typer.Option(help="Log in as this one at any rate, by slug.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write FILE.html and FILE.json, or the one it names.")] = None,
    deliver: Annotated[bool, typer.Option(help="Give each company its own part, for its console.")] = True,
) -> None:
    """Check the wall in the catalog and by trying it, as the database's owner; harmless while all is in use.

    Ends with 1 when anything was found and with 2 when it could not be checked.
    """

    async def check(deployment: Deployment) -> tuple[Report, dict[str, str]]:
        first = [(await deployment.directory.by_slug(slug)).schema_name for slug in company or []]
        plan = await planning.plan(deployment, Extent(first=first, everyone=everyone))
        typer.echo(f"{plan.logins:,} logins, about {plan.tries:,} statements to try", err=True)
        with progress.shown(plan.logins, things="logins") as heard:
            found = await examining.verify(deployment, plan, at=clock.now(), heard=heard)
        if deliver:
            await _deliver(deployment, found)
        return found, {tenant.schema_name: tenant.slug for tenant in plan.tenants}

    try:
        found, slugs = opening.inside_deployment(check)
        if report is not None:
            _write(found, report)
    except SystemExit:
        raise typer.Exit(_COULD_NOT) from None
    except (asyncpg.PostgresError, OSError) as fault:
        typer.echo(f"could not be checked to the end: {type(fault).__name__}: {fault}", err=True)
        raise typer.Exit(_COULD_NOT) from None
    _tell(found, slugs)
    if not found.clean:
        raise typer.Exit(_FINDING)


def fence() -> None:
    """Print what a server's superuser says in our database, so that companies have nothing outside their schemas."""

    async def said(deployment: Deployment) -> str:
        server = deployment.server
        return fencing.fence(owner=server.owner, operator=server.operator_role)

    typer.echo(opening.inside_deployment(said))


async def _deliver(deployment: Deployment, report: Report) -> None:
    """Put each company's part into its own schema, as its own role; who cannot be reached just now is named."""
    covered = [
        tenant
        for tenant in examining.covered(report, await deployment.directory.all())
        if tenant.version == migrating.latest()
    ]
    reached = [tenant for tenant in covered if await _delivered(deployment, tenant, report)]
    await trimming.trim(deployment.server, [tenant.schema_name for tenant in reached])


async def _delivered(deployment: Deployment, tenant: Tenant, report: Report) -> bool:
    part = concluding.part_of(report, tenant.schema_name)
    try:
        async with deployment.scopes.inside(tenant):
            await attesting.attest(
                report=msgspec.to_builtins(part), findings=part.findings, actor=actors.COMMAND_LINE, at=report.at
            )
    except (Busy, asyncpg.TooManyConnectionsError, asyncpg.InvalidAuthorizationSpecificationError) as fault:
        typer.echo(f"{tenant.slug}: its report was not delivered: {type(fault).__name__}", err=True)
        return False
    return True


def _write(report: Report, file: Path) -> None:
    kinds = [file.suffix] if file.suffix in (".html", ".json") else [".html", ".json"]
    for kind in kinds:
        path = file if file.suffix == kind else file.with_name(file.name + kind)
        path.write_bytes(_as_html(report) if kind == ".html" else msgspec.json.format(msgspec.json.encode(report)))
        typer.echo(f"{path}: written")


def _as_html(report: Report) -> bytes:
    return rendering.render("isolation_report.html", look=looks.nobodys(), lang="en", report=report).encode()


def _tell(report: Report, slugs: Mapping[str, str]) -> None:
    """What was found; ``slugs`` by schema name companies here alone, for a report may be handed to any of them."""
    table = Table("check", "looked at", "findings", title=f"PostgreSQL {report.postgres}")
    for check in report.checks:
        table.add_row(_said(f"isolation.check.{check.name}"), f"{check.looked_at:,}", str(len(check.findings)))
    console = Console()
    console.width = max(console.width, _WIDTH)
    console.print(table, markup=False)
    for line in _lines(report, slugs):
        typer.echo(line)


def _lines(report: Report, slugs: Mapping[str, str]) -> Iterator[str]:
    for check in report.checks:
        for each in check.findings:
            yield _told(check.name, each)
            yield from _named(each, slugs)
            yield f"    {each.mend}"
    for check in report.checks:
        for each in check.notes:
            yield f"{_said('isolation.page.note')}: {_told(check.name, each)}"
            yield from _named(each, slugs)
    yield _sum(report)


def _named(finding: Finding, slugs: Mapping[str, str]) -> Iterator[str]:
    """Which company each schema is, on a line of its own: the sentence and the SQL stay as they can be copied."""
    schemas = dict.fromkeys(_SCHEMA.findall(" ".join((*finding.schemas, finding.object, finding.detail))))
    if known := [f"{schema} is {slugs[schema]}" for schema in schemas if schema in slugs]:
        yield f"    {', '.join(known)}"


def _told(name: str, finding: Finding) -> str:
    return _said(f"isolation.finding.{name}", object=finding.object, detail=finding.detail)


def _sum(report: Report) -> str:
    return (
        f"{report.companies} companies; logged in as {report.probed}, others that each tried: {report.others}"
        f" ({report.thorough} with every table)"
        f"{f'; {report.passed_over} had no connection to spare' if report.passed_over else ''}; "
        f"{report.tried:,} statements tried; {report.findings} findings"
    )


def _said(key: str, **values: object) -> str:
    return language.text(key, "en", **values)
