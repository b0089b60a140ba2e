"""The airport's real answers give the figures that a spreadsheet gives of the same file, whole and part by part."""

import csv
import io
from datetime import UTC, date, datetime
from math import sqrt

import pytest

from leumund.demo import guests
from leumund.kit import ground, places
from leumund.kit.faults import Refused
from leumund.surveys.answers import importing, reading
from leumund.surveys.answers.importing import PastAnswer
from leumund.surveys.answers.reading import Otherwise
from leumund.surveys.answers.supplementing import Beside
from leumund.surveys.figures import asked as asking
from leumund.surveys.figures import benching, breakdowns, glancing, measuring, relating, ruling, tallying, trends
from leumund.surveys.figures.loyalty import Rule
from leumund.surveys.figures.measuring import Nps
from leumund.surveys.questions import starting
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
CONTENT = guests.decoded((places.tenants() / "airport" / "guests.csv").read_bytes())
ROWS = [row for row in csv.DictReader(io.StringIO(CONTENT.decode())) if row["NETPRO"] not in ("", "11")]
_ANSWER = """
INSERT INTO survey_answer (survey, marks, language, channel, answered_at)
VALUES ($1, jsonb_build_object('recommend', $2::int), 'de', 'email', $3)
"""
WORDS = {"de": Wording(question="Wie war es?")}


async def the_airport() -> Definition:
    """Its interviews of 2017, brought in."""
    await whole.company(at=NOON)
    asked = guests.interview({"en": {"question": "How likely?", "followup": "Why?"}})
    await publishing.publish(key="nps", definition=asked, at=NOON)
    past = reading.read(
        CONTENT,
        otherwise=Otherwise(language="en"),
        mapping=guests.COLUMNS,
        blanks=guests.NO_MARK,
        beside=guests.beside(asked),
    )
    assert (len(past.answers), past.blank, past.refused) == (2746, 85, [])
    await importing.import_answers(answers=past.answers, actor="system:test", at=NOON)
    return asked


def by_hand(rows: list[dict[str, str]]) -> tuple[float, float, float, float]:
    """NPS, by weights, and from where to where that lies, of rows of the file."""
    weights, marks = [float(row["WEIGHT"]) for row in rows], [int(row["NETPRO"]) for row in rows]
    plain = 100 * (sum(mark >= 9 for mark in marks) - sum(mark <= 6 for mark in marks)) / len(marks)
    p, d = (
        sum(w for w, mark in zip(weights, marks, strict=True) if test(mark)) / sum(weights)
        for test in (lambda mark: mark >= 9, lambda mark: mark <= 6)
    )
    size = sum(weights) ** 2 / sum(w * w for w in weights)
    p_, d_ = ((each * size + 0.75) / (size + 3) for each in (p, d))
    half = 1.959964 * 100 * sqrt((p_ + d_ - (p_ - d_) ** 2) / (size + 3))
    return plain, 100 * (p - d), 100 * (p_ - d_) - half, 100 * (p_ - d_) + half


def shown(nps: Nps | None) -> tuple[float, float, float, float]:
    assert nps is not None
    assert nps.weighted is not None
    return nps.plain.value, nps.weighted.value, nps.weighted.low, nps.weighted.high


@pytest.mark.parametrize("is_tallied", [False, True])
async def test_the_airports_figures_by_year_purpose_and_terminal(inside: ground.Ground, is_tallied: bool):
    await the_airport()
    if is_tallied:
        assert await tallying.tally(time_zone=ZONE, at=NOON) == 2746
    told = await asking.asked(key="nps")
    report = await measuring.report(asked=told, rule=Rule(), time_zone=ZONE, year=2017)
    assert report.years == [2017]
    assert report.nps is not None
    plain = report.nps.plain
    assert (round(plain.value, 2), round(plain.low, 2), round(plain.high, 2)) == (39.84, 37.18, 42.41)
    assert shown(report.nps) == pytest.approx(by_hand(ROWS), abs=1e-4)
    assert (report.nps.promoters, report.nps.detractors, report.nps.weighed) == (1436, 342, 2746)
    for fact, column in (("purpose", "PURPOSE"), ("terminal", "TERMINAL")):
        found = await breakdowns.broken_down(key="nps", fact=fact, time_zone=ZONE)
        assert found.hidden == 0
        assert {part.value for part in found.parts} == {row[column] for row in ROWS}
        for part in found.parts:
            rows = [row for row in ROWS if row[column] == part.value]
            assert part.nps is not None
            assert part.nps.answers == len(rows)
            assert shown(part.nps) == pytest.approx(by_hand(rows), abs=1e-4), part.value
    nothing = await measuring.report(asked=told, rule=Rule(), time_zone=ZONE, year=2016)
    assert (nothing.nps, nothing.results, nothing.years) == (None, [], [2017])


