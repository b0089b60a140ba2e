"""Money that leaves meets orders that come back, and two workers meet over one payout: each is booked once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from leumund.insight import proving
from leumund.kit import ground
from leumund.payouts import approving, batching, recording, submitting
from leumund.payouts.stripe import carrying
from leumund.rewards import refunding, releasing, restoring
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms import paying, stripe_payouts, whole
from tests.rooms.paying import ACCOUNTANT, LATER, NOON, OWNER
from tests.stripe_server import serving
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer

_ADVOCATES = 8
Inside = Callable[[], AbstractAsyncContextManager[object]]
_MINE = "SELECT state, count(*)::int AS rewards FROM reward WHERE side = 'advocate' GROUP BY state"


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


async def test_orders_that_come_back_while_their_rewards_are_paid_leave_true_books(
    deployment: Deployment, company: Tenant
):
    inside = partial(deployment.scopes.inside, company)
    async with inside():
        await whole.company(at=NOON)
        for number in range(_ADVOCATES):
            await paying.earned(f"A-{number}", advocate=f"advocate-{number}@people.example")

    async def do(deed: Callable[[], Awaitable[Any]]) -> Any:
        async with inside():
            return await deed()

    async def comes_back(number: int) -> None:
        await do(partial(refunding.refund, order_id=f"A-{number}", actor="key:shop", at=LATER))

    async def look_and_approve() -> None:
        while await do(partial(_approve, batch)) == "changed":
            pass

    # Beside each step of those who pay, orders come back.
    draft = partial(batching.draft, way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
    batch, *_ = await asyncio.gather(do(draft), comes_back(0), comes_back(1))
    await asyncio.gather(look_and_approve(), comes_back(2), comes_back(3))
    await asyncio.gather(do(partial(submitting.send, batch=batch, by=ACCOUNTANT, at=LATER)), comes_back(4))
    arrive = partial(recording.arrived, batch=batch, reference="Auszug 12", by=ACCOUNTANT, at=LATER)
    await asyncio.gather(do(arrive), comes_back(5))
    async with inside():
        assert (await proving.look()).faults == []
        assert await paying.held("payout_in_transit") == 0
        mine = {row["state"]: row["rewards"] for row in await ground.fetch(_MINE)}
        # Whose order came back in time was not paid; whose came late owes it.
        kept, paid = _ADVOCATES - 6, mine.get("fulfilled", 0) + mine.get("paid", 0)
        assert (paid >= kept, paid + mine.get("canceled", 0)) == (True, _ADVOCATES), mine
        assert await paying.held("paid_out") == paid * 5000
        assert await paying.held("reward_available") == (kept - paid) * 5000


async def test_orders_that_come_back_and_count_again_while_their_rewards_are_paid_leave_nobody_short(
    deployment: Deployment, company: Tenant
):
    inside = partial(deployment.scopes.inside, company)
    async with inside():
        await whole.company(at=NOON)
        # Two orders each, so that the debt of the one may be set off against the other.
        for number in range(_ADVOCATES):
            await paying.earned(f"A-{number}", advocate=f"advocate-{number % 4}@people.example")

    again = [_comes_back_and_not(inside, number) for number in range(_ADVOCATES)]
    await asyncio.gather(_pay(inside), *again)
    await _pay(inside)
    async with inside():
        assert (await proving.look()).faults == []
        assert await paying.held("payout_in_transit") == 0
        assert await paying.held("paid_out") == _ADVOCATES * 5000, "each was paid for two orders, and once"
        assert await paying.held("reward_available") == _ADVOCATES * 2500, "what waits is the friends' own"


async def _pay(inside: Inside) -> None:
    """All that is due by now, in steps of their own."""
    with suppress(batching.NothingDue):
        async with inside():
            batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
        told = "changed"
        for _ in range(2 * _ADVOCATES):
            async with inside():
                if told != "changed" or not await paying.total(batch):
                    break
            # What came back since the total was looked at has it looked at once more.
            with suppress(approving.FiguresChanged):
                async with inside():
                    told = await _approve(batch)
        if told == "changed":
            # All of it came back meanwhile, and counts again: the next batch has it.
            return
        async with inside():
            await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER)
        async with inside():
            await recording.arrived(batch=batch, reference="Auszug", by=ACCOUNTANT, at=LATER)


async def _comes_back_and_not(inside: Inside, number: int) -> None:
    """Told by two at once that it was not given back after all; what is new is released, since its time is over."""

    async def counts_again() -> list[UUID]:
        async with inside():
            return (await restoring.restore(order_id=f"A-{number}", actor="key:shop", at=LATER)).granted

    async with inside():
        await refunding.refund(order_id=f"A-{number}", actor="key:shop", at=LATER)
    granted, also = await asyncio.gather(counts_again(), counts_again())
    assert granted == also
    for reward in granted:
        async with inside():
            await releasing.release(reward=reward, at=LATER)


async def _approve(batch: UUID) -> str:
    return await approving.approve(batch=batch, seen_cents=await paying.total(batch), by=OWNER, at=LATER)


async def test_workers_who_carry_one_payout_at_once_move_it_once(
    deployment: Deployment, company: Tenant, stripe: StripeServer
):
    """A lease ran out while the first was still at it."""
    here = await stripe_payouts.desk(deployment, company, stripe)
    here = here._replace(service=here.service._replace(seconds=30.0))
    async with here.inside():
        await whole.company(at=NOON)
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'stripe_transfer', $1)", NOON)
        await paying.earned("A-1")
        (payout,) = await paying.payouts(await paying.sent(way="stripe_transfer"))
    carriers = carrying.carriers(here.service)
    for _ in range(3):
        await asyncio.gather(*(submitting.carry(carriers, here.inside, payout, LATER) for _ in range(5)))
    async with here.inside():
        assert await paying.state("payout", payout) == "confirmed"
        assert (await paying.held("paid_out"), (await proving.look()).faults) == (5000, [])
    [transfer] = stripe.books.all("transfer")
    assert transfer["amount"] == 5000


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.ERROR_BEFORE, Fault.AWAY], ids=lambda fault: fault.name.lower())
async def test_a_day_later_what_was_taken_back_is_looked_for_before_it_is_taken_back_again(
    deployment: Deployment, company: Tenant, stripe: StripeServer, fault: Fault
):
    here = await stripe_payouts.desk(deployment, company, stripe)
    here = here._replace(service=here.service._replace(seconds=30.0))
    what, carrier = await stripe_payouts.order(here, "stripe_transfer"), carrying.carriers(here.service)
    undo = carrier["stripe_transfer"].undo
    assert undo is not None
    done = await carrier["stripe_transfer"].carry(what, here.inside, LATER)
    stripe.script.fail(fault, "/v1/transfers/[^/]+/reversals")
    assert (await undo(what, here.inside, LATER)).state != "failed"
    stripe.books.ahead_seconds += timedelta(hours=25).total_seconds()
    told = await stripe_payouts.settled(here, undo, what, at=LATER + timedelta(hours=25))
    assert told.state == "confirmed"
    transfer = stripe.books.find("transfer", done.reference)
    assert transfer is not None
    assert (transfer["amount_reversed"], transfer["reversed"]) == (2500, True)
    assert len([each for each in stripe.books.all("transfer_reversal") if each["transfer"] == done.reference]) == 1
