"""What was done at the command line is noted like what is done in the office."""

from collections.abc import Sequence
from uuid import UUID

from leumund.audit import noting as company_noting
from leumund.kit import actors, clock
from leumund.kit.ground import Connection
from leumund.operating import noting, office
from leumund.operating.noting import About
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant


async def note(connection: Connection, *, action: str, tenant: UUID, slug: str) -> None:
    """Note ``action`` in the operators' log, over the connection that does it (``tenancy.noting``)."""
    about = About(tenant=tenant, slug=slug)
    await noting.note(connection, actor=actors.COMMAND_LINE, action=action, at=clock.now(), about=about)


async def tell(deployment: Deployment, tenant: Tenant, *, recipients: Sequence[str]) -> None:
    """Note that an archive of everything is made, before it is: for operators, and for the company with whose keys.

    Of a company that moves nobody writes the log; it was told when that began.
    """
    async with office.inside(deployment) as desk:
        await note(desk.connection, action="company.archived", tenant=tenant.id, slug=tenant.slug)
    if tenant.is_moving:
        return
    async with deployment.scopes.inside(tenant):
        await company_noting.note(
            actor=actors.COMMAND_LINE,
            action="company.archived",
            detail={"recipients": list(recipients)},
            at=clock.now(),
        )
