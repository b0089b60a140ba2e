"""``leumund tenant archive``, ``import`` and the way from one deployment to another."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from leumund.cli import ledger, noting, opening
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving.going import OwnersToSay
from leumund.tenancy.moving import archiving, encrypting, holding, importing
from leumund.tenancy.moving.archiving import NotArchived
from leumund.tenancy.moving.encrypting import NotSealed
from leumund.tenancy.moving.holding import NotHeld
from leumund.tenancy.moving.loading import NotTaken
from leumund.tenancy.moving.packing import Packed

_FINDING = 1
Result = TypeVar("Result")
Recipients = Annotated[
    list[str], typer.Option("--recipient", help="Whom it is sealed for, age1...; several may be named.")
]


def archive_key(file: Path) -> None:
    """Make a key that opens archives, write it to FILE and print whom to seal them for."""
    try:
        typer.echo(encrypting.make_key(file))
    except OSError as fault:
        opening.stop(f"{file} was not written: {fault.strerror}")


def archive(slug: str, file: Path, recipient: Recipients) -> None:
    """Write all of a company to FILE, sealed by age (RECIPIENTs alone can open it); its log says so."""

    async def write(deployment: Deployment) -> Packed:
        tenant = await deployment.directory.by_slug(slug)
        archiving.check(file=file, recipients=recipient, tenant=tenant)
        await noting.tell(deployment, tenant, recipients=recipient)
        return await archive_here(deployment, tenant, file, recipient)

    say(slug, file, told(slug, write))


def move_out(slug: str, file: Path, recipient: Recipients) -> None:
    """Let nobody write to a company any more and archive it to FILE, or change nothing; `move-back` undoes it."""

    async def move(deployment: Deployment) -> Packed:
        tenant = await deployment.directory.by_slug(slug)
        archiving.check(file=file, recipients=recipient, tenant=tenant)
        await noting.tell(deployment, tenant, recipients=recipient)
        async with holding.held(deployment.server, tenant, at=clock.now(), note=noting.note):
            return await archive_here(deployment, tenant, file, recipient)

    say(slug, file, told(slug, move))
    typer.echo(f"{slug}: is read and not written here; import the file elsewhere, or call move-back")


def move_back(slug: str) -> None:
    """Let a company be written again: it stays here."""

    async def stay(deployment: Deployment) -> None:
        tenant = await deployment.directory.by_slug(slug)
        await holding.let_go(deployment.server, tenant, at=clock.now(), note=noting.note)

    told(slug, stay)
    typer.echo(f"{slug}: is written again")


def take_in(file: Path, key: Annotated[Path, typer.Option("--key", help="What archive-key wrote.")]) -> None:
    """Make the company archived in FILE one of this deployment: all of it, or nothing; then look at its books."""

    async def bring(deployment: Deployment) -> int:
        manifest = await importing.take_in(
            deployment.server, deployment.settings, file=file, identities=key, at=clock.now(), note=noting.note
        )
        tenant = await deployment.directory.by_slug(manifest.slug)
        rows = sum(part.rows for part in manifest.tables)
        typer.echo(f"{tenant.slug}: taken in with {rows} rows, served at {tenant.host}")
        return await ledger.proven(deployment, [tenant])

    if told(str(file), bring):
        raise typer.Exit(_FINDING)


async def archive_here(deployment: Deployment, tenant: Tenant, file: Path, recipients: list[str]) -> Packed:
    """Archive ``tenant`` of this deployment."""
    return await archiving.archive_company(
        deployment.server, deployment.settings, tenant, file=file, recipients=recipients, at=clock.now()
    )


def told(what: str, deed: Callable[[Deployment], Awaitable[Result]]) -> Result:
    """Do ``deed``; what archives can be refused for is said in a line."""
    try:
        return opening.inside_deployment(deed)
    except (NotArchived, NotSealed, NotTaken, NotHeld, OwnersToSay) as fault:
        opening.stop(f"{what}: {fault}")
    except OSError as fault:
        if opening.is_unreached(fault):
            raise
        opening.stop(f"{fault.filename or what}: {fault.strerror}")


def say(slug: str, file: Path, packed: Packed) -> None:
    """What an archive holds, and by what it is known again."""
    rows = sum(part.rows for part in packed.manifest.tables)
    typer.echo(f"{slug}: {rows} rows of {len(packed.manifest.tables)} tables in {file}, {packed.bytes} bytes")
    typer.echo(f"sha256 {packed.sha256}")
