"""What Stripe tells is believed by its signature, kept once, and followed to the same end in any order."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from stripe import WebhookSignature

from leumund.kit import clock, ground
from leumund.kit.buckets import Rate
from leumund.ledger import balancing
from leumund.payouts.stripe import carrying, following
from leumund.payouts.stripe.asking import Line
from leumund.webhooks import pacing
from tests.rooms import stripe_payouts, whole
from tests.rooms.stripe_payouts import SECRET, Desk, order
from tests.stripe_server import serving, shopping
from tests.stripe_server.books import Thing
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer
from tests.stripe_server.shopping import Bought

BERT = "bert@people.example"


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture(scope="module")
async def here(deployment: Any, open_company: Any, stripe: StripeServer) -> Desk:
    """A company with a program, which Anna and Bert take part in."""
    tenant = await open_company("linden")
    made = await stripe_payouts.desk(deployment, tenant, stripe)
    async with made.inside():
        await whole.company(at=clock.now() - timedelta(days=1))
    # However busy the machine is: no answer of this file never comes.
    return made._replace(service=made.service._replace(seconds=30.0))


@pytest.fixture(autouse=True)
def _nothing_told(stripe: StripeServer) -> None:
    stripe.script.mend()
    stripe.undelivered.clear()


async def hand_in(door: Any, here: Desk, body: str, *, secret: str = SECRET, at: float | None = None) -> int:
    """What Stripe's POST is answered with."""
    signed = WebhookSignature.generate_signature_header(body, secret, int(at or time.time()))
    return await knock(door, here, body.encode(), signed)


async def knock(door: Any, here: Desk, body: bytes, signed: str) -> int:
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{here.tenant.host}") as client:
        headers = {b"stripe-signature": signed.encode("latin-1"), b"content-type": b"application/json"}
        return (await client.post("/webhooks/stripe", content=body, headers=headers)).status_code


async def follow(here: Desk, *, at: Any = None) -> None:
    """Work off what was kept and not followed yet."""
    async with here.inside():
        rows = await ground.fetch("SELECT id FROM stripe_event WHERE settled_at IS NULL ORDER BY received_at, id")
    for row in rows:
        await following.follow(Line(here.service, here.inside), row["id"], at or clock.now())


async def come(door: Any, here: Desk, events: list[Thing]) -> None:
    for event in events:
        assert await hand_in(door, here, serving.body_of(event)) == 200
        await follow(here)


async def kept(here: Desk, event: Thing) -> list[dict[str, Any]]:
    async with here.inside():
        return await ground.fetch("SELECT id, outcome FROM stripe_event WHERE event = $1", event["id"])


async def recommended(here: Desk, friend: str) -> UUID:
    """Somebody who was recommended; who it is."""
    async with here.inside():
        at = clock.now() - timedelta(hours=1)
        # Each by somebody else: who brings many in an hour is looked at by a person.
        code = await whole.advocate(f"advocate-of-{friend}", at=at)
        await whole.friend(code, friend, at=at)
        rows = await ground.fetch("SELECT friend FROM referral ORDER BY attributed_at DESC, id LIMIT 1")
    found: UUID = rows[0]["friend"]
    return found


async def came_of(here: Desk, order_id: str) -> tuple[int, int, list[str], dict[str, int]]:
    """Conversions of an order, how many given back, states of its rewards, and the books' sums."""
    async with here.inside():
        rows = await ground.fetch("SELECT id, refunded_at FROM conversion WHERE order_id = $1", order_id)
        rewards = await ground.fetch(
            "SELECT r.state FROM reward r JOIN conversion c ON c.id = r.conversion WHERE c.order_id = $1", order_id
        )
        sums = await balancing.totals()
    given_back = [row for row in rows if row["refunded_at"]]
    return len(rows), len(given_back), sorted(row["state"] for row in rewards), sums


async def test_what_is_signed_is_kept_once_however_often_it_comes(door, here, stripe):
    bought = shopping.begin(stripe.books, email="nobody@people.example")
    shopping.succeed(stripe.books, bought)
    event = stripe.undelivered[-1]
    body = serving.body_of(event)
    assert set(await asyncio.gather(*[hand_in(door, here, body) for _ in range(50)])) == {200}
    assert len(await kept(here, event)) == 1
    await follow(here)
    assert (await kept(here, event))[0]["outcome"] == "nobody_known"


async def test_what_is_not_signed_for_this_company_now_and_here_is_not_believed(door, here, stripe):
    event = stripe.books.tell("transfer.updated", {"id": "tr_1", "object": "transfer"})
    body = serving.body_of(event)
    assert await hand_in(door, here, body, secret="whsec_another_company") == 400
    assert await hand_in(door, here, body, at=time.time() - 301) == 400
    assert await hand_in(door, here, body, at=time.time() + 3600) == 400
    signed = WebhookSignature.generate_signature_header(body, SECRET)
    assert await knock(door, here, body.replace("tr_1", "tr_2").encode(), signed) == 400
    for wrong in (
        "",
        "t=1,v1=",
        "t=1,v1=ä",
        signed + "\u00e4",
        "t=99999999999999999999,v1=ab",
        signed.replace("v1", "v0"),
    ):
        assert await knock(door, here, body.encode(), wrong) == 400
    assert await hand_in(door, here, serving.body_of({**event, "livemode": False})) == 400
    for broken in ("", "{}", "[]", "nothing", json.dumps({**event, "id": "no event"})):
        assert await hand_in(door, here, broken) == 400
    assert await kept(here, event) == []


async def test_ten_megabytes_are_not_read(door, here):
    assert await hand_in(door, here, "x" * 10_000_000) == 413


