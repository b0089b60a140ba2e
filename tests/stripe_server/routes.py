"""Which call asks for which deed, and what may be looked up."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.stripe_server import paying
from tests.stripe_server.answers import Refused
from tests.stripe_server.books import Books, Thing, page, within
from tests.stripe_server.paying import Work, found

_POSTS: list[tuple[str, Callable[..., Work]]] = [
    ("/v1/accounts", paying.open_account),
    ("/v1/account_links", paying.link_account),
    ("/v1/transfers", paying.transfer),
    ("/v1/transfers/([^/]+)/reversals", paying.reverse),
    ("/v1/customers/([^/]+)/balance_transactions", paying.adjust_credit),
    ("/v1/coupons", paying.make_coupon),
    ("/v1/promotion_codes", paying.make_code),
    ("/v1/promotion_codes/([^/]+)", paying.change_code),
]
_KINDS = {
    "/v1/accounts": "account",
    "/v1/transfers": "transfer",
    "/v1/customers": "customer",
    "/v1/coupons": "coupon",
    "/v1/promotion_codes": "promotion_code",
    "/v1/balance_transactions": "balance_transaction",
    "/v1/events": "event",
    "/v1/charges": "charge",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/payment_intents": "payment_intent",
    "/v1/invoices": "invoice",
    "/v1/invoice_payments": "invoice_payment",
    "/v1/checkout/sessions": "checkout.session",
}
# By which fields a list may be narrowed, beside when each was made.
_NARROWING = (
    "transfer_group",
    "destination",
    "customer",
    "type",
    "source",
    "code",
    "payment_intent",
    "charge",
    "email",
)


def work_of(books: Books, path: str, params: Mapping[str, Any]) -> Work:
    """What a POST asks for. Raises Refused where nothing of it may begin."""
    for pattern, deed in _POSTS:
        if match := re.fullmatch(pattern, path):
            return deed(books, params, *match.groups())
    raise Refused(404, f"Unrecognized request URL (POST: {path}).")


def look(books: Books, path: str, params: Mapping[str, Any]) -> Thing:
    """What a GET shows. Raises Refused."""
    if path == "/v1/account":
        return {"id": books.account, "object": "account", "country": "DE", "email": None, "livemode": books.livemode}
    if match := re.fullmatch("/v1/transfers/([^/]+)/reversals", path):
        return _list([each for each in books.all("transfer_reversal") if each["transfer"] == match[1]], params, path)
    if match := re.fullmatch("/v1/customers/([^/]+)/balance_transactions", path):
        found(books, "customer", match[1])
        kept = books.all("customer_balance_transaction")
        return _list([each for each in kept if each["customer"] == match[1]], params, path)
    if path in _KINDS:
        return _list(books.all(_KINDS[path]), params, path)
    above, _, id_ = path.rpartition("/")
    if above not in _KINDS:
        raise Refused(404, f"Unrecognized request URL (GET: {path}).")
    return _expanded(books, found(books, _KINDS[above], id_), params)


def _list(things: list[Thing], params: Mapping[str, Any], path: str) -> Thing:
    for name in _NARROWING:
        if name in params and path != "/v1/invoice_payments":
            things = [thing for thing in things if thing.get(name) == params[name]]
    if path == "/v1/invoice_payments" and "payment" in params:
        asked = params["payment"].get("payment_intent")
        things = [thing for thing in things if thing["payment"].get("payment_intent") == asked]
    return page(within(things, params), params, path)


def _expanded(books: Books, thing: Thing, params: Mapping[str, Any]) -> Thing:
    """Ids that were asked to be whole objects; one step deep is all anybody asks for."""
    shown = dict(thing)
    for name in dict(params.get("expand", {})).values():
        kind = {"latest_charge": "charge"}.get(name)
        if kind and shown.get(name):
            shown[name] = found(books, kind, shown[name])
    return shown
