"""Unpack a file of codes: one a line, and beside it, where it runs out, the last day on which it can be used."""

import csv
from collections.abc import Iterator
from datetime import date, datetime

from leumund.kit.faults import Refused
from leumund.payouts.stocking import LONGEST_CODE, MOST_CODES, Code

MOST_BYTES = 5_000_000
_DAYS = ("%Y-%m-%d", "%d.%m.%Y")
_HEADS = frozenset({"code", "codes", "gutschein", "gutscheincode", "voucher"})


class NotReadable(Refused):
    """The file is no text, or too long."""


class NotADay(Refused):
    """Beside a code stands something that is no day, in this line."""


class NotACode(Refused):
    """A line without a code, or with one too long."""


def codes(content: bytes) -> list[Code]:
    """The codes of a CSV file in their order. Raises NotReadable, NotADay, NotACode."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable("errors.payouts.codes_unreadable", field="file") from None
    if len(content) > MOST_BYTES or "\0" in text:
        raise NotReadable("errors.payouts.codes_unreadable", field="file")
    try:
        found = list(_read(text))
    except csv.Error:
        raise NotReadable("errors.payouts.codes_unreadable", field="file") from None
    if not found or len(found) > MOST_CODES:
        raise NotACode("errors.payouts.no_codes", field="file", most=MOST_CODES)
    return found


def _read(text: str) -> Iterator[Code]:
    separator = ";" if text.count(";") >= text.count(",") else ","
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=separator), start=1):
        code = cells[0].strip() if cells else ""
        if not any(cell.strip() for cell in cells) or (number == 1 and code.casefold() in _HEADS):
            continue
        if not 0 < len(code) <= LONGEST_CODE:
            raise NotACode("errors.payouts.code_line", field="file", line=number, most=LONGEST_CODE)
        yield Code(code=code, expires_date=_day(cells[1], number) if len(cells) > 1 and cells[1].strip() else None)


def _day(text: str, number: int) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise NotADay("errors.payouts.code_day", field="file", line=number)
