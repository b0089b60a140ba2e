"""An advocate opens an account of their own at Stripe: begun in the portal, filled in there, known here when ready."""

from collections.abc import Callable, Iterator

import pytest

from leumund import asgi
from leumund.kit import clock, ground
from leumund.payouts.stripe import keeping
from leumund.payouts.stripe.keeping import Theirs
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import regulars, seconds, staffing
from tests.journeys.guests import Guest
from tests.journeys.regulars import Advocate
from tests.stripe_server import serving
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer

Visit = Callable[..., Guest]
HERE = "/portal/stripe"


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Advocate:
    async with deployment.scopes.inside(birke):
        theirs = Theirs("acct_company", "DE")
        await keeping.keep(key=serving.KEY, theirs=theirs, actor="system:test", at=clock.now())
    return await regulars.advocate(deployment, birke)


@pytest.fixture
async def phone(deployment: Deployment, birke: Tenant, visit: Visit, stripe: StripeServer, anna: Advocate) -> Guest:
    """Anna's, with a second factor shown just now, where Stripe is the stand-in."""
    guest = visit(birke, language="en")
    await seconds.proven(deployment, birke, guest, anna)
    door = asgi.create()
    door.use(deployment._replace(settings=deployment.settings.model_copy(update={"stripe_url": stripe.url})))
    return staffing.calling_from(guest, door, "127.0.0.1")


async def states(deployment: Deployment, tenant: Tenant) -> list[str]:
    async with deployment.scopes.reading(tenant):
        return [row["state"] for row in await ground.fetch("SELECT state FROM stripe_recipient")]


async def test_an_account_is_opened_once_filled_in_there_and_then_ready(deployment, birke, phone, stripe):
    await phone.open(HERE)
    assert "Not set up yet" in phone.page
    # The first answer is lost; whoever tries again gets no second account.
    stripe.script.fail(Fault.ERROR_AFTER, "/v1/account_links")
    await phone.submit(HERE)
    assert "cannot be reached" in phone.page
    await phone.open(HERE)
    await phone.submit(HERE)
    [account] = stripe.books.all("account")
    assert f"https://connect.stripe.com/setup/e/{account['id']}" in phone.page
    assert (account["country"], "anna" in str(account)) == ("DE", False)
    await phone.open(HERE)
    assert "Some details are missing" in phone.page
    account.update(capabilities={"transfers": "active"}, payouts_enabled=True, details_submitted=True)
    await phone.submit(f"{HERE}/state")
    assert "All set" in phone.page
    assert await states(deployment, birke) == ["active"]


async def test_an_account_that_was_closed_there_can_be_opened_anew(deployment, birke, phone, stripe):
    await phone.open(HERE)
    await phone.submit(HERE)
    stripe.books.things["account"].clear()
    await phone.open(HERE)
    await phone.submit(f"{HERE}/state")
    assert "Disconnected" in phone.page
    await phone.submit(HERE)
    assert len(stripe.books.all("account")) == 1
    assert await states(deployment, birke) == ["waiting"]


async def test_a_mailbox_alone_is_too_little(deployment, birke, visit, anna):
    guest = await seconds.entered(visit(birke), anna)
    assert (await guest.open(HERE)).url.path == "/portal/prove"
