"""A company that is served, the one way for all tests; and one that is only made, or many."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.company import agreeing
from leumund.files import opening, reading
from leumund.files.folder import CompanyFolder
from leumund.kit import clock, places
from leumund.kit.ground import Connection
from leumund.kit.settings import Settings
from leumund.kit.sheets import Sheet
from leumund.tenancy import provisioning
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.spreading import spread


async def company(deployment: Deployment, slug: str, *, name: str, at: datetime, agreed: bool = True) -> Tenant:
    """Open ``name`` as ``slug``, at its host under the base domain, with the agreement accepted."""
    await made(deployment.server, deployment.settings, slug=slug, name=name)
    return await _settled(deployment, slug, name=name, at=at, agreed=agreed)


async def twin(deployment: Deployment, of: Tenant, *, at: datetime) -> Tenant:
    """Open the test company of ``of``, with nothing in it."""
    slug = f"{of.slug}-test"
    await made(deployment.server, deployment.settings, slug=slug, name=of.name, twin_of=of.id)
    return await _settled(deployment, slug, name=of.name, at=at, agreed=True)


async def _settled(deployment: Deployment, slug: str, *, name: str, at: datetime, agreed: bool) -> Tenant:
    server, settings = deployment.server, deployment.settings
    tenant = await deployment.directory.by_slug(slug)
    hosts = [f"{slug}.{settings.base_domain}"]
    async with provisioning.settling(server, settings, tenant=tenant.id, name=name, hosts=hosts, at=at):
        pass
    tenant = await deployment.directory.by_slug(slug)
    if agreed:
        await agree(deployment, tenant, at=at)
    return tenant


async def described(deployment: Deployment, folder: CompanyFolder) -> Tenant:
    """Open the company as ``folder`` describes it, with the agreement accepted."""
    await opening.apply_folder(deployment, folder)
    tenant = await deployment.directory.by_slug(folder.slug)
    await agree(deployment, tenant, at=clock.now())
    return tenant


async def brand(deployment: Deployment, slug: str) -> Tenant:
    """Open one of the companies that ship as folders, with the agreement accepted."""
    return await described(deployment, reading.read(places.tenants() / slug))


async def like(deployment: Deployment, slug: str) -> Tenant:
    """Open another company that is as the folder of ``slug`` says, under a name and a host of its own."""
    folder = reading.read(places.tenants() / slug)
    own = msgspec.structs.replace(folder.company, slug=f"{slug}-{uuid4().hex[:8]}", hosts=[])
    return await described(deployment, msgspec.structs.replace(folder, company=own))


async def agree(deployment: Deployment, tenant: Tenant, *, at: datetime) -> None:
    """``tenant`` has accepted the agreement with its processor, once, and without a word in its log."""
    async with deployment.scopes.inside(tenant):
        if not await agreeing.has_agreed():
            document = msgspec.json.encode(Sheet(title="Vertrag", language="de", issuer="Leumund", at=at, sections=[]))
            await agreeing.agree(version=1, language="de", document=document.decode(), actor="system:test", at=at)


async def made(server: Server, settings: Settings, *, slug: str, name: str, twin_of: UUID | None = None) -> str:
    """Make ``slug`` a company that nobody is served yet; returns its schema's name. Raises as ``open_company``."""
    async with as_owner(server) as owner:
        return await provisioning.open_company(owner, settings, slug=slug, name=name, twin_of=twin_of)


async def many_made(server: Server, settings: Settings, slugs: Iterable[str], *, jobs: int) -> dict[str, str]:
    """Make each of ``slugs`` such a company, ``jobs`` at a time, as folders are applied; their schemas by slug."""
    schemas = dict[str, str]()

    async def make(owner: Connection, slug: str) -> None:
        schemas[slug] = await provisioning.open_company(owner, settings, slug=slug, name=slug.title())

    await spread(server, slugs, jobs=jobs, deed=make)
    return schemas
