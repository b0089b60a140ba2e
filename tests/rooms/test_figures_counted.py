"""Whatever is answered, corrected, tallied or erased, in whatever order: figures are those of the rows there are."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from leumund.kit import ground
from leumund.privacy.forgetting import emptying
from leumund.surveys.figures import counting, expanding, tallying
from leumund.surveys.figures.counting import Wanted
from leumund.surveys.figures.sampling import Cell
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BERLIN, TOKYO = "Europe/Berlin", "Asia/Tokyo"
WORDS = {"de": Wording(question="Wie war es?")}
QUESTIONS = [
    Question(key="recommend", kind="nps", texts=WORDS),
    Question(key="overall", kind="overall", texts=WORDS),
    Question(key="again", kind="again", texts=WORDS),
    Question(key="advantage", kind="advantage", texts=WORDS),
    Question(key="way", kind="single", choices=["car", "train"], texts=WORDS),
    Question(key="seen", kind="multiple", choices=["art", "food", "shop"], texts=WORDS),
    Question(key="health", kind="csat", sensitive=True, texts=WORDS),
]
Marks = dict[str, int | str | list[str]]
Line = tuple[str, str, str, str, date]

_ADD = """
INSERT INTO survey_answer (id, survey, customer, marks, attributes, weight, language, channel, answered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


def marks_of(dice: Random) -> Marks:
    """What somebody may have answered, down to nothing at all."""
    told: Marks = {
        "recommend": dice.randint(0, 10),
        "overall": dice.randint(1, 5),
        "again": dice.randint(1, 5),
        "advantage": dice.randint(1, 5),
        "way": dice.choice(["car", "train"]),
        "seen": dice.sample(["art", "food", "shop"], dice.randint(0, 3)),
        "health": dice.randint(1, 5),
    }
    return {key: mark for key, mark in told.items() if dice.random() < 0.8}


async def answered(dice: Random, survey: UUID, people: Sequence[UUID], *, at: datetime) -> None:
    attributes = {"terminal": dice.choice("123")} if dice.random() < 0.7 else {}
    if dice.random() < 0.3:
        attributes["purpose"] = dice.choice(["business", "leisure"])
    await ground.execute(
        _ADD,
        uuid4(),
        survey,
        dice.choice([*people, None]),
        json.dumps(marks_of(dice)),
        json.dumps(attributes),
        dice.choice([None, Decimal("0.2847177143"), Decimal("1.5"), Decimal(1)]),
        dice.choice(["de", "en", None]),
        dice.choice(["email", "qr", "import", None]),
        at - timedelta(hours=dice.randint(0, 60)),
    )


async def corrected(dice: Random) -> None:
    """Whoever may still correct an answer does."""
    rows = await ground.fetch("SELECT id FROM survey_answer WHERE tallied_at IS NULL")
    if rows:
        await ground.execute(
            "UPDATE survey_answer SET marks = $2 WHERE id = $1", dice.choice(rows)["id"], json.dumps(marks_of(dice))
        )


async def told(*, zone: str) -> dict[Line, Cell]:
    """What all rows say together, reckoned from each of them and nothing else."""
    rows = await ground.fetch(
        "SELECT a.marks, attributes, weight, language, channel, answered_at FROM survey_answer a "
        "JOIN survey s ON s.id = a.survey WHERE s.key = 'nps'"
    )
    found: dict[Line, Cell] = defaultdict(Cell)
    for row in rows:
        marks, weight = json.loads(row["marks"]), row["weight"]
        one = Cell(answers=1, weighed=weight is not None, weight=weight or Decimal(0), squares=(weight or 0) ** 2)
        facts = {"": "", **json.loads(row["attributes"])}
        facts |= {f"@{name}": row[name] for name in ("channel", "language") if row[name]}
        said = [(question, value) for question, mark in marks.items() for value in _values(mark)]
        if {"overall", "recommend", "again", "advantage"} <= marks.keys():
            together = ".".join(str(marks[key]) for key in ("overall", "recommend", "again", "advantage"))
            said.append((expanding.TOGETHER, together))
        day = row["answered_at"].astimezone(ZoneInfo(zone)).date()
        for (question, value), (name, fact) in [(s, f) for s in said for f in facts.items()]:
            if question != "health" and (question != expanding.TOGETHER or name == expanding.ALL):
                found[question, name, fact, value, day] += one
    return dict(found)


def _values(mark: int | str | list[str]) -> list[str]:
    return ["", *mark] if isinstance(mark, list) else [str(mark)]


async def counted(*, zone: str) -> dict[Line, Cell]:
    lines = await counting.counted(key="nps", time_zone=zone, wanted=Wanted(step="day", attribute=None))
    return {
        (each.question, each.attribute, each.attribute_value, each.value, each.first_date): each.cell for each in lines
    }


async def a_survey() -> UUID:
    """One of whose questions somebody released although Art. 9 GDPR protects it; released past the room."""
    await whole.company(at=NOON)
    survey = uuid4()
    await ground.execute(
        "INSERT INTO survey (id, key, version, definition, named, published_at) VALUES ($1, 'nps', 2, $2, true, $3)",
        survey,
        defining.write(Definition(titles={"de": "Wie war es?"}, questions=QUESTIONS)),
        NOON,
    )
    return survey


@pytest.mark.parametrize("seed", range(8))
async def test_figures_are_those_of_the_rows_after_any_story(inside: ground.Ground, seed: int):
    dice, at = Random(seed), NOON
    survey = await a_survey()
    people = [await whole.person(f"{name}@people.example", at=NOON) for name in ("anna", "bert", "clara")]
    for _ in range(14):
        at += timedelta(hours=dice.choice([0, 1, 20]))
        deed = dice.choice(["answer", "answer", "answer", "correct", "tally", "tally", "erase"])
        if deed == "answer":
            for _ in range(dice.randint(1, 8)):
                await answered(dice, survey, people, at=at)
        elif deed == "correct":
            await corrected(dice)
        elif deed == "tally":
            await tallying.tally(time_zone=BERLIN, at=at)
        elif people:
            await emptying.empty(customer=people.pop())
        assert await counted(zone=BERLIN) == await told(zone=BERLIN), deed
    await tallying.tally(time_zone=BERLIN, at=at + timedelta(days=3))
    assert await counted(zone=BERLIN) == await told(zone=BERLIN)
    assert await counted(zone=TOKYO) == await told(zone=TOKYO), "by other clocks, without a tally of theirs"
    await tallying.tally(time_zone=TOKYO, at=at + timedelta(days=3))
    assert await counted(zone=TOKYO) == await told(zone=TOKYO)


async def test_an_answer_is_tallied_once_and_not_before_it_is_settled(inside: ground.Ground):
    dice, survey = Random(1), await a_survey()
    await answered(dice, survey, [], at=NOON - timedelta(days=3))
    await ground.execute(
        _ADD, uuid4(), survey, None, '{"recommend": 9}', "{}", None, "de", "email", NOON - timedelta(minutes=40)
    )
    assert await tallying.tally(time_zone=BERLIN, at=NOON) == 1
    assert await tallying.tally(time_zone=BERLIN, at=NOON) == 0
    assert await tallying.tally(time_zone=BERLIN, at=NOON + timedelta(hours=1)) == 1


async def test_what_is_tallied_stays_as_it_was_counted(inside: ground.Ground):
    await answered(Random(1), await a_survey(), [], at=NOON - timedelta(days=3))
    change = "UPDATE survey_answer SET marks = '{\"recommend\": 10}'"
    async with ground.savepoint():
        assert await ground.execute(change) == 1, "until then it may be corrected"
    assert await tallying.tally(time_zone=BERLIN, at=NOON) == 1
    with pytest.raises(asyncpg.CheckViolationError):
        async with ground.savepoint():
            await ground.execute("UPDATE survey_answer SET marks = '{\"recommend\": 0}'")


@pytest.mark.parametrize("column", ["survey", "channel", "weight", "answered_at"])
async def test_nobody_of_the_company_changes_what_else_is_counted_of_an_answer(inside: ground.Ground, column: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute(f"UPDATE survey_answer SET {column} = {column}")


async def test_figures_are_read_from_tallies_and_not_counted_again(inside: ground.Ground):
    """What is written over a tally shows: so nothing else is asked."""
    survey = await a_survey()
    await ground.execute(_ADD, uuid4(), survey, None, '{"recommend": 9}', "{}", None, "de", "email", NOON)
    await tallying.tally(time_zone=BERLIN, at=NOON + timedelta(days=1))
    await ground.execute("UPDATE survey_tally SET answers = 500")
    (line,) = await counting.counted(key="nps", time_zone=BERLIN, wanted=Wanted(questions=["recommend"]))
    assert line.cell.answers == 500


async def test_facts_of_who_was_erased_are_in_no_tally_and_their_marks_are(inside: ground.Ground):
    survey, anna = await a_survey(), await whole.person("anna@people.example", at=NOON)
    await ground.execute(
        _ADD, uuid4(), survey, anna, '{"recommend": 9}', '{"flight": "LH 123"}', None, "de", "email", NOON
    )
    await tallying.tally(time_zone=BERLIN, at=NOON + timedelta(days=1))
    await emptying.empty(customer=anna)
    rows = await ground.fetch("SELECT attribute, attribute_value, answers FROM survey_tally ORDER BY attribute")
    assert [(row["attribute"], row["answers"]) for row in rows] == [("", 1), ("@channel", 1), ("@language", 1)]


async def test_another_survey_is_no_part_of_it(inside: ground.Ground):
    await a_survey()
    other = await publishing.publish(
        key="other", definition=Definition(titles={"de": "Andere"}, questions=QUESTIONS[:1]), at=NOON
    )
    await ground.execute(_ADD, uuid4(), other.id, None, '{"recommend": 9}', "{}", None, "de", "email", NOON)
    assert await counting.counted(key="nps", time_zone=BERLIN) == []
    await tallying.tally(time_zone=BERLIN, at=NOON + timedelta(days=1))
    assert await counting.counted(key="nps", time_zone=BERLIN) == []
    assert len(await counting.counted(key="other", time_zone=BERLIN)) == 1