async def test_each_question_of_the_airport_has_what_stands_in_the_file(inside: ground.Ground):
    await the_airport()
    told = await asking.asked(key="nps")
    report = await measuring.report(asked=told, rule=Rule(), time_zone=ZONE)
    wifi = next(result for result in report.results if result.question.key == "q7wifi")
    marks = [int(row["Q7WIFI"]) for row in ROWS if row["Q7WIFI"] not in ("", "0", "6")]
    assert wifi.answers == len(marks)
    assert {line.value: line.answers for line in wifi.lines} == {str(mark): marks.count(mark) for mark in range(1, 6)}
    assert wifi.mean is not None
    assert wifi.mean.value == pytest.approx(sum(marks) / len(marks))
    assert wifi.glad is not None
    assert wifi.glad.value == pytest.approx(sum(mark >= 4 for mark in marks) / len(marks))
    course = await trends.course(time_zone=ZONE, year=2017)
    assert course.step == "day"
    assert {period.first_date.month for period in course.periods} == {5}
    assert sum(period.figures.answers for period in course.periods) == 2746
    drivers = relating.related(told, await relating.patterns(asked=told))
    assert {each.question for each in drivers} == {question.key for question in told.drivers}
    assert all(each.together is not None and each.together.value > 0 for each in drivers), "no rating goes against it"


QUESTIONS = [
    Question(key="recommend", kind="nps", texts=WORDS),
    Question(key="overall", kind="overall", texts=WORDS),
    Question(key="again", kind="again", texts=WORDS),
    Question(key="advantage", kind="advantage", texts=WORDS),
]


async def answered(*told: tuple[int, dict[str, int], dict[str, str]], when: date = date(2026, 5, 4)) -> None:
    """Past answers: the mark for recommending, others, and facts."""
    at = datetime(when.year, when.month, when.day, 12, tzinfo=UTC)
    answers = [
        PastAnswer(
            ref=f"{when}-{n}",
            external_id=None,
            score=score,
            language="de",
            answered_at=at,
            marks=marks,
            facts=facts,
        )
        for n, (score, marks, facts) in enumerate(told)
    ]
    await importing.import_answers(answers=answers, actor="system:test", at=NOON)


async def a_survey() -> None:
    await whole.company(at=NOON)
    await publishing.publish(key="nps", definition=Definition(titles={"de": "Zwei"}, questions=QUESTIONS), at=NOON)


async def test_the_loyalty_index_follows_the_rule_that_is_set(inside: ground.Ground):
    await a_survey()
    glad, torn = {"overall": 5, "again": 5, "advantage": 5}, {"overall": 5, "again": 1, "advantage": 1}
    await answered(*[(10, glad, {})] * 6, *[(0, torn, {})] * 4)
    told = await asking.asked(key="nps")
    report = await measuring.report(asked=told, rule=await ruling.rule(key="nps"), time_zone=ZONE)
    assert report.loyalty is not None
    assert (report.loyalty.index.value, report.loyalty.answers) == (70, 10)
    assert {name: round(each.value, 9) for name, each in report.loyalty.types.items()} == {
        "apostle": 0.6,
        "mercenary": 0.4,
        "hostage": 0,
        "defector": 0,
    }
    await ruling.settle(key="nps", rule=Rule(overall=0), actor="system:test", at=NOON)
    report = await measuring.report(asked=told, rule=await ruling.rule(key="nps"), time_zone=ZONE)
    assert report.loyalty is not None
    assert report.loyalty.index.value == 60


async def test_four_answers_have_no_figure_and_a_fifth_gives_them_one(inside: ground.Ground):
    await a_survey()
    await answered(*[(10, {}, {"terminal": "1"})] * 4)
    told = await asking.asked(key="nps")
    assert (await measuring.report(asked=told, rule=Rule(), time_zone=ZONE)).nps is None
    found = await breakdowns.broken_down(key="nps", fact="terminal", time_zone=ZONE)
    assert [part.nps for part in found.parts] == [None]
    assert [period.shown for period in (await trends.course(time_zone=ZONE)).periods] == [False]
    await answered((0, {}, {"terminal": "1"}), when=date(2026, 5, 5))
    report = await measuring.report(asked=told, rule=Rule(), time_zone=ZONE)
    assert report.nps is not None
    assert report.nps.plain.value == pytest.approx(60)


