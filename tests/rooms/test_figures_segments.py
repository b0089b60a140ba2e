"""Segments are set beside all other answers, and two that differ by a few tell nothing of those few."""

from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from leumund.customers.segments import keeping
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.keeping import Worded
from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.figures import crossing
from leumund.surveys.figures.breakdowns import Breakdown
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEFINITION = Definition(root=Group(join="all", of=(Condition(fact="language", op="in", among=("de",)),)))
_MEMBERS = "INSERT INTO segment_member (segment, customer, since_date) SELECT $1, unnest($2::uuid[]), '2026-11-01'"
_ANSWER = """
INSERT INTO survey_answer (id, survey, customer, marks, language, channel, answered_at)
SELECT gen_random_uuid(), survey.id, $1, jsonb_build_object('recommend', $2::int), 'de', 'email', $3
FROM survey WHERE key = 'nps'
"""


async def answered(*marks: int) -> list[UUID]:
    """People who gave these marks."""
    people = [await whole.person(f"p{n}-{uuid4().hex[:6]}@people.example", at=NOON) for n in range(len(marks))]
    for person, mark in zip(people, marks, strict=True):
        await ground.execute(_ANSWER, person, mark, NOON)
    return people


async def segment(name: str, members: list[UUID]) -> UUID:
    """Who is in it is said here, whatever it asks."""
    worded = Worded(name=name, purpose="Wen wir zum Fest einladen", definition=DEFINITION)
    made = await keeping.create(worded=worded, actor="system:test", at=NOON)
    await ground.execute(_MEMBERS, made, members)
    return made


def shown(found: Breakdown) -> dict[str, float | None]:
    return {part.value: round(part.nps.plain.value, 9) if part.nps else None for part in found.parts}


async def test_a_segment_has_the_figures_of_those_who_are_in_it(inside: ground.Ground):
    await whole.company(at=NOON)
    people = await answered(*[10] * 12, *[0] * 12)
    await segment("glad", people[:12])
    await segment("mixed", people[6:18])
    await segment("few", people[:3])
    assert shown(await crossing.by_segments(key="nps")) == {"glad": 100, "mixed": 0, "few": None}


async def test_a_segment_beside_one_that_holds_a_few_more_is_hidden(inside: ground.Ground):
    await whole.company(at=NOON)
    people = await answered(*[10] * 20, *[0] * 20)
    await segment("most", people[:20])
    await segment("nearly", people[:18])
    await segment("all but two", people[:38])
    found = shown(await crossing.by_segments(key="nps"))
    assert found == {"most": 100, "nearly": None, "all but two": None}


async def test_whose_data_rest_is_in_no_segment(inside: ground.Ground):
    await whole.company(at=NOON)
    people = await answered(*[10] * 6, *[0] * 6)
    await segment("glad", people[:6])
    await ground.execute("UPDATE customer SET held = 'restriction' WHERE id = $1", people[0])
    found = await crossing.by_segments(key="nps")
    assert [part.nps and part.nps.answers for part in found.parts] == [5]


async def test_without_segments_there_is_nothing_to_compare(inside: ground.Ground):
    await whole.company(at=NOON)
    await ground.execute("UPDATE segment SET ended_at = $1", NOON)
    assert (await crossing.by_segments(key="nps")).parts == []


IDS = [uuid4() for _ in range(4)]


@given(st.dictionaries(st.frozensets(st.sampled_from(IDS)), st.integers(1, 12), max_size=10))
def test_no_two_that_are_shown_differ_by_a_few(sizes: dict[frozenset[UUID], int]):
    kept = crossing.kept(IDS, sizes)
    count = {each: sum(n for inside, n in sizes.items() if each in inside) for each in kept}
    assert all(n >= rules.LEAST_CELL for n in count.values())
    assert all(not 0 < sum(sizes.values()) - n < rules.LEAST_CELL for n in count.values())
    for one, other in combinations(kept, 2):
        for this, that in ((one, other), (other, one)):
            apart = sum(n for inside, n in sizes.items() if this in inside and that not in inside)
            assert not 0 < apart < rules.LEAST_CELL
