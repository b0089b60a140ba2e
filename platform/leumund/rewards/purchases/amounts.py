"""Sums as they stand in a file of purchases: ``1.234,56 EUR``, ``€ 1,234.56`` or ``1234.5``; no row is read here."""

import re

from leumund.kit import money, sums
from leumund.kit.faults import Refused

# Of one purchase, in minor units: as the API takes it.
MOST_CENTS = 100_000_000_000
_NAMES = {"€": "EUR", "EURO": "EUR", "$": "USD", "£": "GBP"}
_LONGEST = 40
_SPACE = re.compile(r"[\s\u00a0\u202f]+")
_PARTS = re.compile(r"(?P<before>€|\$|£|[A-Za-z]{3,4})? ?(?P<sum>[^A-Za-z€$£]*?) ?(?P<after>€|\$|£|[A-Za-z]{3,4})?")
_ROUND = (",-", ",–", ",—", ".-")
_MINUS = ("-", money.MINUS, "–", "(")


class NoAmount(Refused):
    """Not a sum that can be read one way only."""


class BelowZero(Refused):
    """What was given back is told in a column of its own."""


class TooMuch(Refused):
    """More than one purchase can cost."""


def currency(text: str) -> str | None:
    """The currency that is named beside a sum, as a code or a sign; None where none is."""
    found = _PARTS.fullmatch(_plain(text))
    named = found and (found["before"] or found["after"])
    return _NAMES.get(named.upper(), named.upper()) if named else None


def cents(text: str, *, field: str, currency: str) -> int:
    """The minor units of ``currency`` that a sum means, in either language. Raises NoAmount, BelowZero, TooMuch."""
    shown = _plain(text)[:_LONGEST]
    found = _PARTS.fullmatch(_plain(text)) if len(text) <= _LONGEST else None
    told = found["sum"].strip() if found else ""
    for ending in _ROUND:
        told = told.removesuffix(ending)
    if any(digit.isdecimal() for digit in told) and (told.startswith(_MINUS) or told.endswith("-")):
        raise BelowZero("errors.purchases.below_zero", field=field, value=shown)
    whole = sums.cents(told, currency=currency)
    if whole is None:
        raise NoAmount("errors.purchases.no_amount", field=field, value=shown)
    if whole > MOST_CENTS:
        raise TooMuch("errors.purchases.too_much", field=field, value=shown)
    return whole


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
