"""A company that is served, the one way for all tests."""

from datetime import datetime

from leumund.tenancy import provisioning
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant


async def company(deployment: Deployment, slug: str, *, name: str, at: datetime) -> Tenant:
    """Open ``name`` as ``slug``, at its host under the base domain."""
    server, settings = deployment.server, deployment.settings
    await provisioning.open_company(server, settings, slug=slug, name=name)
    tenant = await deployment.directory.by_slug(slug)
    hosts = [f"{slug}.{settings.base_domain}"]
    async with provisioning.settling(server, settings, tenant=tenant.id, name=name, hosts=hosts, at=at):
        pass
    return await deployment.directory.by_slug(slug)
