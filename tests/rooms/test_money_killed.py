"""Whoever dies while money is earned or paid, at whatever statement, leaves nothing lost, doubled or half done."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from leumund.insight import proving
from leumund.kit import ground
from leumund.payouts import entering
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation import tally
from tests.journeys import people
from tests.rooms import brought, money_dying, paying, stripe_payouts, test_transfers, whole
from tests.rooms.money_dying import Mortals
from tests.rooms.paying import ANNA, NOON
from tests.stripe_server import serving
from tests.stripe_server.serving import StripeServer

_COUNTS = """
SELECT (SELECT count(*) FROM conversion) AS conversions, (SELECT count(*) FROM reward) AS rewards,
    (SELECT count(*) FROM ledger_posting) AS postings, (SELECT count(*) FROM idempotency) AS keys
"""
_PAID = """
SELECT (SELECT count(*) FROM payout_batch) AS batches, (SELECT count(*) FROM payout) AS payouts,
    (SELECT string_agg(DISTINCT state, ' ') FROM payout) AS states,
    (SELECT string_agg(DISTINCT state, ' ') FROM reward WHERE side = 'advocate') AS rewards
"""
_FILED = """
SELECT (SELECT count(*) FROM conversion) AS conversions, (SELECT sum(cents)::int FROM refund) AS refunded,
    (SELECT count(*) FROM purchase_refusal) AS refusals, (SELECT count(*) FROM purchase_part) AS parts,
    (SELECT count(*) FROM audit_entry WHERE action = 'purchases.imported') AS noted
"""
_CALLS = "SELECT operation, state FROM payout_call"


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture(scope="module")
def mortals(deployment: Deployment) -> Iterator[Mortals]:
    with money_dying.born(deployment.settings) as made:
        yield made


async def untrue() -> list[Any]:
    """What ``leumund ledger verify`` would say of the open company."""
    return (await proving.look()).faults


async def sent(mortals: Mortals, company: Tenant, way: str, *, apart: int) -> int:
    """A batch that has left; how many died of it."""
    deeds = ("draft", "approve", "send")
    return sum([await asyncio.to_thread(mortals.killed, deed, company, way, apart=apart) for deed in deeds])


async def test_a_purchase_is_counted_once_by_whoever_asks_again(
    deployment: Deployment, company: Tenant, mortals: Mortals
):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await whole.friend(await whole.advocate(ANNA, at=NOON), "bert@people.example", at=NOON)
    key = await people.api_key(deployment, company)
    died = await asyncio.to_thread(mortals.killed, "buy", company, key, apart=7)
    assert died >= 3, "before it was done, while it was, and after"
    async with deployment.scopes.reading(company):
        assert await ground.fetch(_COUNTS) == [{"conversions": 1, "rewards": 2, "postings": 2, "keys": 1}]
        assert await untrue() == []
    tally.note("money killed", died)


async def test_each_order_of_a_file_is_taken_once_by_whoever_goes_on(
    deployment: Deployment, company: Tenant, mortals: Mortals
):
    rows = [f";bert@people.example;A-{n};900,00;2026-11-23T12:00:00Z;{10 * n},00" for n in range(2)]
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await whole.friend(await whole.advocate(ANNA, at=NOON), "bert@people.example", at=NOON)
        head = f"{brought.HEAD};Erstattet"
        file = await brought.keep(*rows, ";clara@people.example;A-9;1;23.11.2026;", head=head, at=NOON)
    died = await asyncio.to_thread(mortals.killed, "take", company, str(file), apart=17)
    assert died >= 3
    async with deployment.scopes.reading(company):
        assert await brought.figures(file) == {
            "state": "done",
            "taken": 2,
            "known": 0,
            "refused": 1,
            "given_back": 1,
        }
        assert await ground.fetch(_FILED) == [
            {"conversions": 2, "refunded": 1000, "refusals": 1, "noted": 1, "parts": 0}
        ]
        assert await untrue() == []
    tally.note("money killed", died)


async def test_a_transfer_is_made_once_by_whoever_goes_on(
    deployment: Deployment, company: Tenant, mortals: Mortals, stripe: StripeServer
):
    here = await stripe_payouts.desk(deployment, company, stripe)
    async with here.inside():
        await whole.company(at=NOON)
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'stripe_transfer', $1)", NOON)
        await paying.earned("A-1")
        await paying.sent(way="stripe_transfer")
    died = await asyncio.to_thread(mortals.killed, "carry", company, stripe.url, apart=1)
    assert died > 10
    async with here.inside():
        assert await ground.fetch(_PAID) == [{"batches": 1, "payouts": 1, "states": "confirmed", "rewards": "paid"}]
        assert await ground.fetch(_CALLS) == [{"operation": "transfer", "state": "answered"}]
        paid = await paying.held("paid_out")
        assert (paid, await paying.held("payout_in_transit"), await untrue()) == (5000, 0, [])
    assert stripe.script.times("POST", "/v1/transfers") > 1, "somebody died before they kept what Stripe had answered"
    [transfer] = stripe.books.all("transfer")
    assert transfer["amount"] == paid == -sum(each["amount"] for each in stripe.books.all("balance_transaction"))
    tally.note("money killed", died)


async def test_a_banks_file_is_sent_once_by_whoever_goes_on(deployment: Deployment, company: Tenant, mortals: Mortals):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'sepa', $1)", NOON)
        await test_transfers.own_account()
        for name in ("anna", "clara"):
            email = f"{name}@people.example"
            await paying.earned(f"{name}-1", advocate=email)
            visit = test_transfers.visit(await whole.person(email, at=NOON), proven_at=NOON)
            iban = "DE89370400440532013000"
            await entering.enter_account(visit=visit, iban=iban, holder=name.title(), language="de", at=NOON)
    died = await sent(mortals, company, "sepa", apart=8)
    died += await asyncio.to_thread(mortals.killed, "arrive", company, "", apart=5)
    assert died >= 6
    async with deployment.scopes.reading(company):
        assert await ground.fetch(_PAID) == [{"batches": 1, "payouts": 2, "states": "confirmed", "rewards": "paid"}]
        assert (await paying.held("paid_out"), await paying.held("payout_in_transit")) == (10_000, 0)
        assert await untrue() == []
    tally.note("money killed", died)
