"""An owner brings the key to the company's account at Stripe: asked for at once, kept under seal, never shown again."""

from collections.abc import AsyncIterator, Callable, Iterator
from uuid import uuid4

import pytest

from leumund import asgi
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.payouts.stripe import keeping
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.desks import come
from tests.journeys.guests import OURS, Guest
from tests.journeys.staffing import Colleague
from tests.rooms import stripe_payouts
from tests.stripe_server import serving
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer

Visit = Callable[..., Guest]
HERE = "/console/payouts/stripe"
_SENT = """
INSERT INTO payout_call (id, payout, beneficiary, operation, idempotency_key, account, livemode, request, state, tries,
    first_tried_at, tried_at)
VALUES ($1, $2, $3, 'transfer', $4, 'acct_company', true, '{}', 'unclear', 1, now(), now())
"""
SECRET = "whsec_Birke0123456789abcdef"


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke)


@pytest.fixture
async def desk(
    deployment: Deployment, visit: Visit, birke: Tenant, anna: Colleague, stripe: StripeServer
) -> AsyncIterator[Guest]:
    """Anna at her desk, where Stripe is the stand-in."""
    door = asgi.create()
    settings = deployment.settings.model_copy(update={"stripe_url": stripe.url})
    door.use(deployment._replace(settings=settings))
    guest = await staffing.signed_in(deployment, visit, birke, anna)
    yield staffing.calling_from(guest, door, "127.0.0.1")
    stripe.script.mend()
    stripe.forbidden.clear()


async def post(guest: Guest, path: str, **fields: str) -> None:
    guest.answer = await guest.client.post(f"{HERE}{path}", data=fields, headers=OURS)


async def kept(deployment: Deployment, tenant: Tenant) -> keeping.Kept | None:
    async with deployment.scopes.reading(tenant):
        return await keeping.current()


async def anew(deployment: Deployment, tenant: Tenant) -> None:
    """The code counts once more: no test waits for half a minute."""
    async with deployment.scopes.inside(tenant):
        await ground.execute("UPDATE staff_member SET totp_last_step = 0, failed_attempts = 0, failed_at = NULL")


async def test_a_key_is_asked_for_kept_and_never_shown(deployment, birke, desk, anna, stripe):
    await post(desk, "/key", key=serving.KEY, code=anna.code())
    assert desk.answer.headers["location"] == f"{HERE}?done=kept"
    await desk.open(f"{HERE}?lang=en")
    assert ("acct_company" in desk.page, "By this test key" in desk.page, "ends in 4711" in desk.page) == (
        True,
        False,
        True,
    )
    assert serving.KEY not in desk.page
    async with deployment.scopes.inside(birke):
        rows = await ground.fetch("SELECT id, key_sealed FROM stripe_account")
        assert serving.KEY.encode() not in rows[0]["key_sealed"]
        entry = await keeping.entry()
    assert entry is not None
    assert (entry.key, entry.account, entry.livemode) == (serving.KEY, "acct_company", True)


async def test_no_other_key_is_taken_and_none_is_sent_back(deployment, birke, desk, anna):
    for key, words in {
        "sk_live_51everything": "restricted key",
        "whatever": "begins with",
        "rk_live_unknown00": "does not know",
    }.items():
        await post(desk, "/key?lang=en", key=key, code=anna.code())
        assert (desk.answer.status_code, words in desk.answer.text) == (422, True), key
        assert 'id="key-wrong"' in desk.answer.text
        assert key not in desk.answer.text
    assert await kept(deployment, birke) is None


async def test_a_key_without_the_rights_is_told_which_it_lacks(deployment, birke, desk, anna, stripe):
    stripe.forbidden |= {"/v1/transfers", "/v1/coupons"}
    await post(desk, "/key?lang=en", key=serving.KEY, code=anna.code())
    assert "lacks rights: Transfers, Coupons." in desk.answer.text
    assert await kept(deployment, birke) is None


async def test_without_stripe_or_without_the_code_nothing_is_kept(deployment, birke, desk, anna, stripe):
    stripe.script.fail(Fault.AWAY, "/v1/account", method="GET")
    await post(desk, "/key?lang=en", key=serving.KEY, code=anna.code())
    assert "cannot be reached" in desk.answer.text
    await post(desk, "/key?lang=en", key=serving.KEY, code=anna.wrong_code())
    assert (desk.answer.status_code, 'id="code-wrong"' in desk.answer.text) == (422, True)
    assert await kept(deployment, birke) is None


async def test_secrets_are_kept_beside_the_key_and_survive_its_renewal(deployment, birke, desk, anna, stripe):
    await post(desk, "/secrets?lang=en", secret=SECRET, code=anna.code())
    assert "store a key first" in desk.answer.text
    await anew(deployment, birke)
    await post(desk, "/key", key=serving.KEY, code=anna.code())
    await anew(deployment, birke)
    await post(desk, "/secrets?lang=en", secret="secret", code=anna.code())
    assert 'id="secret-wrong"' in desk.answer.text
    await anew(deployment, birke)
    await post(desk, "/secrets", secret=SECRET, connect_secret="", code=anna.code())
    assert desk.answer.headers["location"] == f"{HERE}?done=listening"
    stripe.known.add("rk_live_51Another4712")
    await anew(deployment, birke)
    await post(desk, "/key", key="rk_live_51Another4712", code=anna.code())
    async with deployment.scopes.inside(birke):
        assert await keeping.secrets() == [SECRET]
    await desk.open(f"{HERE}/secrets")
    assert "/webhooks/stripe" in desk.page
    assert SECRET not in desk.page


async def test_another_account_waits_until_it_is_known_what_became_of_all_calls(deployment, birke, desk, anna, stripe):
    (clara,) = await come(deployment, birke, Record(email="clara@people.example"))
    await post(desk, "/key", key=serving.KEY, code=anna.code())
    async with deployment.scopes.inside(birke):
        order = await stripe_payouts.submitted("stripe_transfer", beneficiary=clara)
        await ground.execute(_SENT, uuid4(), order.payout, clara, uuid4())
    await anew(deployment, birke)
    await post(desk, "/removal?lang=en", typed="Stripe", code=anna.code())
    assert (desk.answer.status_code, "still open" in desk.answer.text) == (422, True)
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE payout_call SET state = 'refused'")
    await anew(deployment, birke)
    await post(desk, "/removal", typed="Stripe", code=anna.code())
    assert desk.answer.headers["location"] == f"{HERE}?done=left"
    assert await kept(deployment, birke) is None


async def test_only_owners_say_whose_money_leaves(deployment, visit, birke):
    for role in ("accounting", "privacy_officer"):
        bert = await staffing.at_desk(deployment, visit, birke, role=role, name="Bert")
        assert (await bert.open(HERE)).status_code == 403
        await post(bert, "/key", key=serving.KEY, code="123456")
        assert bert.answer.status_code == 403
