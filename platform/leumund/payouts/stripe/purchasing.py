"""What was bought over Stripe: asked for as it stands now, so that events may come in any order, and often.

All leads to the payment: an invoice or a checkout says who bought and under which order, the payment whether it was
paid, and its refunds and lost disputes what was given back. An open dispute changes nothing yet: it may be won. What
was given back once and is so no more, as the refund failed or the dispute was won later, counts again.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from stripe import StripeClient

from leumund.payouts.stripe import topics
from leumund.rewards.buying import CustomerRef

# How a company names one of its customers at a checkout: by our id, or else by its own number.
CUSTOMER = "leumund_customer"
_OUR_ID = re.compile(r"cus_[0-9a-f]{32}")
_LONGEST_NAME = 200
# How ids of refunds there begin, and those of disputes.
REFUNDS, DISPUTES = ("re_", "pyr_"), ("dp_", "du_")


class Buyer(NamedTuple):
    """Who bought, by all that was said of them; the first that somebody is known by counts."""

    names: Sequence[CustomerRef]
    stripe_id: str | None


class GivenBack(NamedTuple):
    """A refund or a lost dispute, by its id there."""

    id: str
    cents: int


class Purchase(NamedTuple):
    """One payment as it stands: ``order_id`` is the invoice's where there is one, else the payment's."""

    order_id: str
    buyer: Buyer
    cents: int
    currency: str
    occurred_at: datetime
    given_back: Sequence[GivenBack]

    @property
    def is_given_back(self) -> bool:
        return sum(each.cents for each in self.given_back) >= self.cents > 0


async def payment_of(client: StripeClient, topic: str, object_id: str) -> str | None:
    """Which payment an object of one of ``topics`` leads to; None where it leads to none. Raises StripeError."""
    if topic == topics.PAYMENT:
        return object_id
    if topic == topics.SESSION:
        session = await client.v1.checkout.sessions.retrieve_async(object_id)
        return _id(session.payment_intent) or await _of_invoice(client, _id(session.invoice))
    if topic == topics.INVOICE:
        return await _of_invoice(client, object_id)
    if object_id.startswith("ch_"):
        return _id((await client.v1.charges.retrieve_async(object_id)).payment_intent)
    if object_id.startswith(REFUNDS):
        return _id((await client.v1.refunds.retrieve_async(object_id)).payment_intent)
    return _id((await client.v1.disputes.retrieve_async(object_id)).payment_intent)


async def look(client: StripeClient, payment_id: str) -> Purchase | None:
    """The purchase a payment is, as it stands now; None while it is not paid. Raises StripeError."""
    payment = await client.v1.payment_intents.retrieve_async(payment_id)
    if payment.status != "succeeded":
        return None
    invoice = await _invoice(client, payment_id)
    told = invoice or await _session(client, payment_id) or payment
    return Purchase(
        order_id=str(invoice.id if invoice else payment.id),
        buyer=_buyer(told),
        cents=int(invoice.amount_paid if invoice else payment.amount_received),
        currency=str(payment.currency).upper(),
        occurred_at=datetime.fromtimestamp(payment.created, UTC),
        given_back=[each async for each in _given_back(client, payment_id)],
    )


async def _of_invoice(client: StripeClient, invoice: str | None) -> str | None:
    if invoice is None:
        return None
    found = await client.v1.invoice_payments.list_async({"invoice": invoice, "status": "paid", "limit": 1})
    return _id(found.data[0].payment.payment_intent) if found.data else None


async def _invoice(client: StripeClient, payment_id: str) -> Any:
    wanted: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_id}, "limit": 1}
    found = await client.v1.invoice_payments.list_async(wanted)
    name = _id(found.data[0].invoice) if found.data else None
    return await client.v1.invoices.retrieve_async(name) if name else None


async def _session(client: StripeClient, payment_id: str) -> Any:
    found = await client.v1.checkout.sessions.list_async({"payment_intent": payment_id, "limit": 1})
    return found.data[0] if found.data else None


async def _given_back(client: StripeClient, payment_id: str) -> AsyncIterator[GivenBack]:
    wanted: Any = {"payment_intent": payment_id, "limit": 100}
    async for refund in (await client.v1.refunds.list_async(wanted)).auto_paging_iter():
        if refund.status == "succeeded":
            yield GivenBack(str(refund.id), int(refund.amount))
    async for dispute in (await client.v1.disputes.list_async(wanted)).auto_paging_iter():
        if dispute.status == "lost":
            yield GivenBack(str(dispute.id), int(dispute.amount))


def _buyer(told: Any) -> Buyer:
    metadata = _of(told, "metadata")
    marked = metadata[CUSTOMER] if metadata is not None and CUSTOMER in metadata else None
    said = [_of(told, "client_reference_id"), marked]
    names = [_named(each) for each in said if each and len(each) <= _LONGEST_NAME]
    details = _of(told, "customer_details")
    addresses = [details.email if details else None, *(_of(told, name) for name in ("customer_email", "receipt_email"))]
    names += [CustomerRef(email=each) for each in addresses if each]
    return Buyer(names, _id(_of(told, "customer")))


def _named(said: str) -> CustomerRef:
    return CustomerRef(id=UUID(hex=said[4:])) if _OUR_ID.fullmatch(said) else CustomerRef(external_id=said)


def _of(told: Any, name: str) -> Any:
    return getattr(told, name, None)


def _id(thing: Any) -> str | None:
    """An id, whether Stripe sends it or the whole object."""
    return thing if thing is None or isinstance(thing, str) else str(thing.id)