async def test_a_year_of_few_does_not_follow_from_all_years(inside: ground.Ground):
    """Four answers of 2024 would be what is left of all years without 2025 and 2026; so 2025, the smaller, goes too."""
    await a_survey()
    await answered(*[(0, {"overall": 1}, {})] * 4, when=date(2024, 5, 4))
    await answered(*[(9, {"overall": 4}, {})] * 12, when=date(2025, 5, 4))
    await answered(*[(10, {}, {})] * 20)
    told = await asking.asked(key="nps")
    reports = {
        year: await measuring.report(asked=told, rule=Rule(), time_zone=ZONE, year=year)
        for year in (2024, 2025, 2026, None)
    }
    assert [year for year, report in reports.items() if report.nps is not None] == [2026, None]
    assert [year for year, report in reports.items() if any(r.question.key == "overall" for r in report.results)] == [
        None
    ]


async def test_a_hidden_terminal_does_not_follow_from_the_others(inside: ground.Ground):
    """Terminal 3 has four answers; so terminal 2, the next smallest, is hidden as well, in both years together too."""
    await a_survey()
    ones, twos, threes = ([(9, {}, {"terminal": number})] for number in "123")
    await answered(*ones * 40, *twos * 12, *threes * 4)
    await answered(*ones * 30, *twos * 20, *threes * 20, when=date(2025, 5, 4))
    kept = {
        year: {
            part.value
            for part in (await breakdowns.broken_down(key="nps", fact="terminal", time_zone=ZONE, year=year)).parts
            if part.nps is not None
        }
        for year in (2025, 2026, None)
    }
    assert kept[2026] == {"1"}
    # What 2025 and both years say of a terminal would say the rest of 2026.
    for hidden in ("2", "3"):
        assert hidden not in kept[2025] or hidden not in kept[None]


@pytest.mark.parametrize("is_tallied", [False, True])
async def test_a_week_that_lies_in_two_years_gives_each_year_its_own_days(inside: ground.Ground, is_tallied: bool):
    await a_survey()
    for when in (date(2025, 10, 6), date(2025, 12, 30), date(2026, 1, 2), date(2026, 3, 30)):
        await answered(*[(10, {}, {})] * (6 if when.year == 2026 else 5), when=when)
    if is_tallied:
        await tallying.tally(time_zone=ZONE, at=NOON)
    course = await trends.course(time_zone=ZONE, year=2026)
    assert course.step == "week"
    assert [(each.first_date, each.figures.answers) for each in course.periods] == [
        (date(2026, 1, 1), 6),
        (date(2026, 3, 30), 6),
    ]
    every = await trends.course(time_zone=ZONE)
    assert [(each.first_date, each.figures.answers) for each in every.periods[1:]] == [
        (date(2025, 12, 29), 5),
        (date(2026, 1, 1), 6),
        (date(2026, 3, 30), 6),
    ]


@pytest.mark.parametrize("is_tallied", [False, True])
async def test_a_year_laid_over_all_of_them_tells_nothing_of_what_is_hidden(inside: ground.Ground, is_tallied: bool):
    await a_survey()
    many = (date(2025, 1, 10), 6), (date(2025, 5, 10), 9), (date(2026, 2, 3), 3), (date(2026, 2, 20), 7)
    for when, number in (*many, (date(2026, 3, 5), 8), (date(2026, 4, 1), 9), (date(2026, 4, 2), 9)):
        await answered(*[(10, {}, {})] * number, when=when)
    for when, number in ((date(2026, 5, 3), 4), (date(2025, 8, 3), 2)):
        await answered(*[(0, {}, {})] * number, when=when)
    if is_tallied:
        await tallying.tally(time_zone=ZONE, at=NOON)
    every = await trends.course(time_zone=ZONE)
    of_years = [await trends.course(time_zone=ZONE, year=year) for year in (2025, 2026)]
    assert {course.step for course in (every, *of_years)} == {"month"}
    told = [(each.first_date, each.shown) for each in every.periods]
    assert [(each.first_date, each.shown) for course in of_years for each in course.periods] == told
    for course in of_years:
        hidden = [each.figures.answers for each in course.periods if not each.shown]
        assert len(hidden) > 1
        assert sum(hidden) >= 5


