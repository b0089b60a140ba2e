"""When it is quiet, what fits into a limit, and how sure one can be of a response rate."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.company import calendaring
from leumund.messages.gate import quieting
from leumund.messages.gate.limiting import Limit
from leumund.messages.gate.quieting import Quiet
from leumund.surveys.asking import rules
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording

BERLIN = ZoneInfo("Europe/Berlin")
OURS = Quiet()
NEVER = Quiet(from_hour=0, until_hour=0, sundays=False, holidays=False)


def waits(at: str, quiet: Quiet = OURS, zone: ZoneInfo = BERLIN, country: str = "DE", region: str = "") -> str:
    """Until when a mail of ``at`` waits, both by the clocks of ``zone``."""
    moment = datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC)
    opens = quieting.first_open(moment, quiet, zone=zone, country=country, region=region)
    return opens.astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-23 12:34", "2026-11-23 12:34"),
        ("2026-11-23 19:59", "2026-11-23 19:59"),
        ("2026-11-23 20:00", "2026-11-24 08:00"),
        ("2026-11-24 03:17", "2026-11-24 08:00"),
        ("2026-11-28 21:00", "2026-11-30 08:00"),  # Saturday night: Sunday is quiet as a whole.
        ("2026-12-24 21:30", "2026-12-28 08:00"),  # Christmas on Friday and Saturday, and then a Sunday.
        ("2026-12-31 23:00", "2027-01-02 08:00"),
    ],
)
def test_a_mail_that_falls_into_the_quiet_hours_waits_for_their_end(at: str, until: str):
    assert waits(at) == until


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2027-03-27 22:00", "2027-03-29 08:00"),  # Clocks go forward on Sunday, and Easter Monday is a holiday.
        ("2026-10-24 23:00", "2026-10-26 08:00"),  # Clocks go back on Sunday.
    ],
)
def test_a_night_that_is_an_hour_longer_or_shorter_ends_at_the_same_hour(at: str, until: str):
    assert waits(at, Quiet(holidays=False)) == until


def test_an_hour_that_comes_twice_is_quiet_twice_and_one_left_out_is_skipped():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    quiet = Quiet(from_hour=2, until_hour=3, sundays=False, holidays=False)
    opens = quieting.first_open(first, quiet, zone=BERLIN, country="DE")
    assert opens == datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "half past two, then two hours of that name"
    spring = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert quieting.first_open(spring, quiet, zone=BERLIN, country="DE") == spring
    after = spring + timedelta(minutes=1)
    assert quieting.first_open(after, quiet, zone=BERLIN, country="DE") == after, "it is three already"


def test_states_have_holidays_of_their_own():
    assert waits("2026-11-01 10:00", Quiet(sundays=False)) == "2026-11-01 10:00"
    assert waits("2026-11-01 10:00", Quiet(sundays=False), region="BY") == "2026-11-02 08:00"
    assert waits("2026-05-01 10:00", Quiet(sundays=False), ZoneInfo("Europe/London"), "GB") == "2026-05-01 10:00"
    assert waits("2026-05-01 10:00", Quiet(sundays=False), country="XX") == "2026-05-01 10:00", (
        "nobody knows its holidays"
    )
    assert len(calendaring.regions("DE")) == 16
    assert calendaring.regions("AT") == ()


def test_quiet_hours_by_day_and_none_at_all():
    lunch = Quiet(from_hour=12, until_hour=14, sundays=False, holidays=False)
    assert (waits("2026-11-23 11:59", lunch), waits("2026-11-23 12:00", lunch)) == (
        "2026-11-23 11:59",
        "2026-11-23 14:00",
    )
    assert waits("2026-11-29 03:00", NEVER) == "2026-11-29 03:00"


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.builds(
        Quiet,
        from_hour=st.integers(0, 23),
        until_hour=st.integers(0, 23),
        sundays=st.booleans(),
        holidays=st.booleans(),
    ),
    st.sampled_from(["", "BY", "SN"]),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_whatever_the_hours_are_a_mail_goes_once_and_never_in_them(at: datetime, quiet: Quiet, region: str, zone: str):
    here = {"zone": ZoneInfo(zone), "country": "DE", "region": region}
    opens = quieting.first_open(at, quiet, **here)
    assert opens >= at
    assert quieting.first_open(opens, quiet, **here) == opens
    assert opens - at < timedelta(days=8)


@pytest.mark.parametrize(
    ("most", "within", "reminders", "every", "fits"),
    [
        (1, 90, 0, 7, True),
        (1, 90, 1, 7, False),
        (2, 90, 1, 7, True),
        (2, 90, 2, 7, False),
        (3, 90, 2, 7, True),
        (1, 7, 2, 7, True),
        (1, 8, 1, 7, False),
        (0, 7, 0, 7, False),
    ],
)
def test_reminders_need_room_within_a_limit(most: int, within: int, reminders: int, every: int, fits: bool):
    limit = Limit("survey", most, within)
    assert rules.leaves_room(limit, reminders=reminders, every_days=every) is fits


def test_a_response_rate_has_wilsons_interval_and_few_have_none():
    # The example of Newcombe (1998), table I: 81 of 263.
    told = rules.rate(reached=263, answered=81)
    assert told.low is not None
    assert told.high is not None
    assert (round(told.low, 4), round(told.high, 4)) == (0.2553, 0.3662)
    assert rules.rate(reached=4, answered=2).share is None
    assert (rules.rate(reached=5, answered=0).low, rules.rate(reached=5, answered=5).high) == (0.0, 1.0)
    assert rules.rate(reached=5, answered=6).answered == 5


def question(kind: str, **more: object) -> Question:
    return Question(key="q", kind=kind, texts={"de": Wording(question="Wie?", low="lo", high="hi")}, **more)  # type: ignore[arg-type]


def test_what_has_few_marks_is_tapped_and_all_else_has_a_button():
    nps = rules.marks(question("nps"), "de")
    assert nps is not None
    assert (nps.first, nps.last, nps.low, nps.high) == (0, 10, "lo", "hi")
    csat = rules.marks(question("csat"), "de")
    assert csat is not None
    assert (csat.first, csat.last) == (1, 5)
    assert rules.marks(question("scale", low=0, high=100), "de") is None
    assert rules.marks(question("single", choices=["a", "b"]), "de") is None
    assert rules.marks(question("text"), "de") is None


def survey(*questions: Question) -> Definition:
    named = [msgspec.structs.replace(each, key=f"q{n}") for n, each in enumerate(questions)]
    return Definition(titles={"de": "Wie war es?"}, questions=named)


def test_only_a_survey_that_ends_with_its_first_question_and_a_word_of_why_is_called_one_question():
    first, why = question("nps"), question("text")
    because = question("text", when=[Condition(question="q0", marks=[0])])
    assert rules.is_one_question(survey(first))
    assert rules.is_one_question(survey(first, why))
    assert rules.is_one_question(survey(first, because, because, because))
    assert not rules.is_one_question(survey(first, why, why))
    assert not rules.is_one_question(survey(first, question("text", required=True)))
    assert not rules.is_one_question(survey(first, question("csat", when=[Condition(question="q0", marks=[0])])))
