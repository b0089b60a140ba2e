"""Sums as people type them into a field: ``1.234,56``, ``1,234.56`` or ``50,-`` are minor units of a currency."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision

_SHAPE = re.compile(r"[0-9][0-9.,' ]{0,18}")
_LONGEST = 20


def cents(text: str, *, currency: str) -> int | None:
    """The minor units ``text`` means; None where it means none, or more exact ones than the currency has."""
    told = text.strip().removesuffix(",-").removesuffix(",–").strip()
    precision = int(get_currency_precision(currency))
    if len(told) > _LONGEST or not _SHAPE.fullmatch(told):
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


def _parts(told: str) -> tuple[str, str, str]:
    """What stands before and behind the mark of decimals: the last of the marks, unless three digits follow it."""
    at = max(told.rfind("."), told.rfind(","))
    if at < 0 or len(told) - at - 1 >= 3:
        return told, "", ""
    return told[:at], told[at], told[at + 1 :]
