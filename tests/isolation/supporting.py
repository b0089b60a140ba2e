"""Olga, who runs the platform and asks, and an owner who answers: what the tests of break-glass access begin with."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from leumund.kit import clock, sight
from leumund.kit.sight import Asked
from leumund.operating import asking, creating, office, sessions, watching
from leumund.operating.sessions import Operator
from leumund.support import granting, telling
from leumund.support.granting import Terms
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.operator import entering
from tests.journeys import staffing
from tests.journeys.guests import Guest
from tests.journeys.staffing import Colleague

PLATFORM: Any = SimpleNamespace(host="leumund.example")
REASON = "Ein Import brach ab, Ticket 4711"


async def operator(deployment: Deployment, *, name: str = "olga") -> Operator:
    """Somebody who runs the platform."""
    email = f"{name}-{uuid4().hex[:8]}@leumund.example"
    await creating.create_operator(deployment, email=email, password="vier Wolken tragen Kastanien", at=clock.now())
    async with office.inside(deployment) as desk:
        found = await desk.connection.fetchval("SELECT id FROM operator WHERE email = $1", email)
    return Operator(id=found, email=email)


async def at_office(deployment: Deployment, door: Any, who: Operator) -> Guest:
    """Their browser at the platform's own host, signed in."""
    async with office.inside(deployment) as desk:
        token = await sessions.begin(desk, operator=who.id, at=clock.now())
    guest = Guest(door, PLATFORM, language="en")
    guest.client.cookies.set(entering.NAME, token, domain=PLATFORM.host, path="/")
    return guest


async def asked(
    deployment: Deployment, tenant: Tenant, who: Operator, *, rooms: Sequence[str] = sight.ROOMS, hours: int = 2
) -> Asked:
    """What ``who`` asks of ``tenant``, kept on both sides."""
    request = Asked(
        id=uuid4(),
        operator=who.id,
        operator_email=who.email,
        reason=REASON,
        rooms=list(rooms),
        hours=hours,
        asked_at=clock.now(),
    )
    async with office.reading(deployment) as desk:
        company = await watching.find(desk, slug=tenant.slug)
    async with deployment.scopes.inside(tenant):
        await telling.tell(asked=request)
        async with office.inside(deployment) as desk:
            await asking.ask(desk, company=company, asked=request)
    return request


async def granted(
    deployment: Deployment,
    tenant: Tenant,
    who: Operator,
    *,
    rooms: Sequence[str] = sight.ROOMS,
    owner: Colleague | None = None,
) -> Asked:
    """What ``who`` asked, and an owner granted for an hour."""
    request = await asked(deployment, tenant, who, rooms=rooms)
    owner = owner or await staffing.enrolled(deployment, tenant)
    async with deployment.scopes.inside(tenant):
        terms = Terms(rooms=list(rooms), hours=1)
        assert await granting.grant(asked=request, terms=terms, by=owner.member, code=owner.code(), at=clock.now()), (
            "a new code"
        )
    return request


AN_HOUR = timedelta(hours=1)
