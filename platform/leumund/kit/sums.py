"""Sums as people type them into a field: ``1.234,56``, ``1,234.56`` or ``50,-`` are minor units of a currency."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision

# Groups of exactly three digits behind the same mark, or no groups at all.
_GROUPED = re.compile(r"[0-9]{1,3}(?P<mark>[.,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?P<rest>[.,][0-9]{1,2})?")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")
_LONGEST = 20


def cents(text: str, *, currency: str) -> int | None:
    """The minor units ``text`` means; None where it is not clear, or more exact than the currency.

    One mark with three digits behind it parts thousands, as ``1.234`` does.
    """
    told = text.strip().removesuffix(",-").removesuffix(",–").strip()
    precision = int(get_currency_precision(currency))
    if len(told) > _LONGEST or not _is_clear(told, precision):
        return None
    whole, mark, rest = _parts(told)
    digits = re.sub(r"[^0-9]", "", whole)
    if mark and len(rest) > precision:
        return None
    return int(digits + (rest + "0" * precision)[:precision] or "0")


def text(cents: int | None, *, currency: str, language: str) -> str:
    """As a field holds it: ``1234,56`` in German, ``1234.56`` in English; empty for none."""
    if cents is None:
        return ""
    amount = str(Decimal(cents).scaleb(-get_currency_precision(currency)))
    return amount.replace(".", ",") if language == "de" else amount


def _is_clear(told: str, precision: int) -> bool:
    """Whether the marks part thousands and decimals as somebody would write them."""
    grouped = _GROUPED.fullmatch(told)
    if grouped is None:
        return _PLAIN.fullmatch(told) is not None
    decimals = grouped["rest"] or ""
    # Of a currency with a thousand minor units nobody could tell.
    return not decimals.startswith(grouped["mark"]) and precision <= 2


def _parts(told: str) -> tuple[str, str, str]:
    """What stands before and behind the mark of decimals: the last of the marks, unless three digits follow it."""
    at = max(told.rfind("."), told.rfind(","))
    if at < 0 or len(told) - at - 1 >= 3:
        return told, "", ""
    return told[:at], told[at], told[at + 1 :]
