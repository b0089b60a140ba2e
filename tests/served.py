"""A company that is served, the one way for all tests; and one that is only made, or many."""

from collections.abc import Iterable
from datetime import datetime

from leumund.kit.ground import Connection
from leumund.kit.settings import Settings
from leumund.tenancy import provisioning
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.spreading import spread


async def company(deployment: Deployment, slug: str, *, name: str, at: datetime) -> Tenant:
    """Open ``name`` as ``slug``, at its host under the base domain."""
    server, settings = deployment.server, deployment.settings
    await made(server, settings, slug=slug, name=name)
    tenant = await deployment.directory.by_slug(slug)
    hosts = [f"{slug}.{settings.base_domain}"]
    async with provisioning.settling(server, settings, tenant=tenant.id, name=name, hosts=hosts, at=at):
        pass
    return await deployment.directory.by_slug(slug)


async def made(server: Server, settings: Settings, *, slug: str, name: str) -> str:
    """Make ``slug`` a company that nobody is served yet; returns its schema's name. Raises as ``open_company``."""
    async with as_owner(server) as owner:
        return await provisioning.open_company(owner, settings, slug=slug, name=name)


async def many_made(server: Server, settings: Settings, slugs: Iterable[str], *, jobs: int) -> dict[str, str]:
    """Make each of ``slugs`` such a company, ``jobs`` at a time, as folders are applied; their schemas by slug."""
    schemas = dict[str, str]()

    async def make(owner: Connection, slug: str) -> None:
        schemas[slug] = await provisioning.open_company(owner, settings, slug=slug, name=slug.title())

    await spread(server, slugs, jobs=jobs, deed=make)
    return schemas
