"""``leumund retention``: what is kept for long enough goes, as it does every night, or is only told."""

from typing import Annotated

import typer

from leumund.cli import opening
from leumund.kit import clock
from leumund.privacy.forgetting import lapsing, retaining
from leumund.privacy.forgetting.emptying import Emptied
from leumund.tenancy.deployment import Deployment


def retention(
    slug: Annotated[str, typer.Argument(help="The company.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Let go what is over by the register's periods, and leave a job for each person nobody needs to know any more."""

    async def let_go(deployment: Deployment) -> None:
        tenant = await deployment.directory.by_slug(slug)
        at = clock.now()
        if dry_run:
            async with deployment.scopes.reading(tenant):
                _tell(await retaining.foresee(at=at), len(await lapsing.lapsed(at=at)))
            return
        async with deployment.scopes.inside(tenant):
            _tell(await retaining.retain(at=at), await lapsing.enqueue(at=at))

    opening.inside_deployment(let_go)


def _tell(rows: list[Emptied], people: int) -> None:
    for each in rows:
        typer.echo(f"{each.data_class}: {each.amount:,} rows of {each.table} {each.deed}")
    typer.echo(f"people nobody needs to know any more: {people:,}")
