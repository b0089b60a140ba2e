"""What customers of the company do at Stripe: they pay, are given back, dispute; each with its events."""

from typing import Any, NamedTuple

from tests.stripe_server.books import Books, Thing


class Bought(NamedTuple):
    """A payment that was begun, and the checkout or invoice it belongs to."""

    payment: Thing
    charge: Thing
    session: Thing | None
    invoice: Thing | None


def begin(books: Books, *, cents: int = 90_000, by: str = "session", **who: Any) -> Bought:
    """A payment ``by`` session, invoice or itself; ``who`` has email, customer, reference and metadata."""
    metadata, customer, email = who.get("metadata", {}), who.get("customer"), who.get("email")
    payment = books.make(
        "payment_intent",
        "pi",
        amount=cents,
        amount_received=0,
        currency="eur",
        status="processing",
        customer=customer,
        receipt_email=email if by == "itself" else None,
        metadata=metadata if by == "itself" else {},
    )
    charge = books.make(
        "charge",
        "ch",
        amount=cents,
        amount_refunded=0,
        refunded=False,
        disputed=False,
        currency="eur",
        payment_intent=payment["id"],
        paid=False,
        metadata={},
    )
    payment["latest_charge"] = charge["id"]
    session = invoice = None
    if by == "session":
        session = books.make(
            "checkout.session",
            "cs",
            mode="payment",
            payment_status="unpaid",
            amount_total=cents,
            currency="eur",
            payment_intent=payment["id"],
            invoice=None,
            customer=customer,
            client_reference_id=who.get("reference"),
            customer_details={"email": email} if email else None,
            metadata=metadata,
        )
    if by == "invoice":
        invoice = books.make(
            "invoice",
            "in",
            status="open",
            amount_paid=0,
            currency="eur",
            customer=customer,
            customer_email=email,
            metadata=metadata,
        )
        books.make(
            "invoice_payment",
            "inpay",
            invoice=invoice["id"],
            status="open",
            payment={"type": "payment_intent", "payment_intent": payment["id"]},
        )
    books.tell("payment_intent.created", payment)
    return Bought(payment, charge, session, invoice)


def succeed(books: Books, bought: Bought) -> None:
    """The money is there."""
    payment, charge, session, invoice = bought
    payment.update(status="succeeded", amount_received=payment["amount"])
    charge["paid"] = True
    books.move_money("charge", charge["id"], payment["amount"], "eur")
    books.tell("payment_intent.succeeded", payment)
    if session:
        session["payment_status"] = "paid"
        books.tell("checkout.session.completed", session)
    if invoice:
        invoice.update(status="paid", amount_paid=payment["amount"])
        books.tell("invoice.paid", invoice)


def give_back(books: Books, bought: Bought, *, cents: int | None = None) -> Thing:
    """A refund of all that is left, or of a part."""
    charge = bought.charge
    sum_cents = charge["amount"] - charge["amount_refunded"] if cents is None else cents
    charge["amount_refunded"] += sum_cents
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    refund = books.make(
        "refund",
        "re",
        amount=sum_cents,
        currency="eur",
        status="succeeded",
        charge=charge["id"],
        payment_intent=bought.payment["id"],
        metadata={},
    )
    books.move_money("refund", refund["id"], -sum_cents, "eur")
    books.tell("charge.refunded", charge)
    return refund


def fail(books: Books, bought: Bought, refund: Thing) -> None:
    """The bank could not pay it out, and the company has the money again."""
    refund["status"] = "failed"
    bought.charge["amount_refunded"] -= refund["amount"]
    bought.charge["refunded"] = False
    books.move_money("refund_failure", refund["id"], refund["amount"], "eur")
    books.tell("refund.failed", refund)


def dispute(books: Books, bought: Bought) -> Thing:
    """The customer's bank wants it back."""
    bought.charge["disputed"] = True
    made = books.make(
        "dispute",
        "dp",
        amount=bought.charge["amount"],
        currency="eur",
        status="needs_response",
        charge=bought.charge["id"],
        payment_intent=bought.payment["id"],
        metadata={},
    )
    books.tell("charge.dispute.created", made)
    return made


def close(books: Books, disputed: Thing, *, won: bool) -> None:
    """The bank has decided."""
    disputed["status"] = "won" if won else "lost"
    books.tell("charge.dispute.closed", disputed)
