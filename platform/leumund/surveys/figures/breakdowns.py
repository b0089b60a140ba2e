"""Break NPS down by a fact of the answers, such as the terminal: each part beside all others, few answers hidden."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from leumund.kit import ground
from leumund.surveys.figures import comparing, counting, expanding, hiding, measuring, sampling
from leumund.surveys.figures.comparing import Change
from leumund.surveys.figures.counting import Counted, Wanted
from leumund.surveys.figures.hiding import ALL, Place
from leumund.surveys.figures.measuring import Nps
from leumund.surveys.figures.sampling import Cell, Sample
from leumund.surveys.questions.kinds import RECOMMEND

_NAMES = f"""
SELECT DISTINCT attribute FROM survey_tally
WHERE key = $1 AND question = '{RECOMMEND}' AND attribute <> '{expanding.ALL}'
UNION
SELECT name FROM survey_answer, LATERAL jsonb_object_keys(attributes) AS name
WHERE tallied_at IS NULL AND survey IN (SELECT id FROM survey WHERE key = $1)
UNION
SELECT unnest(ARRAY['{expanding.CHANNEL}', '{expanding.LANGUAGE}'])
ORDER BY 1
"""  # noqa: S608
Name = TypeVar("Name")
# Answers without this fact; no fact is empty.
UNTOLD = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of one ``value`` of a fact; ``nps`` is None where it may not be shown.

    ``change`` is from all other answers to these.
    """

    value: str
    nps: Nps | None
    change: Change | None


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """A fact and its parts, those of most answers first, what is hidden last, and the years there are answers of."""

    fact: str
    parts: Sequence[Part]
    years: Sequence[int]

    @property
    def hidden(self) -> int:
        """How many parts may not be shown."""
        return sum(part.nps is None for part in self.parts)


async def facts(*, key: str) -> list[str]:
    """Which facts answers to a survey have; one query."""
    return [row["attribute"] for row in await ground.fetch(_NAMES, key)]


async def broken_down(*, key: str, fact: str, time_zone: str, year: int | None = None) -> Breakdown:
    """NPS by ``fact``, of one year or all; two queries. What is hidden is so whichever years are looked at."""
    wanted = Wanted(questions=[RECOMMEND], attribute=fact)
    of_fact = await counting.counted(key=key, time_zone=time_zone, wanted=wanted)
    every = await counting.counted(key=key, time_zone=time_zone, wanted=Wanted(questions=[RECOMMEND]))
    return of_counts(fact, of_fact, every, year=year)


def of_counts(fact: str, of_fact: Sequence[Counted], every: Sequence[Counted], *, year: int | None) -> Breakdown:
    """``of_fact`` are the answers by value of the fact, and ``every`` all there are, both by years."""
    cells = _cells(of_fact, every)
    kept = _kept(cells, year)
    parts = {value: _joined(cells, value, year) for value in {value for value, _ in cells}}
    samples = {value: sample for value, told in parts.items() if (sample := sampling.plain(told)) is not None}
    shown = {value: sample for value, sample in samples.items() if value in kept and value != UNTOLD}
    changes = beside_the_rest(shown, parts, added(parts.values()))
    order = sorted(samples, key=lambda value: (value not in kept, value == UNTOLD, -samples[value].answers, value))
    # How large a hidden part is, its place would tell.
    order = [value for value in order if value in kept] + sorted(value for value in order if value not in kept)
    return Breakdown(
        fact=fact,
        years=sorted({each.first_date.year for each in every}, reverse=True),
        parts=[
            Part(
                value=value,
                nps=measuring.score(parts[value]) if value in kept else None,
                change=changes.get(value),
            )
            for value in order
        ],
    )


Cells = dict[tuple[str, str], dict[str, Cell]]


def _cells(of_fact: Sequence[Counted], every: Sequence[Counted]) -> Cells:
    """Marks by value of the fact and year; what of ``every`` has no such fact is UNTOLD."""
    cells: Cells = {}
    for each in of_fact:
        cells.setdefault((each.attribute_value, str(each.first_date.year)), {})[each.value] = each.cell
    for each in every:
        year = str(each.first_date.year)
        told = sampling.total(
            marks.get(each.value, Cell()) for (name, when), marks in cells.items() if when == year and name != UNTOLD
        )
        if (rest := each.cell - told).answers:
            cells.setdefault((UNTOLD, year), {})[each.value] = rest
    return cells


def _kept(cells: Cells, year: int | None) -> set[str]:
    counts = {Place(value, when): sampling.total(marks.values()).answers for (value, when), marks in cells.items()}
    gone = hiding.hidden(counts) if len({place.column for place in counts}) > 1 else None
    if gone is None:
        return hiding.kept({place.row: number for place, number in counts.items()})
    column = ALL if year is None else str(year)
    return {place.row for place in counts if Place(place.row, column) not in gone}


def _joined(cells: Cells, value: str, year: int | None) -> dict[str, Cell]:
    """The marks of one value, of one year or all."""
    return added(told for (name, when), told in cells.items() if name == value and year in (None, int(when)))


def added(parts: Iterable[Mapping[str, Cell]]) -> dict[str, Cell]:
    """Marks of several parts together."""
    marks: dict[str, Cell] = {}
    for told in parts:
        for mark, cell in told.items():
            marks[mark] = marks.get(mark, Cell()) + cell
    return marks


def beside_the_rest(
    shown: Mapping[Name, Sample], parts: Mapping[Name, Mapping[str, Cell]], whole: Mapping[str, Cell]
) -> dict[Name, Change]:
    """From all other answers to those of each part that is shown, all of them looked at together."""
    pairs = []
    for name, sample in shown.items():
        rest = sampling.plain({mark: cell - parts[name].get(mark, Cell()) for mark, cell in whole.items()})
        pairs.append((rest or _NOBODY, sample))
    return dict(zip(shown, comparing.changes(pairs), strict=True))


_NOBODY = Sample(shares={}, answers=0, size=1.0)
