"""The company's people in tests: an account, the app on a telephone, and a device that is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyotp

from leumund.kit import clock
from leumund.staff import enrolling, inviting, sessions
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.console import entering
from tests import links
from tests.journeys.guests import Guest

PASSWORD = "Kaffeetasse steht schief"
# Long enough ago that every code of today is a new one.
_ENROLLED_AGO = timedelta(minutes=10)


class Colleague:
    """A member of staff who has enrolled, and the app that shows their codes."""

    def __init__(self, *, member: UUID, email: str, secret: str) -> None:
        self.member = member
        self.email = email
        self._app = pyotp.TOTP(secret)

    def code(self, *, steps_ahead: int = 0) -> str:
        """What the app shows now, or shows next."""
        return self._app.at(datetime.now(UTC), counter_offset=steps_ahead)

    def wrong_code(self) -> str:
        right = {self.code(steps_ahead=step) for step in (-1, 0, 1, 2)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in right)

    def shown(self, **instead: str) -> dict[str, str]:
        """The fields of the sign-in form, with ``instead`` over what is right."""
        return {"email": self.email, "password": PASSWORD, "code": self.code()} | instead


async def enrolled(deployment: Deployment, tenant: Tenant, *, role: str = "owner", name: str = "Anna") -> Colleague:
    """Somebody who works at ``tenant`` and could sign in."""
    at, email = clock.now() - _ENROLLED_AGO, f"{name.lower()}-{uuid4().hex[:8]}@staff.example"
    async with deployment.scopes.inside(tenant):
        invitation = await inviting.invite(email=email, name=name, role=role, language="de", actor="system:test", at=at)
        token = links.enrolment(invitation.enrolment)
        secret = (await enrolling.show(token=token, at=at)).secret
        await enrolling.finish(token=token, password=PASSWORD, code=pyotp.TOTP(secret).at(at), at=at)
    return Colleague(member=invitation.member, email=email, secret=secret)


async def at_desk(
    deployment: Deployment, visit: Callable[..., Guest], tenant: Tenant, *, role: str = "owner", name: str = "Anna"
) -> Guest:
    """A device on which somebody with ``role`` is signed in; without the form, whose tests do that themselves."""
    colleague = await enrolled(deployment, tenant, role=role, name=name)
    return await signed_in(deployment, visit, tenant, colleague)


async def signed_in(deployment: Deployment, visit: Callable[..., Guest], tenant: Tenant, colleague: Colleague) -> Guest:
    """One more device of ``colleague``."""
    async with deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    guest = visit(tenant, language="de")
    guest.client.cookies.set(entering.NAME, token, domain=tenant.host, path="/")
    return guest


def calling_from(guest: Guest, door: Any, address: str) -> Guest:
    """The same device at another place in the net."""
    cookies, headers, base = guest.client.cookies, guest.client.headers, guest.client.base_url
    transport = httpx.ASGITransport(app=door, client=(address, 4242))
    guest.client = httpx.AsyncClient(transport=transport, base_url=base, headers=headers, cookies=cookies)
    return guest
