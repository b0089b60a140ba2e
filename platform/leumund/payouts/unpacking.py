"""Unpack a file of codes: one a line, and beside it, where it runs out, the last day on which it can be used.

A file in which a line is no code is not taken at all: who knows what the others are. Every such line is told.
"""

import csv
from collections.abc import Iterator, Sequence

import msgspec

from leumund.kit import dates
from leumund.kit.faults import Refused
from leumund.payouts.stocking import LONGEST_CODE, MOST_CODES, Code

MOST_BYTES = 5_000_000
SHORTEST_CODE = 4
_HEADS = frozenset({"code", "codes", "gutschein", "gutscheincode", "voucher"})


class NotReadable(Refused):
    """The file is no text, or too long."""


class NoCodes(Refused):
    """There is no code in the file, or there are too many."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a line: ``no_code``, ``too_short``, ``too_long``, ``letters`` (no code has such), ``day``."""

    line: int
    why: str


class NotCodes(Refused):
    """Some lines are none, each with its reason in ``faults``; nothing of the file is taken."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("errors.payouts.not_codes", field="file", number=len(faults))
        self.faults = tuple(faults)


def codes(content: bytes) -> list[Code]:
    """The codes of a CSV file in their order. Raises NotReadable, NoCodes, NotCodes."""
    try:
        text = content.decode("utf-8-sig")
        rows = list(_rows(text))
    except (UnicodeDecodeError, csv.Error):
        raise NotReadable("errors.payouts.codes_unreadable", field="file") from None
    if len(content) > MOST_BYTES or "\0" in text:
        raise NotReadable("errors.payouts.codes_unreadable", field="file")
    if not 0 < len(rows) <= MOST_CODES:
        raise NoCodes("errors.payouts.no_codes", field="file", most=MOST_CODES)
    read = [_read(line, cells) for line, cells in rows]
    if faults := [each for each in read if isinstance(each, Fault)]:
        raise NotCodes(faults)
    return [each for each in read if isinstance(each, Code)]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that says something with its number, without a heading."""
    separator = ";" if text.count(";") >= text.count(",") else ","
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=separator), start=1):
        told = [cell.strip() for cell in cells]
        if any(told) and not (number == 1 and told[0].casefold() in _HEADS):
            yield number, told


def _read(line: int, cells: Sequence[str]) -> Code | Fault:
    code, told = cells[0], cells[1] if len(cells) > 1 else ""
    if why := _wrong(code):
        return Fault(line=line, why=why)
    day = dates.written(told) if told else None
    return Fault(line=line, why="day") if told and day is None else Code(code=code, expires_date=day, line=line)


def _wrong(code: str) -> str:
    """Why ``code`` is none; empty where it may be one."""
    if not code:
        return "no_code"
    if len(code) > LONGEST_CODE:
        return "too_long"
    # What cannot be seen cannot be typed at a till; an address of mail is somebody's and no code.
    if not code.isprintable() or "@" in code:
        return "letters"
    return "too_short" if len(code) < SHORTEST_CODE else ""
