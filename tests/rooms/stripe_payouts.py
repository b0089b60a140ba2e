"""Payouts over Stripe in tests: what is to be paid, and its carrier asked until it says what became of it."""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID, uuid4

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.payouts.carrying import Carried, Carry, Inside, Order
from leumund.payouts.stripe import acquainting, keeping
from leumund.payouts.stripe.connecting import Service
from leumund.payouts.stripe.keeping import Theirs
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.stripe_server import serving
from tests.stripe_server.serving import StripeServer

_RECIPIENT = """
INSERT INTO stripe_recipient (id, customer, account, livemode, recipient, state, created_at)
VALUES ($1, $2, $3, $4, $5, 'active', $6)
"""
_BATCH = """
INSERT INTO payout_batch (id, way, currency, state, created_at, approved_by, approved_at, sent_by, sent_at)
VALUES ($1, $2, 'EUR', 'sent', $3, $4, $3, $4, $3)
"""
_PAYOUT = """
INSERT INTO payout (id, batch, beneficiary, way, cents, currency, state, idempotency_key, created_at, approved_at,
    submitted_at) VALUES ($1, $2, $3, $4, $5, 'EUR', 'submitted', $6, $7, $7, $7)
"""
SECRET = "whsec_Linden0123456789"


class Desk(NamedTuple):
    """A company with its account at the stand-in, and Anna, who can be paid there."""

    stripe: StripeServer
    tenant: Tenant
    inside: Inside
    anna: UUID
    service: Service
    recipient: str
    customer: str


async def desk(deployment: Deployment, tenant: Tenant, stripe: StripeServer) -> Desk:
    """Anna has an account there that takes money, and is the company's customer there too."""
    inside = partial(deployment.scopes.inside, tenant)
    books = stripe.books
    account = books.make(
        "account",
        "acct",
        capabilities={"transfers": "active"},
        payouts_enabled=True,
        details_submitted=True,
        metadata={},
    )
    customer = books.make("customer", "cus", email="anna@people.example", balance=0, metadata={})
    async with inside():
        theirs = Theirs(books.account, "DE")
        await keeping.keep(key=serving.KEY, theirs=theirs, actor="system:test", at=NOON)
        await keeping.listen(secret=SECRET, connect_secret="", actor="system:test", at=NOON)
        anna = (await registering.register(record=Record(email="anna@people.example"), source="test", at=NOON)).id
        await ground.execute(_RECIPIENT, uuid4(), anna, books.account, books.livemode, account["id"], NOON)
        await acquainting.keep(customer=anna, stripe_id=customer["id"], at=NOON)
    # No test waits longer for an answer that does not come.
    return Desk(stripe, tenant, inside, anna, Service(stripe.url, 0.25), account["id"], customer["id"])


async def order(here: Desk, way: str, *, cents: int = 2500, at: datetime = NOON) -> Order:
    """A payout to Anna that was just submitted."""
    async with here.inside():
        return await submitted(way, beneficiary=here.anna, cents=cents, at=at)


async def submitted(way: str, *, beneficiary: UUID, cents: int = 2500, at: datetime = NOON) -> Order:
    """The same to anybody, in the open company."""
    batch, payout, key, staff = uuid4(), uuid4(), uuid4(), uuid4()
    await ground.execute(_BATCH, batch, way, at, staff)
    await ground.execute(_PAYOUT, payout, batch, beneficiary, way, cents, key, at)
    return Order(
        payout=payout,
        batch=batch,
        beneficiary=beneficiary,
        way=way,
        cents=cents,
        currency="EUR",
        key=key,
        first_tried_at=at,
    )


async def settled(here: Desk, carry: Carry, what: Order, *, at: datetime) -> Carried:
    """Ask again as the worker does, each time when it is time; Stripe's clock goes along."""
    for _ in range(40):
        carried = await carry(what, here.inside, at)
        if carried.state not in ("waiting", "unknown"):
            return carried
        wait = timedelta(seconds=carried.retry_seconds)
        at += wait
        here.stripe.books.ahead_seconds += wait.total_seconds()
    raise AssertionError(f"it never comes to its end: {carried}")
