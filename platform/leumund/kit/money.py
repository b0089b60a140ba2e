"""Money: integer minor units and an ISO 4217 code, written the way each language writes it."""

from decimal import Decimal, InvalidOperation
from functools import cache

import msgspec
from babel import Locale
from babel.core import get_global
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_territory_currencies,
    parse_decimal,
)

from leumund.kit import language as catalogues

# Points are booked like a currency of their own, and are no money: none of theirs is a hundredth of anything.
POINTS = "PTS"
# As wide as a plus and never broken from its figure, where the hyphen that Babel writes is neither.
MINUS = "\N{MINUS SIGN}"


class Money(msgspec.Struct, frozen=True):
    """``cents`` minor units of ``currency``."""

    cents: int
    currency: str


@cache
def known() -> frozenset[str]:
    """The ISO 4217 codes that are money somewhere today."""
    territories = get_global("territory_currencies")
    return frozenset(code for territory in territories for code in get_territory_currencies(territory))


def read(typed: str, *, currency: str, language: str) -> int | None:
    """The minor units somebody typed as their language writes a sum, such as ``1.250,50``; None where it is none."""
    try:
        told = parse_decimal(typed.strip().replace("\N{NO-BREAK SPACE}", ""), locale=language, strict=True)
        cents = told.scaleb(get_currency_precision(currency))
        whole = int(cents)
    except (NumberFormatError, InvalidOperation, ValueError, OverflowError):
        return None
    return whole if whole == cents else None


def typed(money: Money, language: str) -> str:
    """``money`` as ``read`` takes it: what a field of a form holds, without its currency."""
    precision = get_currency_precision(money.currency)
    amount = Decimal(money.cents).scaleb(-precision)
    plain = "0" if amount == amount.to_integral() else "0." + "0" * precision
    return str(format_decimal(amount, format=plain, locale=language))


def text(money: Money, language: str) -> str:
    """``25,00 €`` in German, ``€25.00`` in English, with a true minus sign below zero; of points ``120 Punkte``."""
    if money.currency == POINTS:
        return _points(money.cents, language)
    amount = Decimal(money.cents).scaleb(-get_currency_precision(money.currency))
    return str(format_currency(amount, money.currency, locale=language)).replace("-", MINUS)


def short(money: Money, language: str) -> str:
    """``25 €`` in German, ``€25`` in English; like ``text`` where there are minor units to tell, and for points."""
    if money.currency == POINTS:
        return _points(money.cents, language)
    whole, rest = divmod(money.cents, 10 ** get_currency_precision(money.currency))
    if rest:
        return text(money, language)
    pattern = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", "")
    said = format_currency(whole, money.currency, format=pattern, locale=language, currency_digits=False)
    return str(said).replace("-", MINUS)


def _points(number: int, language: str) -> str:
    said = str(format_decimal(number, locale=language)).replace("-", MINUS)
    return catalogues.plural("money.points", language, abs(number), number=said)
