"""Open a company from its folder, or change what differs in one that is open."""

from leumund.files import applying
from leumund.files.folder import CompanyFolder
from leumund.kit import clock
from leumund.tenancy import provisioning
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import UnknownTenant


async def apply_folder(deployment: Deployment, company: CompanyFolder) -> list[str]:
    """Open the company if it is new, then change what differs; returns a line for each change."""
    changes = []
    at = clock.now()
    try:
        tenant = await deployment.directory.by_slug(company.slug)
    except UnknownTenant:
        await provisioning.open_company(deployment.server, deployment.settings, slug=company.slug, name=company.name)
        tenant = await deployment.directory.by_slug(company.slug)
        changes.append("opened")
    hosts = [f"{company.slug}.{deployment.settings.base_domain}", *company.hosts]
    await provisioning.check_hosts(deployment.server, deployment.settings, tenant=tenant.id, hosts=hosts)
    async with deployment.scopes.inside(tenant):
        changes += [str(change) for change in await applying.apply(company, at=at)]
    changes += await provisioning.settle(
        deployment.server, deployment.settings, tenant=tenant.id, name=company.name, hosts=hosts, at=at
    )
    return changes or ["nothing changed"]
