"""Every night Stripe's books are laid beside ours: what differs is listed and told once, and nothing is changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from leumund.kit import clock, ground
from leumund.payouts import settling
from leumund.payouts.stripe import carrying, reconciling
from leumund.payouts.stripe.asking import Line
from tests.rooms import stripe_payouts, whole
from tests.rooms.stripe_payouts import Desk, order
from tests.stripe_server import serving
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer

NIGHT = timedelta(hours=3)


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture
async def here(deployment: Any, open_company: Any, stripe: StripeServer) -> Desk:
    made = await stripe_payouts.desk(deployment, await open_company("linden"), stripe)
    async with made.inside():
        await whole.company(at=clock.now() - timedelta(days=1))
    return made


async def paid(here: Desk, number: int, way: str = "stripe_transfer") -> list[Any]:
    carry = carrying.carriers(here.service)[way].carry
    orders = [await order(here, way, at=clock.now()) for _ in range(number)]
    for each in orders:
        carried = await carry(each, here.inside, clock.now())
        async with here.inside():
            await settling.settle(payout=each.payout, carried=carried, at=clock.now())
    return orders


async def compared(here: Desk) -> list[tuple[str, Any]]:
    await reconciling.reconcile(Line(here.service, here.inside), clock.now() + NIGHT)
    async with here.inside():
        return sorted((each.kind, each.payout) for each in await reconciling.standing())


async def test_books_that_agree_are_said_to_and_pages_are_read_to_the_end(here):
    await paid(here, 3)
    for _ in range(120):
        here.stripe.books.make("transfer", "tr", amount=1, amount_reversed=0, currency="eur", metadata={})
    assert await compared(here) == []
    async with here.inside():
        rows = await ground.fetch("SELECT compared_at FROM stripe_account")
    assert rows[0]["compared_at"] is not None
    assert here.stripe.script.times("GET", "/v1/transfers") == 2


async def test_what_differs_is_listed_told_once_and_settled_when_it_is_so_no_more(here):
    first, second = await paid(here, 2)
    books = here.stripe.books
    transfers = {each["metadata"]["leumund_payout"]: each for each in books.all("transfer")}
    twice = books.make("transfer", "tr", **{k: v for k, v in transfers[str(first.payout)].items() if k not in _OWN})
    gone = books.things["transfer"].pop(transfers[str(second.payout)]["id"])
    wanted = sorted([("unknown_here", first.payout), ("missing_there", second.payout)])
    assert await compared(here) == wanted
    assert await compared(here) == wanted
    async with here.inside():
        states = await ground.fetch("SELECT state FROM payout")
        told = await ground.fetch("SELECT count(*) AS n FROM stripe_difference")
    assert ([row["state"] for row in states], told[0]["n"]) == (["confirmed"] * 2, 2)
    books.things["transfer"].pop(twice["id"])
    books.things["transfer"][gone["id"]] = gone
    assert await compared(here) == []


async def test_books_that_were_not_shown_whole_are_not_compared(here):
    await paid(here, 1)
    here.stripe.script.fail(Fault.AWAY, "/v1/transfers", method="GET")
    with pytest.raises(reconciling.Unanswered):
        await compared(here)
    async with here.inside():
        assert await ground.fetch("SELECT id FROM stripe_difference") == []


def of(here: Desk, kind: str, payout: Any) -> Any:
    return next(each for each in here.stripe.books.all(kind) if each["metadata"]["leumund_payout"] == str(payout))


async def test_credit_that_is_gone_booked_twice_or_taken_back_there_is_listed(here):
    lost, twice, back, fine = [each.payout for each in await paid(here, 4, "stripe_balance")]
    kind, books = "customer_balance_transaction", here.stripe.books
    assert await compared(here) == []
    books.things[kind].pop(of(here, kind, lost)["id"])
    kept = {k: v for k, v in of(here, kind, twice).items() if k not in _OWN}
    books.make(kind, "cbtxn", **kept)
    books.make(kind, "cbtxn", **{**kept, "amount": 2500, "metadata": {"leumund_payout": str(back)}})
    books.make(kind, "cbtxn", **{**kept, "metadata": {}})
    assert of(here, kind, fine)["amount"] == -2500
    assert await compared(here) == sorted([("missing_there", lost), ("unknown_here", twice), ("came_back", back)])


async def test_codes_that_are_gone_or_ended_there_are_listed_and_entered_ones_are_not(here):
    lost, ended, entered, other = [each.payout for each in await paid(here, 4, "stripe_coupon")]
    books = here.stripe.books
    assert await compared(here) == []
    books.things["coupon"].pop(of(here, "coupon", lost)["id"])
    of(here, "promotion_code", ended)["active"] = False
    of(here, "promotion_code", entered).update(active=False, times_redeemed=1)
    of(here, "coupon", other)["amount_off"] = 900
    wanted = [("missing_there", lost), ("came_back", ended), ("other_sum", other)]
    assert await compared(here) == sorted(wanted)


async def test_a_customer_who_was_deleted_there_has_no_credit_and_stops_nothing(here):
    (gone,) = [each.payout for each in await paid(here, 1, "stripe_balance")]
    here.stripe.books.things["customer"].pop(here.customer)
    assert await compared(here) == [("missing_there", gone)]


async def test_whoever_pays_by_transfer_alone_is_not_asked_about_the_rest(here):
    await paid(here, 1)
    here.stripe.forbidden |= {"/v1/coupons", "/v1/promotion_codes", "/v1/customers"}
    assert await compared(here) == []


_OWN = {"id", "object", "created", "livemode"}
