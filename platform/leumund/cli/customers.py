"""``leumund customers``: people brought in from files, with every refused row named."""

from pathlib import Path
from typing import Annotated

import typer

from leumund.cli import columns, opening
from leumund.customers.intake import importing, reading
from leumund.customers.intake.importing import Report
from leumund.kit import actors, clock, language
from leumund.tenancy.deployment import Deployment


def import_file(
    slug: str,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    column: Annotated[list[str] | None, typer.Option(help=columns.HELP)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, and keep nothing.")] = False,
) -> None:
    """Bring customers in from a CSV or XLSX file; nobody comes in twice, and bad rows are named."""
    mapping = columns.told(column, fields=reading.FIELDS)
    content = file.read_bytes()

    async def bring_in(deployment: Deployment) -> Report:
        tenant = await deployment.directory.by_slug(slug)
        rows = reading.read(content, mapping=mapping)
        async with deployment.scopes.inside(tenant):
            return await importing.import_rows(
                rows, source="file", actor=actors.COMMAND_LINE, dry_run=dry_run, at=clock.now()
            )

    report = opening.inside_deployment(bring_in)
    for row in report.refused:
        typer.echo(f"row {row.number}: {row.field}: {language.text(row.key, 'en', **row.values)}")
    typer.echo(
        f"{slug}: {report.created} new, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.consents} consents recorded, {len({row.number for row in report.refused})} refused"
        f"{' (dry run)' if dry_run else ''}"
    )
