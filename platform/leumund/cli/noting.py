"""What was done at the command line is noted like what is done in the office."""

from leumund.kit import actors, clock
from leumund.operating import noting, office
from leumund.operating.noting import About
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant


async def note(deployment: Deployment, tenant: Tenant, action: str) -> None:
    """Note ``action`` about ``tenant`` in the operators' log."""
    about = About(tenant=tenant.id, slug=tenant.slug)
    async with office.inside(deployment) as desk:
        await noting.note(desk, actor=actors.COMMAND_LINE, action=action, at=clock.now(), about=about)
