"""In a test company without an account at Stripe payouts come to an end by themselves, and are booked as ever."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.payouts import collecting, reconciling, rehearsing, submitting
from leumund.payouts.carrying import Order
from leumund.payouts.stripe import keeping, recipients
from leumund.payouts.stripe.asking import Line
from leumund.payouts.stripe.connecting import Service
from leumund.payouts.stripe.keeping import Theirs
from leumund.payouts.stripe.recipients import NotNow
from leumund.programs.offers import Rule
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON, RollBack
from tests.rooms import paying, whole
from tests.rooms.paying import ANNA, LATER

WAY = "stripe_transfer"
# Nobody answers there, so whoever asked would be noticed.
NOBODY = Service("http://127.0.0.1:1", 0.2)
BACK = "https://linden-test.example/portal/stripe"


@pytest.fixture
async def tried(deployment: Deployment, twin: Tenant) -> AsyncIterator[Ground]:
    """Inside the test company; everything is rolled back at the end."""
    try:
        async with deployment.scopes.inside(twin) as here:
            await ground.execute("INSERT INTO payout_way VALUES ('cash', $1, $2)", WAY, NOON)
            yield here
            raise RollBack
    except RollBack:
        pass


def here() -> AbstractAsyncContextManager[None]:
    """Each scope of an errand is this test's own."""
    return nullcontext()


async def ready() -> UUID:
    """Anna, once she went where her account at Stripe is opened; the address she was led to is ours."""
    anna = await whole.person(ANNA, at=NOON)
    assert await recipients.begin(Line(NOBODY, here), customer=anna, back=BACK, at=NOON) == BACK
    return anna


async def owed(cents: int) -> None:
    rules = [Rule(side="advocate", kind="cash", cents=cents), Rule(side="friend", kind="voucher", cents=2500)]
    await whole.company(at=NOON, terms=msgspec.structs.replace(whole.TERMS, rules=rules))
    await paying.earned("A-1")


async def carry(payout: UUID, *, minutes: float) -> str:
    """The errand as the worker runs it, where nobody carries anything out."""
    await submitting.carry({}, here, payout, LATER + timedelta(minutes=minutes))
    return await paying.state("payout", payout)


@settings(max_examples=1)
@example(cents=5001)
@example(cents=5002)
@example(cents=5003)
@given(cents=st.integers(100, 19_999))
async def test_every_sum_comes_to_its_end_once_and_is_booked_as_ever(tried: Ground, cents: int):
    async with ground.undone():
        await owed(cents)
        await ready()
        batch = await paying.sent(way=WAY)
        (payout,) = await paying.payouts(batch)
        states = [await carry(payout, minutes=minutes) for minutes in (0, 0.5, 20, 40)]
        ended = "failed" if cents % 100 == rehearsing.REFUSED else "confirmed"
        first = {rehearsing.UNCLEAR: "unknown", rehearsing.AWAY: "submitted"}.get(cents % 100, ended)
        assert (states[0], states[2], states[3]) == (first, ended, ended)
        arrived = cents if ended == "confirmed" else 0
        held = [await paying.held(kind) for kind in ("paid_out", "payout_in_transit", "reward_available")]
        assert held == [arrived, 0, cents - arrived]
        assert await reconciling.check() == []
        assert await paying.state("payout_batch", batch) == "done"


@given(cents=st.integers(1, 10**6), minutes=st.integers(0, 3000))
def test_the_same_order_has_the_same_answer_however_often_it_comes(cents: int, minutes: int):
    order = Order(
        payout=UUID(int=7),
        batch=uuid4(),
        beneficiary=uuid4(),
        way=WAY,
        cents=cents,
        currency="EUR",
        key=uuid4(),
        first_tried_at=NOON,
    )
    for ask in (rehearsing.CARRIER.carry, rehearsing.CARRIER.reconcile):
        said = [run(ask(order, here, NOON + timedelta(minutes=minutes))) for _ in range(2)]
        assert said[0] == said[1]
        assert said[0].state != "confirmed" or said[0].reference.startswith("TEST-")


def run(asked: Awaitable[object]):
    """What an answer is that nobody is waited for."""
    try:
        asked.send(None)
    except StopIteration as said:
        return said.value
    raise AssertionError("somebody was asked")


async def test_an_account_opened_in_a_rehearsal_is_theirs_at_once_and_nobody_elses(tried: Ground):
    await owed(5000)
    assert (await collecting.due(way=WAY, currency="EUR", at=LATER)).waits == {"not_onboarded": 1}
    anna = await ready()
    found = await recipients.of(customer=anna)
    assert found is not None
    assert found.may_receive
    assert await recipients.of(customer=await whole.person("clara@people.example", at=NOON)) is None
    assert (await collecting.due(way=WAY, currency="EUR", at=LATER)).cents == 5000


async def test_with_a_test_account_nothing_is_rehearsed_any_more(tried: Ground):
    await owed(5000)
    anna = await ready()
    await keeping.keep(key="rk_test_51Linden4711", theirs=Theirs("acct_linden", "DE"), actor="system:test", at=NOON)
    assert not await rehearsing.is_on()
    assert await recipients.of(customer=anna) is None


async def test_a_live_company_rehearses_nothing(inside: Ground):
    await whole.company(at=NOON)
    assert not await rehearsing.is_on()
    anna = await whole.person(ANNA, at=NOON)
    with pytest.raises(NotNow):
        await recipients.begin(Line(NOBODY, here), customer=anna, back=BACK, at=NOON)
