"""Read each row of a file as the order it tells of; no row of ours is asked."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from leumund.kit.faults import Refusals, Refused
from leumund.referrals.claims.telling import Said
from leumund.rewards import ordering
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.purchases import amounts, moments
from leumund.rewards.purchases.unfolding import FIELDS, Line

P = ParamSpec("P")
T = TypeVar("T")
_LONGEST, _LONGEST_BROUGHT = 200, 1000
_YES = frozenset({"ja", "j", "yes", "y", "1", "x", "true", "wahr"})
_NO = frozenset({"", "nein", "n", "no", "0", "false", "falsch"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class NoOrder(Refused):
    """Nothing, or no line of text, where the order's number should be."""


class NoCustomer(Refused):
    """Neither a number nor an address says who bought."""


class Neither(Refused):
    """Neither yes nor no."""


class TwoCurrencies(Refused):
    """The sum names another currency than the column beside it."""


class TooMuchBack(Refused):
    """More was given back than was paid."""


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What a row tells: an order, and how much of it has been given back by now, in all."""

    order: Order
    refunded_cents: int


class Here(NamedTuple):
    """What a company's file is read by: its clocks and its currency, and when the file was brought."""

    zone: ZoneInfo
    currency: str
    at: datetime


def purchase(line: Line, here: Here) -> Purchase:
    """What ``line`` tells. Raises Refusals with every cell that is wrong."""
    told, faults = dict(zip(FIELDS, line.cells, strict=True)), list[Refused]()
    customer = _tried(faults, _customer, told)
    order_id = _tried(faults, _order_id, told["order_id"])
    currency = _tried(faults, _currency, told, here.currency) or here.currency
    cents = _tried(faults, amounts.cents, told["amount"], field="amount", currency=currency)
    back = _tried(faults, _refunded, told["refunded"], currency) or 0
    moment = _tried(faults, moments.read, told["occurred_at"], field="occurred_at", zone=here.zone, at=here.at)
    said = _tried(faults, _said, told)
    if cents is not None and back > cents:
        faults.append(TooMuchBack("errors.purchases.too_much_back", field="refunded", value=told["refunded"]))
    if customer is None or order_id is None or cents is None or moment is None or said is None or faults:
        raise Refusals(faults)
    order = Order(order_id=order_id, cents=cents, currency=currency, customer=customer, occurred_at=moment, said=said)
    return Purchase(order=order, refunded_cents=back)


def told_at(line: Line, here: Here) -> datetime:
    """When ``line`` says it was bought; of one that says nothing one can read, when the file was brought."""
    text = line.cells[FIELDS.index("occurred_at")]
    return _tried([], moments.read, text, field="occurred_at", zone=here.zone, at=here.at) or here.at


def customer(line: Line) -> CustomerRef | None:
    """Who ``line`` says bought; None where it says nobody."""
    return _tried([], _customer, dict(zip(FIELDS, line.cells, strict=True)))


def _tried(faults: list[Refused], deed: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | None:
    try:
        return deed(*given, **named)
    except Refused as fault:
        faults.append(fault)
        return None


def _customer(told: Mapping[str, str]) -> CustomerRef:
    """By the company's own number where there is one, else by the address."""
    if told["external_id"]:
        return CustomerRef(external_id=told["external_id"])
    if told["email"]:
        return CustomerRef(email=told["email"])
    raise NoCustomer("errors.purchases.no_customer", field="customer")


def _order_id(text: str) -> str:
    if not text or len(text) > _LONGEST or _CONTROL.search(text):
        raise NoOrder("errors.purchases.no_order", field="order_id", most=_LONGEST)
    return ordering.name(text)


def _currency(told: Mapping[str, str], otherwise: str) -> str:
    """As the column says, else as the sum does, else ``otherwise``; whether it is any money is said later."""
    named = amounts.currency(told["amount"])
    column = told["currency"] and (amounts.currency(told["currency"]) or told["currency"][:_LONGEST])
    if named and column and named != column:
        raise TwoCurrencies("errors.purchases.two_currencies", field="currency", amount=named, column=column)
    return column or named or otherwise


def _refunded(text: str, currency: str) -> int:
    if not text:
        return 0
    named = amounts.currency(text)
    if named and named != currency:
        raise TwoCurrencies("errors.purchases.two_currencies", field="refunded", amount=currency, column=named)
    return amounts.cents(text, field="refunded", currency=currency)


def _said(told: Mapping[str, str]) -> Said:
    shown = told["conditions_shown"].casefold()
    if shown not in _YES | _NO:
        raise Neither("errors.purchases.neither", field="conditions_shown", value=shown[:_LONGEST])
    return Said(
        click_token=told["click_token"][:_LONGEST_BROUGHT],
        code=told["code"][:_LONGEST_BROUGHT],
        conditions_shown=shown in _YES,
        from_file=True,
    )
