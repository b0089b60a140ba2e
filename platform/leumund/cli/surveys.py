"""``leumund surveys``: answers given before, brought in from files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from leumund.cli import columns, opening
from leumund.company import describing
from leumund.company.describing import NotDescribed
from leumund.kit import actors, clock
from leumund.kit import language as languages
from leumund.surveys.answers import importing, reading
from leumund.surveys.answers.importing import NothingNamed
from leumund.surveys.answers.reading import Otherwise, Past
from leumund.surveys.answers.supplementing import Beside
from leumund.surveys.studio import publishing
from leumund.surveys.studio.publishing import NoSurvey
from leumund.tenancy.deployment import Deployment


def import_file(
    slug: str,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    column: Annotated[list[str] | None, typer.Option(help=columns.HELP)] = None,
    blank: Annotated[list[str] | None, typer.Option(help="A mark that stands for no answer.")] = None,
    mark: Annotated[list[str] | None, typer.Option(help="QUESTION=COLUMN, for a further question.")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="NAME=COLUMN, such as terminal=Terminal.")] = None,
    answered_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of answers that have none of their own.")
    ] = None,
) -> None:
    """Bring past answers in from a CSV or XLSX file, each once; bad rows are named, those without a mark counted."""
    mapping = columns.told(column, fields=reading.FIELDS)
    marks, facts = columns.named(mark, option="--mark"), columns.named(fact, option="--fact")
    day = answered_on.date() if answered_on else None
    content = file.read_bytes()

    async def bring_in(deployment: Deployment) -> tuple[Past, int]:
        tenant = await deployment.directory.by_slug(slug)
        async with deployment.scopes.inside(tenant):
            otherwise = Otherwise(language=(await describing.profile()).languages[0], answered_on=day)
            definition = (await publishing.current()).definition
            beside = Beside(definition=definition, marks=marks, facts=facts, blanks=tuple(blank or ()))
            past = reading.read(content, mapping=mapping, blanks=blank or [], otherwise=otherwise, beside=beside)
            new = await importing.import_answers(answers=past.answers, actor=actors.COMMAND_LINE, at=clock.now())
            return past, new

    try:
        past, new = opening.inside_deployment(bring_in)
    except (NotDescribed, NoSurvey):
        opening.stop(f"{slug} has no survey yet; apply its folder first")
    except NothingNamed as fault:
        opening.stop(languages.text(fault.key, "en"))
    for row in past.refused:
        typer.echo(f"row {row.number}: {row.field}: {languages.text(row.key, 'en', **row.values)}")
    typer.echo(
        f"{slug}: {new} new, {len(past.answers) - new} here before, {past.blank} without a mark, "
        f"{len(past.refused)} refused"
    )
