"""Close a company: within seconds it is served nowhere and its jobs wait; nothing of it is lost."""

from datetime import datetime

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.operating import noting, watching
from leumund.operating.noting import About
from leumund.operating.office import Desk
from leumund.tenancy import announcing
from leumund.tenancy.directory import State


class StillOpening(Refused):
    """A company whose opening has not ended can be neither closed nor opened by hand."""


class OnItsWay(Refused):
    """A company that moves or leaves is called back by the command that sent it."""


async def close(desk: Desk, *, slug: str, actor: str, at: datetime) -> None:
    """Close ``slug``; a closed one stays as it is. Raises CompanyUnknown, StillOpening, OnItsWay."""
    await _turn(desk, await watching.find(desk, slug=slug), State.CLOSED, actor, at)


async def reopen(desk: Desk, *, slug: str, actor: str, at: datetime) -> None:
    """Serve a closed company again; an open one stays as it is. Raises CompanyUnknown, StillOpening, OnItsWay."""
    await _turn(desk, await watching.find(desk, slug=slug), State.OPEN, actor, at)


async def _turn(desk: Desk, company: watching.Company, state: State, actor: str, at: datetime) -> None:
    if company.state is State.OPENING:
        raise StillOpening("errors.operating.still_opening", slug=company.slug)
    if company.state in (State.MOVING, State.LEAVING):
        raise OnItsWay(f"errors.operating.{company.state}", slug=company.slug)
    turned = await desk.connection.execute(
        "UPDATE tenant SET state = $2, changed_at = $3 WHERE id = $1 AND state = ANY($4) AND state <> $2",
        company.id,
        state,
        at,
        (State.OPEN, State.CLOSED),
    )
    if ground.touched(turned):
        await announcing.announce(desk.connection)
        action = {State.CLOSED: "company.closed", State.OPEN: "company.opened"}[state]
        about = About(tenant=company.id, slug=company.slug)
        await noting.note(desk.connection, actor=actor, action=action, at=at, about=about)
