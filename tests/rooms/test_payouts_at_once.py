"""Two who approve at once, fifty who wait for codes at once, and a crash between leaving and knowing: each once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from leumund.kit import ground
from leumund.kit.faults import Overtaken
from leumund.payouts import approving, batching, collecting, giving, submitting
from leumund.payouts.carrying import Carried, Carrier, Inside, Order
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms import paying, whole
from tests.rooms.paying import ACCOUNTANT, LATER, NOON, OWNER


async def owed(deployment: Deployment, company: Tenant) -> None:
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await paying.earned("A-1")


async def test_of_two_who_approve_and_discard_at_once_one_wins(deployment: Deployment, company: Tenant):
    await owed(deployment, company)
    async with deployment.scopes.inside(company):
        batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)

    async def approve(by: UUID) -> str:
        async with deployment.scopes.inside(company):
            return await approving.approve(batch=batch, seen_cents=5000, by=by, at=LATER)

    async def discard() -> str:
        async with deployment.scopes.inside(company):
            await batching.discard(batch=batch, by=OWNER, at=LATER)
        return "discarded"

    told = await asyncio.gather(approve(OWNER), approve(ACCOUNTANT), discard(), return_exceptions=True)
    lost = [each for each in told if isinstance(each, Overtaken)]
    # Whoever discards may come after whoever approved; whoever approves comes after nobody.
    assert [each for each in told if isinstance(each, BaseException) and not isinstance(each, Overtaken)] == []
    async with deployment.scopes.reading(company):
        state = await paying.state("payout_batch", batch)
    assert (state, len(lost)) in {("approved", 2), ("discarded", 2), ("discarded", 1)}
    assert sum(each == "approved" for each in told) <= 1


async def test_of_two_who_gather_at_once_one_finds_nothing_left(deployment: Deployment, company: Tenant):
    await owed(deployment, company)

    async def gather() -> UUID:
        async with deployment.scopes.inside(company):
            return await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)

    told = await asyncio.gather(gather(), gather(), gather(), return_exceptions=True)
    assert sum(isinstance(each, UUID) for each in told) == 1
    assert sum(isinstance(each, batching.NothingDue) for each in told) == 2
    async with deployment.scopes.reading(company):
        assert await paying.held("payout_in_transit") == 5000


async def test_fifty_deliveries_at_once_give_no_code_twice(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        anna = await whole.person("anna@people.example", at=NOON)
        await paying.pooled([f"CODE-{number:02}" for number in range(40)], cents=700)
        batch = uuid4()
        await ground.execute(
            "INSERT INTO payout_batch (id, way, currency, created_at) VALUES ($1, 'voucher', 'EUR', $2)", batch, NOON
        )
        await ground.execute(
            "INSERT INTO payout (id, batch, beneficiary, way, cents, currency, state, idempotency_key, created_at, "
            "approved_at, submitted_at) SELECT gen_random_uuid(), $1, $2, 'voucher', 700, 'EUR', 'submitted', "
            "gen_random_uuid(), $3::timestamptz + n * interval '1 second', $3, $3 FROM generate_series(1, 50) n",
            batch,
            anna,
            NOON,
        )
        first = [row["id"] for row in await ground.fetch("SELECT id FROM payout ORDER BY created_at LIMIT 40")]

    async def give() -> int:
        async with deployment.scopes.inside(company):
            return await giving.give(currency="EUR", at=LATER)

    given = await asyncio.gather(*(give() for _ in range(50)), return_exceptions=True)
    assert [each for each in given if isinstance(each, BaseException)] == []
    async with deployment.scopes.reading(company):
        rows = await ground.fetch("SELECT payout FROM voucher ORDER BY position")
        waiting = await ground.fetch("SELECT FROM payout WHERE state = 'submitted' AND reason = 'no_code'")
    assert [row["payout"] for row in rows] == first, "in the order in which they waited"
    assert len(waiting) == 10


class Abroad:
    """Somebody outside who keeps books of their own, and is asked or told."""

    def __init__(self, *answers: Carried) -> None:
        self.answers = list(answers)
        self.sent: list[UUID] = []
        self.asked: list[UUID] = []

    async def carry(self, order: Order, inside: Inside, at: datetime) -> Carried:
        assert not ground.is_open(), "nobody's rows are held while somebody outside is asked"
        self.sent.append(order.key)
        return self.answers.pop(0)

    async def reconcile(self, order: Order, inside: Inside, at: datetime) -> Carried:
        self.asked.append(order.key)
        return self.answers.pop(0)


async def _submitted(deployment: Deployment, company: Tenant) -> UUID:
    await owed(deployment, company)
    async with deployment.scopes.inside(company):
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'stripe_balance', $1)", NOON)
        batch = await paying.sent(way="stripe_balance")
        (payout,) = await paying.payouts(batch)
    return payout


@pytest.mark.parametrize(
    ("hours", "sent", "asked"), [(1, 2, 0), (23, 1, 1), (90, 1, 1)], ids=["an hour", "a day", "days"]
)
async def test_after_a_crash_it_is_sent_with_the_same_key_or_only_asked_about(
    deployment: Deployment, company: Tenant, hours: int, sent: int, asked: int
):
    payout = await _submitted(deployment, company)

    @asynccontextmanager
    async def inside() -> AsyncIterator[None]:
        async with deployment.scopes.inside(company):
            yield

    abroad = Abroad(Carried(state="waiting"), Carried(state="confirmed", reference="tr_1"))
    carriers = {"stripe_balance": Carrier(abroad.carry, abroad.reconcile)}
    await submitting.carry(carriers, inside, payout, LATER)
    await submitting.carry(carriers, inside, payout, LATER + timedelta(hours=hours))
    await submitting.carry(carriers, inside, payout, LATER + timedelta(hours=hours))
    assert (len(abroad.sent), len(abroad.asked)) == (sent, asked)
    assert len({*abroad.sent, *abroad.asked}) == 1, "one key"
    async with deployment.scopes.reading(company):
        assert await paying.state("payout", payout) == "confirmed"
        assert (await paying.held("paid_out"), await paying.held("payout_in_transit")) == (5000, 0)
        assert (await collecting.due(way="stripe_balance", currency="EUR", at=LATER)).planned == []
