"""``leumund tenant twin``: the company in which another one tries things out."""

from typing import Annotated

import typer

from leumund.cli import opening
from leumund.company.describing import NotDescribed
from leumund.files import exporting, twinning
from leumund.files.faults import Faulty
from leumund.files.twinning import Twinned
from leumund.kit import actors, clock
from leumund.messages.accompanying import inviting
from leumund.staff import rules
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant


def twin(
    slug: Annotated[str, typer.Argument(help="Whose test company it is.")],
    owner: Annotated[str, typer.Option("--owner", help="Whose link is printed; a new one where they have one.")] = "",
    name: Annotated[str, typer.Option("--name", help="What the owner is called.")] = "",
    language: Annotated[str, typer.Option("--language", help="In what the console speaks to them: de or en.")] = "de",
    called: Annotated[str, typer.Option("--as", help="What it is called, in place of SLUG-test.")] = "",
) -> None:
    """Make SLUG's test company from its folder as it stands, or bring over what changed; nothing leaves the house."""

    async def make(deployment: Deployment) -> tuple[Twinned, str]:
        live = await deployment.directory.by_slug(slug)
        async with as_owner(deployment.server) as connection:
            made = await twinning.twin(deployment, live, slug=called, owner=connection)
        link = await _invited(deployment, made.twin, owner, name, language) if owner else ""
        return made, link

    try:
        made, link = opening.inside_deployment(make)
    except NotDescribed:
        opening.stop(f"{slug} was never applied: there is nothing to try out")
    except exporting.NotWritten as fault:
        opening.stop(f"{slug}: {fault}")
    except Faulty as fault:
        opening.stop("\n".join(f"{one.file}: {one.key}: {one.reason}" for one in fault.faults))
    for line in made.changes:
        typer.echo(f"{made.twin.slug}: {line}")
    if link:
        typer.echo(
            f"{made.twin.slug}: {owner} sets up an account within {rules.ENROL_WITHIN.days * 24} hours at {link}"
        )


async def _invited(deployment: Deployment, twin: Tenant, email: str, name: str, language: str) -> str:
    """The owner's link. It is told here because no mail leaves a test company, and opens nothing elsewhere."""
    async with deployment.scopes.inside(twin):
        return await inviting.invite_to_twin(
            email=email, name=name, role=rules.OWNER, language=language, actor=actors.COMMAND_LINE, at=clock.now()
        )
