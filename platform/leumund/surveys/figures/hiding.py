"""Hide figures of few answers, and as many others as it takes that nobody can work the hidden ones out.

A table stands with its sums, so what is hidden alone in a row or a column follows by subtraction. As offices of
statistics do (complementary suppression: Hundepool and others, Statistical Disclosure Control, 2012), more goes as
well, the smallest first. A table with its sums is a graph: each cell is an edge between its row and its column, and the
sums are one row and one column more. What is hidden can be reckoned exactly where it is a bridge among the hidden.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from leumund.surveys import rules


class Place(NamedTuple):
    """A cell of a table; ``ALL`` in a row or a column is their sum."""

    row: str
    column: str


ALL = "\0all"


def hidden(counts: Mapping[Place, int]) -> set[Place]:
    """Which cells of ``counts``, which are those without sums, and which of their sums may not be shown.

    Empty cells are known to be empty: they hide nothing, and nothing behind them.
    """
    whole = {place: number for place, number in _with_sums(counts).items() if number}
    gone = {place for place, number in whole.items() if number < rules.LEAST_CELL}
    while (more := _another(whole, gone)) is not None:
        gone.add(more)
    return gone


def kept(counts: Mapping[str, int], *, part: Callable[[str], str] = str) -> set[str]:
    """The same of a single row that stands with its sum, and with that of each ``part``: what may be shown of it."""
    away = {name for name, number in counts.items() if 0 < number < rules.LEAST_CELL}
    filled = [name for name, number in counts.items() if number]
    sums = [filled, *([name for name in filled if part(name) == each] for each in sorted({*map(part, filled)}))]
    while (more := next(filter(None, (_one_more(names, counts, away) for names in sums)), None)) is not None:
        away.add(more)
    return {*filled} - away


def _one_more(names: Sequence[str], counts: Mapping[str, int], away: set[str]) -> str | None:
    """The smallest of ``names`` that must go too, where what is away of them follows from their sum; else None."""
    gone = [name for name in names if name in away]
    left = [name for name in names if name not in away]
    if not gone or not left or (len(gone) > 1 and sum(counts[name] for name in gone) >= rules.LEAST_CELL):
        return None
    return min(left, key=lambda name: (counts[name], name))


def _with_sums(counts: Mapping[Place, int]) -> dict[Place, int]:
    whole = dict(counts)
    for (row, column), number in counts.items():
        for sums in (Place(row, ALL), Place(ALL, column), Place(ALL, ALL)):
            whole[sums] = whole.get(sums, 0) + number
    return whole


def _another(whole: Mapping[Place, int], gone: set[Place]) -> Place | None:
    """The smallest that must go too, for the sake of something hidden that is not safe yet; None once all are."""
    for place in sorted(gone):
        left = _across(place, whole, gone) or _beside(place, whole, gone)
        if left:
            return min(left, key=lambda each: (whole[each], ALL in each, each))
    return None


def _across(place: Place, whole: Mapping[Place, int], gone: set[Place]) -> list[Place]:
    """Where ``place`` is a bridge among the hidden: what would lead around it."""
    rows, columns, left = {place.row}, set[str](), gone - {place}
    while reached := {each for each in left if each.row in rows or each.column in columns}:
        rows |= {each.row for each in reached}
        columns |= {each.column for each in reached}
        left -= reached
    if place.column in columns:
        return []
    return [each for each in whole if each not in gone and (each.row in rows) != (each.column in columns)]


def _beside(place: Place, whole: Mapping[Place, int], gone: set[Place]) -> list[Place]:
    """Where all that is hidden in a line of ``place`` is a small cell together: the rest of that line."""
    for line in (_row(place.row, whole), _column(place.column, whole)):
        cells, sums = line
        away = sum(whole[each] for each in cells if each in gone)
        if sums not in gone and 0 < away < rules.LEAST_CELL:
            return [each for each in (*cells, sums) if each not in gone]
    return []


def _row(name: str, whole: Mapping[Place, int]) -> tuple[list[Place], Place]:
    return [each for each in whole if each.row == name and each.column != ALL], Place(name, ALL)


def _column(name: str, whole: Mapping[Place, int]) -> tuple[list[Place], Place]:
    return [each for each in whole if each.column == name and each.row != ALL], Place(ALL, name)
