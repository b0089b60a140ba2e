"""Whatever becomes of a call to Stripe, its money moves once, and the books over there say what ours say."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from leumund.kit import clock, ground
from leumund.payouts.carrying import Order
from leumund.payouts.stripe import carrying, keeping
from tests.rooms import stripe_dying, stripe_payouts
from tests.rooms.stripe_payouts import Desk, order, settled
from tests.stripe_server import serving
from tests.stripe_server.books import Thing
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer

# Where each way asks first, and what it leaves behind.
_TRANSFERS, _CREDIT = "/v1/transfers", "/v1/customers/[^/]+/balance_transactions"
_COUPONS, _CODES = "/v1/coupons", "/v1/promotion_codes"
_CALLS = [
    ("stripe_transfer", _TRANSFERS, "transfer"),
    ("stripe_balance", _CREDIT, "customer_balance_transaction"),
    ("stripe_coupon", _COUPONS, "coupon"),
    ("stripe_coupon", _CODES, "promotion_code"),
]
_A_DAY = timedelta(hours=25)


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture(scope="module")
async def here(deployment: Any, open_company: Any, stripe: StripeServer) -> Desk:
    return await stripe_payouts.desk(deployment, await open_company("linden"), stripe)


@pytest.fixture(autouse=True)
async def _all_is_well(here: Desk) -> None:
    here.stripe.script.mend()
    async with here.inside():
        await ground.execute("UPDATE stripe_account SET faults = 0, fault = NULL, paused_until = NULL")


def now(here: Desk) -> datetime:
    return clock.now() + timedelta(seconds=here.stripe.books.ahead_seconds)


def made(here: Desk, kind: str, what: Order) -> list[Thing]:
    """What the stand-in's books hold of one payout."""
    return [each for each in here.stripe.books.all(kind) if each["metadata"].get("leumund_payout") == str(what.payout)]


async def calls(here: Desk, what: Order) -> list[tuple[str, str, str | None]]:
    async with here.inside():
        rows = await ground.fetch(
            "SELECT operation, state, object_id FROM payout_call WHERE payout = $1 ORDER BY operation, attempt",
            what.payout,
        )
    return [(row["operation"], row["state"], row["object_id"]) for row in rows]


async def test_a_transfer_arrives_once_and_says_whose_it_is(here):
    what = await order(here, "stripe_transfer")
    carry = carrying.carriers(here.service)["stripe_transfer"].carry
    first = await carry(what, here.inside, now(here))
    assert await carry(what, here.inside, now(here)) == first
    [transfer] = made(here, "transfer", what)
    assert (first.state, first.reference) == ("confirmed", transfer["id"])
    assert (transfer["amount"], transfer["currency"], transfer["destination"]) == (2500, "eur", here.recipient)
    assert "anna" not in str(transfer)


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize(("way", "path", "kind"), _CALLS, ids=lambda each: str(each).rpartition("/")[2])
async def test_whatever_fails_it_moves_once(here, way, path, kind, fault):
    what = await order(here, way)
    here.stripe.script.fail(fault, path)
    done = await settled(here, carrying.carriers(here.service)[way].carry, what, at=now(here))
    assert done.state == "confirmed"
    [thing] = made(here, kind, what)
    assert [each for each in await calls(here, what) if each[1] == "answered" and each[2] == thing["id"]]
    assert not [each for each in await calls(here, what) if each[1] in ("open", "unclear")]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.AWAY], ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize(("way", "path", "kind"), _CALLS, ids=lambda each: str(each).rpartition("/")[2])
async def test_a_day_later_it_is_looked_for_before_anything_is_sent(here, way, path, kind, fault):
    what, carry = await order(here, way), carrying.carriers(here.service)[way].carry
    here.stripe.script.fail(fault, path)
    assert (await carry(what, here.inside, now(here))).state == "unknown"
    before, sent = len(made(here, kind, what)), here.stripe.script.times("POST", path)
    here.stripe.books.ahead_seconds += _A_DAY.total_seconds()
    assert (await settled(here, carry, what, at=now(here))).state == "confirmed"
    assert len(made(here, kind, what)) == 1
    # Asked for anew only where nothing was there.
    assert here.stripe.script.times("POST", path) - sent == 1 - before


