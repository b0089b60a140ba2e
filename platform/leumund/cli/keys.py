"""``leumund keys``: how companies' rows are sealed, and the turns their keys and the master key take."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

import asyncpg
import typer

from leumund.cli import opening
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.keys import rewrapping, rotating
from leumund.tenancy.keys.rewrapping import Rewrapped
from leumund.tenancy.keys.rotating import Rotated, StillWriting
from leumund.tenancy.keys.wrapping import MasterMissing, Masters

_STANDING = """
SELECT master, count(*) AS keys, count(DISTINCT tenant) AS companies FROM platform.company_key GROUP BY master
ORDER BY master
"""


def status() -> None:
    """Show which master keys wrap how many companies' keys, and which of them this machine holds."""

    async def rows(deployment: Deployment) -> tuple[Masters, list[asyncpg.Record]]:
        async with servers.as_owner(deployment.server) as connection:
            return Masters(deployment.settings), list(await connection.fetch(_STANDING))

    masters, standing = opening.inside_deployment(rows)
    wrapping = {row["master"]: row for row in standing}
    for name in sorted({*masters.names, *wrapping}):
        row = wrapping.get(name, {"keys": 0, "companies": 0})
        held = "wraps" if name == masters.first else "unwraps" if name in masters.names else "NOT HELD HERE"
        typer.echo(f"{name}  {held:<14} keys: {row['keys']}, companies: {row['companies']}")


def rewrap() -> None:
    """Wrap every company's keys by the first of the master keys; afterwards the others can be thrown away."""

    async def wrap(deployment: Deployment) -> Rewrapped:
        return await rewrapping.rewrap(deployment.server, Masters(deployment.settings))

    rewrapped = opening.inside_deployment(wrap)
    typer.echo(f"keys wrapped anew: {rewrapped.keys}")
    for key in rewrapped.unopened:
        typer.echo(f"{key.slug}: {key.purpose} key {key.version} does not open, wrapped by {key.master}", err=True)
    if rewrapped.unopened:
        opening.stop(
            f"{len(rewrapped.unopened)} stay as they are: name what wraps them in LEUMUND_MASTER_KEYS, "
            "or bring back from a backup what is damaged"
        )


def rotate(
    slugs: Annotated[list[str] | None, typer.Argument(help="Companies; none with --all.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every company.")] = False,
) -> None:
    """Give companies a new data key and seal their rows with it while everybody works; half a minute and more."""
    if bool(slugs) == everybody:
        opening.stop("name companies, or say --all")

    async def turn(deployment: Deployment) -> int:
        directory = deployment.directory
        chosen = await directory.all() if everybody else [await directory.by_slug(slug) for slug in slugs or []]
        return await _tell(rotating.rotate(deployment.server, Masters(deployment.settings), chosen))

    typer.echo(f"companies with a new data key: {_said(turn)}")


async def _tell(turns: AsyncIterator[Rotated]) -> int:
    count = 0
    async for rotated in turns:
        typer.echo(f"{rotated.slug}: key {rotated.version} writes, {rotated.rows} rows sealed anew")
        count += 1
    return count


def _said(deed: Callable[[Deployment], Awaitable[int]]) -> int:
    """What ``deed`` counted; a key that cannot be opened and writers who do not end are said in a sentence."""
    try:
        return opening.inside_deployment(deed)
    except MasterMissing as fault:
        opening.stop(f"{fault}: name it in LEUMUND_MASTER_KEYS; nothing else was changed")
    except StillWriting as fault:
        opening.stop(f"{fault}: run this again, the old keys are kept until then")
