"""Second factors in journeys: set up in the portal as a person does, and made to count without waiting a day."""

import re

import pyotp

from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import regulars
from tests.journeys.guests import Guest
from tests.journeys.regulars import Advocate

_COUNT = "UPDATE customer_factor SET counts_at = created_at WHERE customer = $1"
# A code of an app is good once: what was used to set it up is used up, and half a minute is not waited for.
_FORGET = "UPDATE customer_factor SET counter = 0 WHERE customer = $1 AND kind = 'totp'"


async def entered(guest: Guest, anna: Advocate) -> Guest:
    """In the portal by the mailed link alone."""
    await guest.open(anna.enter)
    await guest.submit("/portal/enter/")
    assert guest.answer.url.path == "/portal"
    return guest


async def with_app(guest: Guest) -> str:
    """An authenticator app set up in the portal; returns its secret."""
    await guest.open("/portal/security/app")
    secret = secret_of(guest.page)
    await guest.submit("/portal/security/app", code=code(secret))
    assert guest.answer.status_code == 200, guest.page
    return secret


async def let_count(deployment: Deployment, tenant: Tenant, anna: Advocate) -> None:
    """As if a day had gone by."""
    await regulars.change(deployment, tenant, _COUNT, anna.customer)
    await regulars.change(deployment, tenant, _FORGET, anna.customer)


async def proven(deployment: Deployment, tenant: Tenant, guest: Guest, anna: Advocate) -> str:
    """In the portal, with a second factor shown just now; returns the app's secret."""
    await entered(guest, anna)
    secret = await with_app(guest)
    await let_count(deployment, tenant, anna)
    await guest.open("/portal/prove?back=data")
    await guest.submit("/portal/prove", code=code(secret))
    assert guest.answer.url.path == "/portal/data", guest.page
    return secret


def secret_of(page: str) -> str:
    """What stands there to be typed into an app, without the gaps it is read by."""
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert found, "the page shows a secret"
    return found[1].replace(" ", "")


def code(secret: str) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(clock.now())
