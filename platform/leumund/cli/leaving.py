"""``leumund tenant erase`` and ``keep``: a company leaves by steps, each of which can be begun again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from leumund.cli import moving, noting, opening
from leumund.kit import clock
from leumund.operating import office
from leumund.staff import leaving as asked
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import certifying, erasing, filing, going, sending
from leumund.tenancy.leaving.going import Leave, NotLeaving
from leumund.tenancy.leaving.sending import Step, Unsettled, Wish
from leumund.tenancy.moving.packing import Packed

_FOLDER = "certificates"
_DAYS = 30


def erase(
    slug: Annotated[str, typer.Argument(help="Which company leaves; none with --due.")] = "",
    archive: Annotated[Path | None, typer.Option("--archive", help="Where its archive is written.")] = None,
    recipient: Annotated[list[str] | None, typer.Option("--recipient", help="Who can open it, age1...")] = None,
    no_archive: Annotated[str, typer.Option("--no-archive", help="Why it gets none.")] = "",
    grace_days: Annotated[int, typer.Option("--grace-days", min=1, help="How long `keep` can call it back.")] = _DAYS,
    now: Annotated[bool, typer.Option("--now", help="At once, as its owner confirmed in the console.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Erase every company whose time is up.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Where certificates are written.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Serve a company nowhere, and erase it when its time is up; with --due, erase those whose time is up."""
    if due == bool(slug):
        opening.stop("name a company, or say --due")
    if due:
        _erase_due(certificate)
        return
    end = "erase it for good, now" if now else "serve it nowhere and erase it when its time is up"
    if not yes and typer.prompt(f"Type {slug} to {end}") != slug:
        opening.stop("nothing was erased")
    wish = Wish(going.OPERATOR, archive, recipient or [], no_archive, timedelta(days=grace_days), now)

    async def send_away(deployment: Deployment) -> Leave | None:
        # Whoever was killed after the last step has left a certificate to be written.
        finished = await _write_certificates(deployment, certificate)
        if slug in finished:
            return None
        tenant = await deployment.directory.by_slug(slug)
        await _send(deployment, tenant, wish)
        if now:
            await _remove(deployment, [tenant], certificate)
        return await going.find(deployment.server, tenant)

    if leave := moving.told(slug, send_away):
        typer.echo(f"{slug}: is served nowhere, and erased after {leave.due_at:%Y-%m-%d %H:%M} UTC by erase --due")
        typer.echo(f"{slug}: leumund tenant keep {slug} calls it back until then")


def keep(slug: str) -> None:
    """Call a company back that was sent away."""

    async def call_back(deployment: Deployment) -> Tenant:
        tenant = await deployment.directory.by_slug(slug)
        await going.keep(deployment.server, tenant, at=clock.now(), note=noting.note)
        return await deployment.directory.by_slug(slug)

    try:
        tenant = opening.inside_deployment(call_back)
    except NotLeaving as fault:
        opening.stop(str(fault))
    typer.echo(f"{slug}: stays, and is {tenant.state}")


def _erase_due(certificate: Path | None) -> None:
    async def remove(deployment: Deployment) -> None:
        await _write_certificates(deployment, certificate)
        leaving = {leave.tenant for leave in await going.due(deployment.server, at=clock.now())}
        tenants = [tenant for tenant in await deployment.directory.all() if tenant.id in leaving]
        await _remove(deployment, tenants, certificate)

    opening.inside_deployment(remove)


async def _send(deployment: Deployment, tenant: Tenant, wish: Wish) -> None:
    at = clock.now()
    wish = wish._replace(asked_by=await _asked_by(deployment, tenant, at_once=wish.now, at=at))
    try:
        steps = sending.send(deployment.server, deployment.settings, tenant, wish=wish, at=at, note=noting.note)
        async for step in steps:
            await _tell(deployment, tenant, wish, step)
    except Unsettled:
        opening.stop(
            "say where its archive goes (--archive FILE --recipient age1...), or why it gets none (--no-archive)"
        )


async def _asked_by(deployment: Deployment, tenant: Tenant, *, at_once: bool, at: datetime) -> str:
    """Whose word it is: the owner's where it stands and says as much, else the operator's; begun so, finished so."""
    leave = await going.find(deployment.server, tenant)
    if leave is not None and leave.due_at <= at:
        return leave.asked_by
    async with deployment.scopes.reading(tenant):
        word = await asked.standing(at=at)
    return f"owner:{word.member}" if word and (word.at_once or not at_once) else going.OPERATOR


async def _tell(deployment: Deployment, tenant: Tenant, wish: Wish, step: Step | Packed) -> None:
    """Note a step, or say it."""
    match step:
        case Step.ARCHIVING:
            await noting.tell(deployment, tenant, recipients=wish.recipients)
        case Step.LEFT_BEFORE:
            typer.echo(f"{tenant.slug}: was sent away before, and its time stays as it was")
        case Packed():
            assert wish.archive is not None, "there it is"
            moving.say(tenant.slug, wish.archive, step)


async def _remove(deployment: Deployment, tenants: Sequence[Tenant], certificate: Path | None) -> None:
    for tenant in tenants:
        try:
            await erasing.erase(deployment.server, tenant, at=clock.now(), if_due=True)
        except NotLeaving:
            # Meanwhile, while others were erased.
            typer.echo(f"{tenant.slug}: was called back, and stays")
            continue
        await _write_certificates(deployment, certificate)


async def _write_certificates(deployment: Deployment, folder: Path | None) -> set[str]:
    """Write what is certified and in no file yet; the note and the mark that it is written are one transaction."""
    slugs = set[str]()
    async with office.reading(deployment) as desk:
        waiting = await certifying.unwritten(desk.connection)
    for one in waiting:
        data, page = filing.write(one, folder or deployment.settings.data / _FOLDER)
        async with office.inside(deployment) as desk:
            await noting.note(desk.connection, action="company.erased", tenant=one.tenant, slug=one.slug)
            await certifying.written(desk.connection, one, at=clock.now())
        slugs.add(one.slug)
        typer.echo(f"{one.slug}: erased; {page} and {data} certify it")
    return slugs