async def test_whoever_tells_too_much_is_told_to_come_again(door, company, here, monkeypatch):
    monkeypatch.setattr(pacing, "RATE", Rate(most=3, per_second=0.001))
    elsewhere = here._replace(tenant=company)
    assert [await hand_in(door, elsewhere, "{}") for _ in range(5)] == [400] * 3 + [429] * 2


async def test_what_is_of_no_interest_is_not_kept(door, here, stripe):
    strange = stripe.books.tell("product.created", {"id": "prod_1", "object": "product"})
    foreign = stripe.books.tell("account.updated", {"id": "acct_9", "object": "account"}, account="acct_9")
    for event in (strange, foreign):
        assert await hand_in(door, here, serving.body_of(event)) == 200
        assert await kept(here, event) == []


async def test_a_company_without_an_account_is_told_nothing(door, here, company):
    elsewhere = here._replace(tenant=company)
    assert await hand_in(door, elsewhere, "{}") == 400


def given_back(books: Any, bought: Bought) -> None:
    shopping.give_back(books, bought)


async def test_a_part_that_is_given_back_counts_once_as_what_it_is(door, here, stripe):
    await recommended(here, "emil@people.example")
    bought = shopping.begin(stripe.books, email="emil@people.example")
    shopping.succeed(stripe.books, bought)
    for cents in (1000, 2000):
        shopping.give_back(stripe.books, bought, cents=cents)
    await come(door, here, stripe.undelivered[:] * 2)
    async with here.inside():
        rows = await ground.fetch("SELECT cents FROM refund WHERE order_id = $1 ORDER BY cents", bought.payment["id"])
    assert [row["cents"] for row in rows] == [1000, 2000]
    assert (await came_of(here, bought.payment["id"]))[:2] == (1, 0)


async def test_told_as_it_happens_it_comes_to_the_same_as_told_late(door, here, stripe):
    friend = await recommended(here, "dora@people.example")
    bought = shopping.begin(stripe.books, reference=f"cus_{friend.hex}", customer="cus_dora")
    for happens in (shopping.succeed, given_back):
        happens(stripe.books, bought)
        events, stripe.undelivered[:] = stripe.undelivered[:], []
        await come(door, here, events)
    assert (await came_of(here, bought.payment["id"]))[:3] == (1, 1, ["canceled", "canceled"])
    # From now on Stripe's own name for her is enough.
    again = shopping.begin(stripe.books, customer="cus_dora", by="itself")
    shopping.succeed(stripe.books, again)
    await come(door, here, stripe.undelivered[:])
    assert (await came_of(here, again.payment["id"]))[0] == 1


async def test_an_event_waits_for_stripe_to_answer(door, here, stripe):
    bought = shopping.begin(stripe.books, email="nobody@people.example")
    shopping.succeed(stripe.books, bought)
    event = stripe.undelivered[-1]
    await hand_in(door, here, serving.body_of(event))
    stripe.script.fail(Fault.AWAY, "/v1/checkout/sessions/.*", method="GET")
    with pytest.raises(following.NotYet):
        await follow(here)
    assert (await kept(here, event))[0]["outcome"] is None
    await follow(here)
    assert (await kept(here, event))[0]["outcome"] == "nobody_known"


async def test_a_webhook_that_comes_before_the_answer_settles_the_payout(door, here, stripe):
    """The call itself is still waited for while the event is kept and followed."""
    what, carry = await order(here, "stripe_transfer"), carrying.carriers(here.service)["stripe_transfer"].carry
    loop = asyncio.get_running_loop()

    def deliver(event: Thing) -> None:
        asyncio.run_coroutine_threadsafe(come(door, here, [event]), loop).result(10)

    stripe.deliver = deliver
    stripe.script.fail(Fault.EVENTS_FIRST, "/v1/transfers")
    try:
        done = await carrying.carriers(here.service)["stripe_transfer"].carry(what, here.inside, clock.now())
    finally:
        stripe.deliver = None
    assert done.state == "confirmed"
    async with here.inside():
        rows = await ground.fetch("SELECT state, reference FROM payout WHERE id = $1", what.payout)
    assert (rows[0]["state"], rows[0]["reference"]) == ("confirmed", done.reference)
    assert await carry(what, here.inside, clock.now()) == done
    assert len([each for each in stripe.books.all("transfer") if each["id"] == done.reference]) == 1


async def test_a_transfer_that_came_back_is_the_persons_again(door, here, stripe):
    what, carrier = await order(here, "stripe_transfer"), carrying.carriers(here.service)["stripe_transfer"]
    await carrier.carry(what, here.inside, clock.now())
    await come(door, here, stripe.undelivered[:])
    stripe.undelivered.clear()
    await carrier.undo(what, here.inside, clock.now())
    for event in stripe.undelivered[:] * 2:
        await hand_in(door, here, serving.body_of(event))
    await follow(here)
    async with here.inside():
        rows = await ground.fetch("SELECT state, reason FROM payout WHERE id = $1", what.payout)
        assert await balancing.totals() == {"EUR": 0}
    assert (rows[0]["state"], rows[0]["reason"]) == ("returned", "reversed")


async def test_what_becomes_of_a_recipients_account_is_known_at_once(door, here, stripe):
    account = stripe.books.find("account", here.recipient)
    assert account is not None
    account["capabilities"]["transfers"] = "inactive"
    event = stripe.books.tell("account.updated", account, account=here.recipient)
    await come(door, here, [event])
    assert (await kept(here, event))[0]["outcome"] == "restricted"
    account["capabilities"]["transfers"] = "active"
    await come(door, here, [stripe.books.tell("account.updated", account, account=here.recipient)])
    async with here.inside():
        rows = await ground.fetch("SELECT state FROM stripe_recipient WHERE customer = $1", here.anna)
    assert rows[0]["state"] == "active"
