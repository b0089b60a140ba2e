"""``leumund persons``: the keys of people, kept apart from the backups and returned to a restored one."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from leumund.cli import ledger, noting, opening
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.keys.wrapping import MasterMissing, Masters
from leumund.tenancy.moving.archiving import NotArchived
from leumund.tenancy.moving.encrypting import NotSealed
from leumund.tenancy.moving.loading import NotTaken
from leumund.tenancy.persons import keeping, returning
from leumund.tenancy.persons.keeping import Kept
from leumund.tenancy.persons.returning import Returned

_FINDING = 1
Result = TypeVar("Result")


def keep(
    file: Path,
    recipient: Annotated[
        list[str], typer.Option("--recipient", help="Whom it is sealed for, age1...; several may be named.")
    ],
) -> None:
    """Write the keys of all companies' people to FILE, sealed by age; after each backup, and after each night."""

    async def write(deployment: Deployment) -> Kept:
        return await keeping.keep(deployment.server, file=file, recipients=recipient, at=clock.now())

    kept = _told(file, write)
    typer.echo(f"{kept.people} people of {kept.companies} companies in {file}, {kept.bytes} bytes")
    typer.echo(f"sha256 {kept.sha256}")


def give_back(
    file: Path,
    key: Annotated[Path, typer.Option("--key", help="What tenant archive-key wrote.")],
    older: Annotated[
        bool, typer.Option("--older", help="Also to a database that is younger than FILE; who came later keeps theirs.")
    ] = False,
) -> None:
    """Return the keys in FILE to a database restored without them; whoever is not in it stays unreadable.

    Then look at the books of every open company, as what was restored last.
    """

    async def bring(deployment: Deployment) -> int:
        masters = Masters(deployment.settings)
        returned = await returning.give_back(
            deployment.server, masters, file=file, identities=key, older=older, note=noting.note
        )
        unknown = {tenant.slug for tenant in await deployment.directory.all()} - {each.slug for each in returned}
        _say(file, returned, unknown)
        return await ledger.proven(deployment, await opening.meant(deployment, []))

    if _told(file, bring):
        raise typer.Exit(_FINDING)


def _say(file: Path, returned: Sequence[Returned], unknown: Collection[str]) -> None:
    for each in returned:
        typer.echo(f"{each.slug}: {each.returned} keys returned, {each.unreadable} people are read no more")
    for slug in sorted(unknown):
        typer.echo(f"{slug}: not in {file}, its people are as they were", err=True)


def _told(file: Path, deed: Callable[[Deployment], Awaitable[Result]]) -> Result:
    """Do ``deed``; what such a file can be refused for is said in a line."""
    try:
        return opening.inside_deployment(deed)
    except (NotArchived, NotSealed, NotTaken, MasterMissing) as fault:
        opening.stop(f"{file}: {fault}")
    except OSError as fault:
        if opening.is_unreached(fault):
            raise
        opening.stop(f"{fault.filename or file}: {fault.strerror}")
