"""Money that leaves by the API: accounts, transfers and their reversals, credit, coupons and promotion codes.

Each deed looks at its parameters first and returns what is to be done: only what is done is kept under a key.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.stripe_server.answers import Refused, whole, word
from tests.stripe_server.books import Books, Thing

Params = Mapping[str, Any]
Work = Callable[[], Thing]


def found(books: Books, kind: str, id_: str) -> Thing:
    """Raises Refused as Stripe does for what it does not know."""
    thing = books.find(kind, id_)
    if thing is None:
        raise Refused(404, f"No such {kind}: '{id_}'", code="resource_missing", param="id")
    return thing


def open_account(books: Books, params: Params) -> Work:
    if params.get("type") != "express":
        raise Refused(400, "Only Express accounts are made here.", param="type")
    country, metadata = word(params, "country"), dict(params.get("metadata", {}))
    return lambda: books.make(
        "account",
        "acct",
        type="express",
        country=country,
        metadata=metadata,
        charges_enabled=False,
        payouts_enabled=False,
        details_submitted=False,
        capabilities={"transfers": "inactive"},
        requirements={"currently_due": ["individual.dob.day"], "disabled_reason": "requirements.past_due"},
    )


def link_account(books: Books, params: Params) -> Work:
    account = found(books, "account", word(params, "account"))
    back, again = word(params, "return_url"), word(params, "refresh_url")
    if word(params, "type") != "account_onboarding":
        raise Refused(400, "Only onboarding is here.", param="type")
    return lambda: {
        "object": "account_link",
        "created": books.now(),
        "expires_at": books.now() + 300,
        "url": f"https://connect.stripe.com/setup/e/{account['id']}?back={back}&again={again}",
    }


def transfer(books: Books, params: Params) -> Work:
    cents, currency = whole(params, "amount"), word(params, "currency").lower()
    account = found(books, "account", word(params, "destination"))
    assert cents is not None

    def work() -> Thing:
        with books.lock:
            if account["capabilities"]["transfers"] != "active":
                said = "Your destination account needs to have at least one of the capabilities enabled: transfers"
                raise Refused(400, said, code="insufficient_capabilities_for_transfer")
            if books.available.get(currency, 0) < cents:
                raise Refused(400, "You have insufficient available funds.", code="balance_insufficient")
            made = books.make(
                "transfer",
                "tr",
                amount=cents,
                amount_reversed=0,
                reversed=False,
                currency=currency,
                destination=account["id"],
                metadata=dict(params.get("metadata", {})),
                transfer_group=params.get("transfer_group"),
                description=params.get("description"),
            )
            made["balance_transaction"] = books.move_money("transfer", made["id"], -cents, currency)["id"]
            books.tell("transfer.created", made)
            return made

    return work


def reverse(books: Books, params: Params, id_: str) -> Work:
    sent = found(books, "transfer", id_)
    wanted = whole(params, "amount", must=False)

    def work() -> Thing:
        with books.lock:
            left = sent["amount"] - sent["amount_reversed"]
            cents = left if wanted is None else wanted
            if not 0 < cents <= left:
                raise Refused(400, "Transfer is already fully reversed or too little is left.", param="amount")
            sent["amount_reversed"] += cents
            sent["reversed"] = sent["amount_reversed"] == sent["amount"]
            made = books.make(
                "transfer_reversal",
                "trr",
                amount=cents,
                currency=sent["currency"],
                transfer=sent["id"],
                metadata=dict(params.get("metadata", {})),
            )
            made["balance_transaction"] = books.move_money("transfer_refund", made["id"], cents, sent["currency"])["id"]
            books.tell("transfer.reversed", sent)
            return made

    return work


def adjust_credit(books: Books, params: Params, id_: str) -> Work:
    customer = found(books, "customer", id_)
    cents = whole(params, "amount", least=-(10**12))
    currency = word(params, "currency").lower()
    assert cents is not None
    if cents == 0:
        raise Refused(400, "Invalid non-zero integer", param="amount")

    def work() -> Thing:
        with books.lock:
            if customer.get("currency") not in (None, currency):
                raise Refused(400, "The customer's balance is in another currency.", param="currency")
            customer["currency"] = currency
            customer["balance"] += cents
            return books.make(
                "customer_balance_transaction",
                "cbtxn",
                amount=cents,
                currency=currency,
                customer=customer["id"],
                ending_balance=customer["balance"],
                type="adjustment",
                description=params.get("description"),
                metadata=dict(params.get("metadata", {})),
            )

    return work


def make_coupon(books: Books, params: Params) -> Work:
    cents, currency = whole(params, "amount_off"), word(params, "currency").lower()
    given = params.get("id")
    if given and books.find("coupon", given):
        raise Refused(400, "Coupon already exists.", code="resource_already_exists", param="id")

    def work() -> Thing:
        most = whole(params, "max_redemptions", must=False)
        made = books.make(
            "coupon",
            "co",
            amount_off=cents,
            currency=currency,
            percent_off=None,
            duration=params.get("duration", "once"),
            max_redemptions=most,
            name=params.get("name"),
            times_redeemed=0,
            valid=True,
            metadata=dict(params.get("metadata", {})),
        )
        if given:
            with books.lock:
                books.things["coupon"][given] = books.things["coupon"].pop(made["id"])
                made["id"] = given
        return made

    return work


def make_code(books: Books, params: Params) -> Work:
    promotion = params.get("promotion", {})
    if promotion.get("type") != "coupon":
        raise Refused(400, "Missing required param: promotion[type].", param="promotion[type]")
    coupon = found(books, "coupon", word(promotion, "coupon"))
    if params.get("customer"):
        found(books, "customer", params["customer"])
    code = params.get("code") or f"C{books.now()}"
    if any(each["active"] and each["code"].lower() == code.lower() for each in books.all("promotion_code")):
        raise Refused(400, "An active promotion code with this code already exists.", param="code")
    return lambda: books.make(
        "promotion_code",
        "promo",
        active=True,
        code=code,
        customer=params.get("customer"),
        promotion={"type": "coupon", "coupon": coupon["id"]},
        max_redemptions=whole(params, "max_redemptions", must=False),
        restrictions=dict(params.get("restrictions", {})),
        times_redeemed=0,
        metadata=dict(params.get("metadata", {})),
    )


def change_code(books: Books, params: Params, id_: str) -> Work:
    code = found(books, "promotion_code", id_)

    def work() -> Thing:
        with books.lock:
            code["active"] = params.get("active", "true") == "true"
            return code

    return work
