"""``leumund jobs``: dead letters, seen and sent again."""

from typing import Annotated
from uuid import UUID

import typer

from leumund.cli import opening
from leumund.kit import actors, clock
from leumund.kit.cursors import LONGEST_PAGE
from leumund.operating import office, replaying
from leumund.tenancy.deployment import Deployment

Company = Annotated[str | None, typer.Option("--company", help="Only this company's, by slug.")]


def list_dead(company: Company = None) -> None:
    """Show every job that was given up, with the name of its fault."""

    async def show(deployment: Deployment) -> int:
        shown, after = 0, None
        async with office.reading(deployment) as desk:
            while True:
                page = await replaying.dead(desk, slug=company, after=after, limit=LONGEST_PAGE)
                for letter in page.rows:
                    typer.echo(
                        f"{letter.id}  {letter.slug or '(erased)'}  {letter.kind}  {letter.attempts} attempts  "
                        f"{letter.fault or '-'}  {letter.enqueued_at:%Y-%m-%d %H:%M:%S}"
                    )
                shown, after = shown + len(page.rows), page.after
                if after is None:
                    return shown

    typer.echo(f"{opening.inside_deployment(show, role='operator')} dead")


def replay(
    job: Annotated[UUID | None, typer.Argument()] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead jobs instead of one.")] = False,
    company: Company = None,
) -> None:
    """Give a dead job another run of attempts."""
    if (job is None) is not every:
        opening.stop("name one job, or say --all")

    async def again(deployment: Deployment) -> int:
        async with office.inside(deployment) as desk:
            if job is None:
                return await replaying.replay_all(desk, slug=company, actor=actors.COMMAND_LINE, at=clock.now())
            await replaying.replay(desk, job=job, actor=actors.COMMAND_LINE, at=clock.now())
            return 1

    typer.echo(f"{opening.inside_deployment(again, role='operator')} waiting again")