@pytest.mark.parametrize("is_tallied", [False, True])
async def test_surveys_of_the_company_stand_beside_each_other(inside: ground.Ground, is_tallied: bool):
    await a_survey()
    await answered(*[(10, {}, {})] * 40, *[(0, {}, {})] * 10)
    for key, marks in (("visit", [10] * 10 + [0] * 40), ("few", [10] * 4)):
        made = await publishing.publish(
            key=key, definition=Definition(titles={"de": key}, questions=QUESTIONS), at=NOON
        )
        for mark in marks:
            await ground.execute(_ANSWER, made.id, mark, NOON)
    if is_tallied:
        await tallying.tally(time_zone=ZONE, at=NOON + tallying.SETTLED)
    found = {each.key: each for each in await benching.benches()}
    assert {key: each.nps and round(each.nps.plain.value) for key, each in found.items()} == {
        "nps": 60,
        "visit": -60,
        "few": None,
    }
    assert {key: each.change and each.change.verdict for key, each in found.items()} == {
        "nps": "more",
        "visit": "less",
        "few": None,
    }


async def test_answers_without_a_fact_are_a_part_of_their_own(inside: ground.Ground):
    await a_survey()
    await answered(*[(10, {}, {"terminal": "1"})] * 6, *[(0, {}, {})] * 5)
    found = await breakdowns.broken_down(key="nps", fact="terminal", time_zone=ZONE)
    assert [(part.value, part.nps and part.nps.plain.value) for part in found.parts] == [("1", 100), ("", -100)]
    assert await breakdowns.facts(key="nps") == ["@channel", "@language", "terminal"]


async def test_a_part_is_compared_with_all_others(inside: ground.Ground):
    await a_survey()
    good, bad = [(10, {}, {"terminal": "1"})], [(0, {}, {"terminal": "2"})]
    await answered(*good * 50, *bad * 10, *[(10, {}, {"terminal": "2"})] * 40, *[(0, {}, {"terminal": "1"})])
    found = await breakdowns.broken_down(key="nps", fact="terminal", time_zone=ZONE)
    verdicts = {part.value: part.change and part.change.verdict for part in found.parts}
    assert verdicts == {"1": "more", "2": "less"}


@pytest.mark.parametrize(
    ("beside", "field"),
    [
        ({"facts": {"Terminal": "T"}}, "Terminal"),
        ({"facts": {f"f{n}": "T" for n in range(11)}}, "facts"),
        ({"marks": {"nothing": "T"}}, "nothing"),
        ({"facts": {"terminal": "nowhere"}}, "terminal"),
    ],
)
def test_a_file_that_cannot_be_read_so_is_refused(beside: dict[str, dict[str, str]], field: str):
    definition = starting.nps({"de": {"question": "?"}})
    with pytest.raises(Refused) as caught:
        reading.read(
            b"ref;score;T\n1;9;x\n",
            otherwise=Otherwise(language="de", answered_on=date(2026, 5, 4)),
            beside=Beside(definition=definition, **beside),
        )
    assert caught.value.field == field


def test_a_mark_off_its_scale_and_a_fact_without_end_are_told_by_their_row():
    definition = Definition(titles={"de": "Zwei"}, questions=QUESTIONS)
    past = reading.read(
        f"ref;score;O;T\n1;9;7;x\n2;9;4;{'x' * 61}\n3;9;;y\n".encode(),
        otherwise=Otherwise(language="de", answered_on=date(2026, 5, 4)),
        beside=Beside(definition=definition, marks={"overall": "O"}, facts={"terminal": "T"}),
    )
    assert [(row.number, row.field) for row in past.refused] == [(2, "overall"), (3, "terminal")]
    assert [(answer.marks, answer.facts) for answer in past.answers] == [({}, {"terminal": "y"})]


async def test_a_glance_says_of_each_survey_what_its_own_page_says(inside: ground.Ground):
    await the_airport()
    csat = Definition(titles={"de": "Zufrieden"}, questions=[Question(key="ease", kind="csat", texts=WORDS)])
    await publishing.publish(key="danach", definition=csat, at=NOON)
    for _ in range(2):
        told = {each.survey.key: each for each in await glancing.every()}
        assert told["nps"].nps == await measuring.nps()
        assert (told["nps"].answered, told["nps"].is_closed) == (2746, False)
        assert (told["danach"].nps, told["danach"].answered) == (None, 0)
        await tallying.tally(time_zone=ZONE, at=NOON)
