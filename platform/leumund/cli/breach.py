"""``leumund breach``: what happened here, told to the companies it concerns and to nobody else (Art. 33(2) GDPR)."""

from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid5

import typer

from leumund.cli import noting, opening
from leumund.kit import actors, clock
from leumund.operating import office
from leumund.privacy.breaches import telling
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

# The same words told again are the same breach: a command that was broken off can be called once more.
_NOTICES = UUID("6f1c2f0e-6a53-4d8e-9c83-5d7f3b1a4c55")


def tell(
    slugs: Annotated[list[str], typer.Argument(help="The companies whose data are concerned.")],
    file: Annotated[Path, typer.Option(help="What is known by now, as text; say when you found out.")],
) -> None:
    """Put what FILE says into each company's register of breaches, and mail whoever answers for it there.

    Their 72 hours begin with it. What you find out later is told the same way, from another file.
    """
    words = _words(file)

    async def told(deployment: Deployment) -> None:
        tenants = [await deployment.directory.by_slug(slug) for slug in dict.fromkeys(slugs)]
        for tenant in tenants:
            typer.echo(f"{tenant.slug}: {await _tell(deployment, tenant, words)}")

    opening.inside_deployment(told)


async def _tell(deployment: Deployment, tenant: Tenant, words: str) -> str:
    notice = uuid5(_NOTICES, f"{tenant.id} {words}")
    async with deployment.scopes.inside(tenant):
        told = await telling.tell(notice=notice, words=words, actor=actors.COMMAND_LINE, at=clock.now())
    if told is None:
        return "was told before"
    async with office.inside(deployment) as desk:
        await noting.note(desk.connection, action="company.breach_told", tenant=tenant.id, slug=tenant.slug)
    return f"told, {told} mailed"


def _words(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        opening.stop(f"{file} cannot be read: {fault}")
