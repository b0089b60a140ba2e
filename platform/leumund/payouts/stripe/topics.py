"""What Stripe is asked to tell a company's host of, and what each kind of event is about."""

from collections.abc import Mapping, Sequence

PATH = "/webhooks/stripe"
TRANSFER, RECIPIENT, PAYMENT, INVOICE, SESSION, CHARGED = (
    "transfer",
    "recipient",
    "payment",
    "invoice",
    "session",
    "charged",
)
# What happens in the company's own account, by what is asked for anew when it does.
OWN: Mapping[str, str] = {
    "transfer.created": TRANSFER,
    "transfer.updated": TRANSFER,
    "transfer.reversed": TRANSFER,
    "checkout.session.completed": SESSION,
    "checkout.session.async_payment_succeeded": SESSION,
    "invoice.paid": INVOICE,
    "payment_intent.succeeded": PAYMENT,
    "charge.refunded": CHARGED,
    "charge.refund.updated": CHARGED,
    "refund.updated": CHARGED,
    "refund.failed": CHARGED,
    "charge.dispute.created": CHARGED,
    "charge.dispute.updated": CHARGED,
    "charge.dispute.closed": CHARGED,
    "charge.dispute.funds_reinstated": CHARGED,
    "charge.dispute.funds_withdrawn": CHARGED,
}
# What companies that told Stripe where to send events before we asked for these have to add there.
LATER: Sequence[str] = ("charge.refund.updated", "refund.updated", "refund.failed")
# What happens in the accounts of those whom it pays.
OF_RECIPIENTS: Mapping[str, str] = {
    "account.updated": RECIPIENT,
    "account.application.deauthorized": RECIPIENT,
    "payout.failed": RECIPIENT,
}