async def test_what_cannot_be_looked_for_is_not_sent_either(here):
    what, carry = await order(here, "stripe_transfer"), carrying.carriers(here.service)["stripe_transfer"].carry
    here.stripe.script.fail(Fault.TIMEOUT_AFTER, _TRANSFERS)
    await carry(what, here.inside, now(here))
    here.stripe.books.ahead_seconds += _A_DAY.total_seconds()
    here.stripe.script.fail(Fault.AWAY, _TRANSFERS, method="GET", times=2)
    sent = here.stripe.script.times("POST", _TRANSFERS)
    for _ in range(2):
        assert (await carry(what, here.inside, now(here))).state == "unknown"
    assert here.stripe.script.times("POST", _TRANSFERS) == sent
    assert (await settled(here, carry, what, at=now(here))).state == "confirmed"
    assert len(made(here, "transfer", what)) == 1


async def test_while_stripe_is_away_payouts_wait_together_and_ask_once_in_a_while(here):
    orders = [await order(here, "stripe_transfer") for _ in range(6)]
    carry = carrying.carriers(here.service)["stripe_transfer"].carry
    here.stripe.script.fail(Fault.AWAY, _TRANSFERS, times=100)
    sent, at = here.stripe.script.times("POST", _TRANSFERS), now(here)
    states = [(await carry(each, here.inside, at)).state for each in orders]
    assert states == ["unknown", "unknown", "unknown", "waiting", "waiting", "waiting"]
    assert here.stripe.script.times("POST", _TRANSFERS) - sent == 3
    here.stripe.script.mend()
    for each in orders:
        assert (await settled(here, carry, each, at=at)).state == "confirmed"
        assert len(made(here, "transfer", each)) == 1


async def test_a_company_that_has_too_little_there_waits_and_then_pays(here):
    what, carry = await order(here, "stripe_transfer"), carrying.carriers(here.service)["stripe_transfer"].carry
    had, here.stripe.books.available["eur"] = here.stripe.books.available["eur"], 100
    carried = await carry(what, here.inside, now(here))
    assert (carried.state, carried.reason, carried.retry_seconds) == ("waiting", "balance_insufficient", 3600)
    here.stripe.books.available["eur"] = had
    assert (await settled(here, carry, what, at=now(here))).state == "confirmed"
    assert len(made(here, "transfer", what)) == 1


async def test_a_key_that_was_taken_away_lets_payouts_wait_and_says_so(here):
    what, carry = await order(here, "stripe_transfer"), carrying.carriers(here.service)["stripe_transfer"].carry
    here.stripe.known.clear()
    assert (await carry(what, here.inside, now(here))).state == "waiting"
    async with here.inside():
        kept = await keeping.current()
    assert kept is not None
    assert kept.fault == "key_refused"
    here.stripe.known.add(serving.KEY)
    assert (await settled(here, carry, what, at=now(here))).state == "confirmed"


async def test_what_is_refused_has_not_left(here):
    account = here.stripe.books.find("account", here.recipient)
    account["capabilities"]["transfers"] = "inactive"
    try:
        what = await order(here, "stripe_transfer")
        carried = await carrying.carriers(here.service)["stripe_transfer"].carry(what, here.inside, now(here))
    finally:
        account["capabilities"]["transfers"] = "active"
    assert (carried.state, carried.reason) == ("failed", "recipient_not_ready")
    assert made(here, "transfer", what) == []


