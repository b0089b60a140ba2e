"""What was done at the command line is noted like what is done in the office."""

from collections.abc import Sequence

from leumund.audit import noting as company_noting
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


async def tell(deployment: Deployment, tenant: Tenant, *, recipients: Sequence[str]) -> None:
    """Note in the company's own log, before it is written, that an archive of everything is made, and for whose keys.

    Of a company that moves nobody writes the log; it was told when that began.
    """
    if tenant.is_moving:
        return
    async with deployment.scopes.inside(tenant):
        await company_noting.note(
            actor=actors.COMMAND_LINE,
            action="company.archived",
            detail={"recipients": list(recipients)},
            at=clock.now(),
        )
