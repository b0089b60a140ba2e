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


async def paid(here: Desk, number: int) -> list[Any]:
    carry = carrying.carriers(here.service)["stripe_transfer"].carry
    orders = [await order(here, "stripe_transfer", at=clock.now()) for _ in range(number)]
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


_OWN = {"id", "object", "created", "livemode"}