@pytest.mark.parametrize("fault", [None, Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER, Fault.ERROR_BEFORE, Fault.RESET])
async def test_a_transfer_is_taken_back_once(here, fault):
    what, carrier = await order(here, "stripe_transfer"), carrying.carriers(here.service)["stripe_transfer"]
    await carrier.carry(what, here.inside, now(here))
    if fault:
        here.stripe.script.fail(fault, "/v1/transfers/[^/]+/reversals")
    assert (await settled(here, carrier.undo, what, at=now(here))).state == "confirmed"
    [transfer] = made(here, "transfer", what)
    assert (transfer["amount_reversed"], transfer["reversed"]) == (2500, True)


async def test_credit_is_taken_back_once_and_leaves_nothing(here):
    customer = here.stripe.books.find("customer", here.customer)
    before = customer["balance"]
    what, carrier = await order(here, "stripe_balance"), carrying.carriers(here.service)["stripe_balance"]
    await carrier.carry(what, here.inside, now(here))
    assert customer["balance"] == before - 2500
    here.stripe.script.fail(Fault.TIMEOUT_AFTER, _CREDIT)
    assert (await settled(here, carrier.undo, what, at=now(here))).state == "confirmed"
    assert customer["balance"] == before
    assert len(made(here, "customer_balance_transaction", what)) == 2


async def test_a_code_that_was_taken_back_is_good_for_nothing(here):
    what, carrier = await order(here, "stripe_coupon"), carrying.carriers(here.service)["stripe_coupon"]
    done = await carrier.carry(what, here.inside, now(here))
    [code] = made(here, "promotion_code", what)
    assert (code["code"], code["customer"], code["max_redemptions"]) == (done.reference, here.customer, 1)
    here.stripe.script.fail(Fault.ERROR_AFTER, "/v1/promotion_codes/[^/]+")
    assert (await settled(here, carrier.undo, what, at=now(here))).state == "confirmed"
    assert code["active"] is False


async def test_the_companys_balance_there_is_what_our_calls_moved(here):
    books = here.stripe.books
    async with here.inside():
        rows = await ground.fetch(
            "SELECT object_id, request FROM payout_call WHERE operation = 'transfer' AND state = 'answered'"
        )
    ours = {row["object_id"] for row in rows}
    assert ours == {each["id"] for each in books.all("transfer")}
    moved = sum(each["amount"] for each in books.all("balance_transaction"))
    assert -moved == sum(each["amount"] - each["amount_reversed"] for each in books.all("transfer"))


@pytest.mark.parametrize(("point", "arrived"), [("written", 0), ("accepted", 1), ("kept", 1)])
async def test_whoever_comes_after_a_killed_process_moves_it_once(deployment, here, point, arrived):
    what = await order(here, "stripe_transfer")
    url, slug = here.stripe.url, here.tenant.slug
    died = await asyncio.to_thread(stripe_dying.killed, deployment.settings, point, slug=slug, url=url, order=what)
    assert died
    assert len(made(here, "transfer", what)) == arrived
    done = await settled(here, carrying.carriers(here.service)["stripe_transfer"].carry, what, at=now(here))
    [transfer] = made(here, "transfer", what)
    assert (done.state, done.reference) == ("confirmed", transfer["id"])


async def test_nobodys_address_is_written_into_a_log(deployment, open_company, stripe, caplog):
    """Both libraries would log each address they ask for, and one of them names whom it asks for."""
    caplog.set_level("INFO")
    elsewhere = await stripe_payouts.desk(deployment, await open_company("birke"), stripe)
    async with elsewhere.inside():
        await ground.execute("DELETE FROM stripe_customer")
    what = await order(elsewhere, "stripe_balance")
    sent = stripe.script.times("GET", "/v1/customers")
    done = await carrying.carriers(elsewhere.service)["stripe_balance"].carry(what, elsewhere.inside, now(elsewhere))
    assert stripe.script.times("GET", "/v1/customers") == sent + 1
    # Two customers there have her address by now, and nobody chooses for her.
    assert (done.state, done.reason) == ("failed", "no_stripe_customer")
    assert "anna" not in caplog.text
