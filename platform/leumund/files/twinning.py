"""Make a company's test company from the folder it could have come from, and bring over what changed in it since.

It carries no person, key, account, domain or endpoint: those are in no folder. The agreement the company accepted goes
for what it tries out too.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from msgspec.structs import replace

from leumund.audit import noting
from leumund.company import agreeing
from leumund.company.agreeing import Acceptance, NotAgreed
from leumund.company.processing import Described
from leumund.files import exporting, opening, reading
from leumund.files.reading import Examined
from leumund.kit import actors, clock
from leumund.kit.ground import Connection
from leumund.privacy.agreement import accepting, subprocessors
from leumund.tenancy import provisioning
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant
from leumund.tenancy.provisioning import NoTwin, SlugTaken


class Twinned(NamedTuple):
    """The test company as it stands, and a line for each change."""

    twin: Tenant
    changes: list[str]


async def twin(deployment: Deployment, live: Tenant, *, slug: str = "", owner: Connection) -> Twinned:
    """Make the test company of ``live``, called ``slug`` or after it, or bring one up to date; all of it or nothing.

    ``owner`` is the migration role's connection. Raises NoTwin, NotAgreed, SlugTaken and BadSlug, Faulty for a folder
    that may not be applied, NotWritten and NotDescribed.
    """
    if live.is_twin or not live.is_open:
        raise NoTwin("errors.tenancy.no_twin", field="slug")
    called = await _called(deployment, live, slug)
    with TemporaryDirectory() as place:
        folder = Path(place) / "company"
        async with deployment.scopes.reading(live):
            accepted = await agreeing.acceptances()
            if not accepted:
                raise NotAgreed("errors.agreement.missing", field="form")
            await exporting.export(folder, slug=live.slug, hosts=[])
        examined = _renamed(reading.examine(folder), called)
    changes = await opening.apply_examined(deployment, examined, owner=owner, twin_of=live.id)
    made = await deployment.directory.by_slug(called)
    if await _agree(deployment, made, accepted[0]):
        changes = [*(line for line in changes if line != opening.NOTHING), "agreement"]
    if opening.OPENED in changes:
        await _tell(deployment, live, made)
    return Twinned(made, changes)


async def _called(deployment: Deployment, live: Tenant, slug: str) -> str:
    """What the test company of ``live`` is called, or is to be. Raises SlugTaken."""
    try:
        return (await deployment.directory.twin_of(live.id)).slug
    except UnknownTenant:
        called = slug or f"{live.slug}{provisioning.TWINS_END}"
    provisioning.check_slug(called)
    try:
        await deployment.directory.by_slug(called)
    except UnknownTenant:
        return called
    raise SlugTaken("errors.tenancy.slug_taken", field="slug", slug=called)


def _renamed(examined: Examined, slug: str) -> Examined:
    """The folder under another name."""
    folder = examined.company
    if folder is not None:
        folder = replace(folder, company=replace(folder.company, slug=slug))
    return replace(examined, slug=slug, company=folder)


async def _agree(deployment: Deployment, twin: Tenant, acceptance: Acceptance) -> bool:
    processors: list[Described] = subprocessors.read(deployment.settings.subprocessors_file)
    async with deployment.scopes.inside(twin):
        return await accepting.adopt(
            acceptance=acceptance, processors=processors, actor=actors.COMMAND_LINE, at=clock.now()
        )


async def _tell(deployment: Deployment, live: Tenant, twin: Tenant) -> None:
    """The company reads in its own log that it is tried out elsewhere from now on."""
    async with deployment.scopes.inside(live):
        await noting.note(
            actor=actors.COMMAND_LINE, action="company.twinned", detail={"slug": twin.slug}, at=clock.now()
        )
