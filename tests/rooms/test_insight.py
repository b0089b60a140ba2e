"""Figures across rooms add up, and are drawn so that everybody can read them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from leumund.insight import counting, dating, drawing, overviewing, tracing
from leumund.insight.counting import Funnel
from leumund.insight.drawing import Look
from leumund.kit import ground
from leumund.ledger import balancing
from leumund.programs import offering
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.surveys import rules
from leumund.surveys.answers import importing
from leumund.surveys.answers.importing import PastAnswer
from leumund.surveys.figures import measuring, trends
from leumund.surveys.figures.trends import Course, Period
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIGHT = Look(brand="#1f4e79", ink="#17202b", muted="#5b6470", lang="de")
FUNNEL = Funnel(
    surveyed=2831, answered=2746, promoters=1431, advocates=12, clicks=90, friends=8, conversions=4, rewards=8
)


async def answered(scores: list[int], *, at: datetime, apart: timedelta) -> None:
    """Past answers, ``apart`` from each other, the last one at ``at``."""
    await importing.import_answers(
        answers=[
            PastAnswer(ref=f"{at:%s}-{n}", external_id=None, score=score, language="de", answered_at=at - n * apart)
            for n, score in enumerate(scores)
        ],
        actor="system:test",
        at=at,
    )


async def bought(*, cents: int) -> None:
    """Anna recommends Bert, and Bert buys."""
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, "bert@people.example", at=NOON)
    bert = CustomerRef(email="bert@people.example")
    await converting.convert(
        order=Order(order_id="4711", cents=cents, currency="EUR", customer=bert, occurred_at=NOON), at=NOON
    )


async def test_entries_lead_to_the_referral_or_the_customer_they_are_about(inside: ground.Ground):
    await whole.company(at=NOON)
    await bought(cents=5_000)
    (conversion,) = await ground.fetch("SELECT id, referral FROM conversion")
    (mail,) = await ground.fetch("SELECT id, customer FROM message ORDER BY created_at, id LIMIT 1")
    subjects = [conversion["id"], conversion["referral"], mail["id"], mail["customer"], uuid4()]
    traces = await tracing.trace(subjects=subjects)
    assert {subject: (trace.kind, trace.id) for subject, trace in traces.items()} == {
        conversion["id"]: ("referral", conversion["referral"]),
        conversion["referral"]: ("referral", conversion["referral"]),
        mail["id"]: ("customer", mail["customer"]),
        mail["customer"]: ("customer", mail["customer"]),
    }
    assert traces[conversion["id"]].name == "Anna"


async def test_the_overview_counts_the_whole_way(inside: ground.Ground):
    await whole.company(at=NOON)
    await answered([10, 9, 7, 0], at=NOON, apart=timedelta(hours=1))
    await bought(cents=90_000)

    seen = await overviewing.overview(time_zone="Europe/Berlin")

    assert seen.funnel == Funnel(
        surveyed=4, answered=4, promoters=2, advocates=1, clicks=0, friends=1, conversions=1, rewards=2
    )
    assert seen.nps == await measuring.nps() == rules.figures(promoters=2, detractors=1, answers=4)
    assert sum(period.figures.answers for period in seen.course.periods) == 4
    assert seen.waiting == 0


async def test_a_large_order_waits_and_is_counted(inside: ground.Ground):
    await whole.company(at=NOON)
    await bought(cents=900_000)

    assert (await overviewing.overview(time_zone="Europe/Berlin")).waiting == 1
    assert await counting.rewards() == []


async def test_balances_add_up_to_what_the_ledger_says_and_to_zero(inside: ground.Ground):
    await whole.company(at=NOON)
    await bought(cents=90_000)

    balances = {each.kind: each.cents for each in await balancing.by_kind()}
    assert balances == {"program_budget": -7500, "reward_pending": 7500}
    assert sum(balances.values()) == sum((await balancing.totals()).values()) == 0
    assert list((await counting.spent(offers=await offering.all_offers())).values()) == [7500]
    assert [(each.state, each.number, each.cents) for each in await counting.rewards()] == [("pending", 2, 7500)]


async def test_a_purchase_nobody_recommended_is_no_step_of_the_way(inside: ground.Ground):
    await whole.company(at=NOON)
    await bought(cents=90_000)
    await whole.person("clara@people.example", at=NOON)
    clara = CustomerRef(email="clara@people.example")
    await converting.convert(
        order=Order(order_id="4712", cents=90_000, currency="EUR", customer=clara, occurred_at=NOON), at=NOON
    )

    assert (await counting.funnel()).conversions == 1


@pytest.mark.parametrize(
    ("apart", "step"),
    [(timedelta(hours=7), "day"), (timedelta(days=10), "week"), (timedelta(days=40), "month")],
)
async def test_a_course_takes_steps_that_suit_its_length(inside: ground.Ground, apart: timedelta, step: str):
    await whole.company(at=NOON)
    await answered([10] * 12, at=NOON, apart=apart)

    course = await trends.course(time_zone="Europe/Berlin")

    assert course.step == step
    assert 1 < len(course.periods) <= 12
    assert [each.first_date for each in course.periods] == sorted(each.first_date for each in course.periods)


async def test_a_day_begins_when_the_companys_does(inside: ground.Ground):
    await whole.company(at=NOON)
    await answered([10], at=datetime(2026, 5, 3, 22, 30, tzinfo=UTC), apart=timedelta())

    (berlin,) = (await trends.course(time_zone="Europe/Berlin")).periods
    (london,) = (await trends.course(time_zone="America/New_York")).periods

    assert (berlin.first_date, london.first_date) == (date(2026, 5, 4), date(2026, 5, 3))


async def test_a_company_without_answers_has_no_course(inside: ground.Ground):
    await whole.company(at=NOON)
    assert await trends.course(time_zone="Europe/Berlin") == Course(step="month", periods=[])


TODAY = date(2026, 6, 20)


def words(svg: str) -> list[str]:
    """What the picture says; that it can be read as XML is part of the test."""
    tree = ElementTree.fromstring(svg)
    return ["".join(each.itertext()) for each in tree.iter() if each.tag.endswith(("}text", "}title"))]


def periods(*answers: int) -> list[Period]:
    return [
        Period(
            first_date=date(2026, 5, 1) + timedelta(days=n),
            figures=rules.figures(answers=many, promoters=many // 2, detractors=many // 4),
        )
        for n, many in enumerate(answers)
    ]


@pytest.mark.parametrize("shape", drawing.SHAPES)
@pytest.mark.parametrize(
    ("lang", "title", "number", "step"),
    [("de", "Vom Befragten zur Prämie", "2.746", "Geantwortet"), ("en", "From survey to reward", "2,746", "Answered")],
)
def test_a_funnel_says_its_numbers_in_the_readers_language(lang: str, title: str, number: str, step: str, shape: str):
    look = Look(brand="#1f4e79", ink="#17202b", muted="#5b6470", lang=lang, shape=shape)
    said = words(drawing.funnel(FUNNEL, look=look))
    assert said[0] == title
    assert {number, step} <= set(said)


def test_a_drawing_wears_its_colours():
    svg = drawing.funnel(FUNNEL, look=Look(brand="#8fc1ee", ink="#e8edf3", muted="#aab4bf", lang="de"))
    assert "#8fc1ee" in svg
    assert "#e8edf3" in svg
    assert "#000000" not in svg


def test_a_step_of_few_answers_is_not_drawn():
    drawn = words(drawing.nps(Course(step="day", periods=periods(40, 2, 30)), look=LIGHT, today=TODAY))
    assert {"1. Mai", "3. Mai"} <= set(drawn)
    assert "2. Mai" not in drawn


def test_one_step_is_a_point_and_none_is_said():
    assert "1. Mai" in words(drawing.nps(Course(step="day", periods=periods(40)), look=LIGHT, today=TODAY))
    assert "Noch zu wenige Antworten" in words(drawing.nps(Course(step="day", periods=[]), look=LIGHT, today=TODAY))


def test_a_label_says_its_year_when_it_is_not_this_one():
    course = Course(step="day", periods=periods(40, 40))
    assert "2026" not in words(drawing.nps(course, look=LIGHT, today=TODAY))
    assert "2026" in words(drawing.nps(course, look=LIGHT, today=TODAY.replace(year=2027)))


def test_a_long_course_is_labelled_sparsely():
    svg = drawing.nps(Course(step="day", periods=periods(*[40] * 45)), look=LIGHT, today=TODAY)
    assert len([word for word in words(svg) if word.endswith(("Mai", "Juni"))]) <= 5


async def test_drawings_in_threads_do_not_disturb_each_other():
    course = Course(step="day", periods=periods(40, 50, 60))
    draws = [partial(drawing.funnel, FUNNEL, look=LIGHT), partial(drawing.nps, course, look=LIGHT, today=TODAY)] * 3
    alone = [draw() for draw in draws]
    assert await asyncio.gather(*(asyncio.to_thread(draw) for draw in draws)) == alone


def test_dates_are_named_as_each_language_does():
    day = date(2026, 5, 4)
    assert dating.short(day, step="day", lang="de") == "4. Mai"
    assert dating.short(day, step="month", lang="en") == "May 2026"
    assert dating.whole(day, step="week", lang="de") == "Woche ab 4. Mai 2026"
    assert dating.whole(day, step="month", lang="de") == "Mai 2026"
