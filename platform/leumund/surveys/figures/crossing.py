"""Break NPS down by segments: those in each beside all others, as the segments stand today.

Segments overlap, so their sums are no sum of anything; but two that differ by a few people would tell of those few. Of
two such the smaller one is hidden, and so is one that all but a few are in. Nobody is known to have given an anonymous
answer, so anonymous surveys have none.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from leumund.customers.segments import reading
from leumund.customers.segments.reading import Kept
from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.figures import breakdowns, measuring, sampling
from leumund.surveys.figures.breakdowns import Breakdown, Part
from leumund.surveys.figures.sampling import Cell

SEGMENT = "@segment"
# As many as a page compares; those that ship come first.
_MOST = 20
# Which segments somebody is in, and their mark: as many rows as there are different sets of segments and marks.
_PATTERNS = """
WITH member (segment, customer) AS ({members}), inside AS (
    SELECT customer, array_agg(segment ORDER BY segment) AS segments FROM member GROUP BY customer
)
SELECT coalesce(inside.segments, '{{}}') AS segments, score::text AS mark, count(*) AS answers,
    count(weight) AS weighed, coalesce(sum(weight), 0) AS weight, coalesce(sum(weight * weight), 0) AS squares
FROM survey_answer LEFT JOIN inside USING (customer)
WHERE score IS NOT NULL AND survey IN (SELECT id FROM survey WHERE key = $1) GROUP BY 1, 2
"""
Inside = frozenset[UUID]


async def by_segments(*, key: str) -> Breakdown:
    """Every answer to a named survey; two queries, one scan of the answers."""
    segments = (await reading.every())[:_MOST]
    if not segments:
        return Breakdown(fact=SEGMENT, parts=[], years=[])
    members = " UNION ALL ".join(
        f"SELECT ${place}::uuid, theirs.customer FROM ({reading.members_sql(f'${place}', evaluates=each.evaluates)}) "  # noqa: S608
        "AS theirs"
        for place, each in enumerate(segments, start=2)
    )
    rows = await ground.fetch(_PATTERNS.format(members=members), key, *(each.id for each in segments))
    return of_patterns(segments, rows)


def of_patterns(segments: Sequence[Kept], rows: Iterable[Mapping[str, Any]]) -> Breakdown:
    """``rows`` say how many answers of one mark came from those in exactly these ``segments``."""
    cells: dict[Inside, dict[str, Cell]] = {}
    for row in rows:
        cell = Cell(**{name: row[name] for name in ("answers", "weighed", "weight", "squares")})
        cells.setdefault(frozenset(row["segments"]), {})[row["mark"]] = cell
    sizes = {inside: sampling.total(marks.values()).answers for inside, marks in cells.items()}
    told = kept([each.id for each in segments], sizes)
    marks = {
        each.id: breakdowns.added(these for inside, these in cells.items() if each.id in inside) for each in segments
    }
    whole = breakdowns.added(cells.values())
    shown = {each.id: sample for each in segments if each.id in told and (sample := sampling.plain(marks[each.id]))}
    changes = breakdowns.beside_the_rest(shown, marks, whole)
    parts = [
        Part(
            value=each.name,
            nps=measuring.score(marks[each.id]) if each.id in told else None,
            change=changes.get(each.id),
        )
        for each in segments
        if any(each.id in inside for inside in cells)
    ]
    order = sorted(parts, key=lambda part: (part.nps is None, -part.nps.answers if part.nps else 0, part.value))
    return Breakdown(fact=SEGMENT, parts=order, years=[])


def kept(segments: Sequence[UUID], sizes: Mapping[Inside, int]) -> set[UUID]:
    """Which of them may be shown beside each other and beside all answers together.

    ``sizes`` are how many answers those gave who are in exactly these segments.
    """
    count = {each: sum(n for inside, n in sizes.items() if each in inside) for each in segments}
    shown = {each for each in segments if count[each] >= rules.LEAST_CELL}
    # All answers stand on the page in any case: they are never what is hidden.
    shown -= {each for each in shown if 0 < sum(sizes.values()) - count[each] < rules.LEAST_CELL}
    for each in sorted(shown, key=lambda one: (count[one], one)):
        others = [other for other in shown if other != each]
        if any(_close(each, other, sizes) for other in others):
            shown.discard(each)
    return shown


def _close(one: UUID, other: UUID, sizes: Mapping[Inside, int]) -> bool:
    """Whether one of the two would tell of a few who are in it and not in the other."""
    apart = (
        sum(n for inside, n in sizes.items() if one in inside and other not in inside),
        sum(n for inside, n in sizes.items() if other in inside and one not in inside),
    )
    return any(0 < few < rules.LEAST_CELL for few in apart)
