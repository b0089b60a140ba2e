"""Sums as they stand in a file of purchases: ``1.234,56 EUR``, ``€ 1,234.56`` or ``1234.5``; no row is read here."""

import re

from babel.numbers import get_currency_precision

from leumund.kit import money, sums
from leumund.kit.faults import Refused

# Of one purchase, in minor units: as the API takes it.
MOST_CENTS = 100_000_000_000
_NAMES = {"€": "EUR", "EURO": "EUR", "$": "USD", "£": "GBP"}
_LONGEST = 40
_SPACE = re.compile(r"[\s\u00a0\u202f]+")
_PARTS = re.compile(r"(?P<before>€|\$|£|[A-Za-z]{3,4})? ?(?P<sum>[^A-Za-z€$£]*?) ?(?P<after>€|\$|£|[A-Za-z]{3,4})?")
# Groups of exactly three digits behind the same mark, or no groups at all.
_GROUPED = re.compile(r"[0-9]{1,3}(?P<mark>[.,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?P<rest>[.,][0-9]{1,2})?")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")
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
    """The minor units of ``currency`` that a sum means, in German or in English.

    One mark with three digits behind it parts thousands, as ``1.234`` does. Raises NoAmount, BelowZero, TooMuch.
    """
    shown = _plain(text)[:_LONGEST]
    found = _PARTS.fullmatch(_plain(text)) if len(text) <= _LONGEST else None
    told = found["sum"].strip() if found else ""
    for ending in _ROUND:
        told = told.removesuffix(ending)
    if any(digit.isdecimal() for digit in told) and (told.startswith(_MINUS) or told.endswith("-")):
        raise BelowZero("errors.purchases.below_zero", field=field, value=shown)
    whole = sums.cents(told, currency=currency) if _is_clear(told, currency) else None
    if whole is None:
        raise NoAmount("errors.purchases.no_amount", field=field, value=shown)
    if whole > MOST_CENTS:
        raise TooMuch("errors.purchases.too_much", field=field, value=shown)
    return whole


def _is_clear(told: str, currency: str) -> bool:
    """Whether the marks part thousands and decimals as somebody would write them."""
    grouped = _GROUPED.fullmatch(told)
    if grouped is None:
        return _PLAIN.fullmatch(told) is not None
    decimals = grouped["rest"] or ""
    # Of a currency with a thousand minor units nobody could tell.
    return not decimals.startswith(grouped["mark"]) and int(get_currency_precision(currency)) <= 2


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
