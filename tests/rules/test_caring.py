"""What an answer calls for, and by when: by the company's clocks, and by the holidays of its state."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from leumund.company import calendaring
from leumund.surveys.caring import rules
from leumund.surveys.caring.rules import Deadline
from leumund.surveys.questions import moods
from leumund.surveys.questions.moods import Mood

BERLIN = ZoneInfo("Europe/Berlin")


def due(since: str, deadline: Deadline, *, region: str = "", country: str = "DE") -> str:
    """The moment by Berlin's clocks until which a case opened at ``since`` there is to be seen to."""
    opened = datetime.fromisoformat(since).replace(tzinfo=BERLIN).astimezone(UTC)
    calendar = calendaring.calendar(country=country, region=region)
    until = rules.due(opened, deadline=deadline, calendar=calendar, zone=BERLIN)
    return until.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("score", "satisfaction", "mood"),
    [
        (0, [], "unhappy"),
        (6, [], "unhappy"),
        (7, [], "undecided"),
        (8, [], "undecided"),
        (9, [], "glad"),
        (None, [2], "unhappy"),
        (None, [3], "undecided"),
        (None, [4, 5], "glad"),
        # The worse of what somebody said counts.
        (10, [1], "unhappy"),
        (3, [5], "unhappy"),
        (9, [5, 3], "undecided"),
        (None, [], None),
    ],
)
def test_the_worst_of_the_marks_says_how_somebody_feels(score: int | None, satisfaction: list[int], mood: Mood | None):
    assert moods.worst(score=score, satisfaction=satisfaction) == mood


def test_whoever_is_unhappy_is_seen_to_within_48_hours_whatever_the_clocks_do():
    assert due("2026-11-23 09:30", rules.OURS["unhappy"]) == "2026-11-25 09:30"
    # The night in which clocks go back has an hour more, and 48 hours end an hour earlier by the clock.
    assert due("2026-10-24 09:30", rules.OURS["unhappy"]) == "2026-10-26 08:30"


def test_five_working_days_leave_out_weekends_and_the_holidays_of_the_whole_country():
    assert due("2026-11-23 09:30", rules.OURS["undecided"]) == "2026-11-30 23:59"
    # Good Friday and Easter Monday, the 3rd and the 6th of April 2026.
    assert due("2026-04-01 17:00", rules.OURS["undecided"]) == "2026-04-10 23:59"
    # A Saturday's answer has Monday for its first working day.
    assert due("2026-11-28 23:30", rules.OURS["undecided"]) == "2026-12-04 23:59"


def test_a_holiday_of_one_state_counts_there_alone():
    one = Deadline(opens=True, amount=1, unit="working_days")
    # Epiphany, a Tuesday in 2026.
    assert due("2026-01-05 10:00", one) == "2026-01-06 23:59"
    assert due("2026-01-05 10:00", one, region="BY") == "2026-01-07 23:59"
    assert due("2026-01-05 10:00", one, region="BE") == "2026-01-06 23:59"


def test_the_turn_of_a_year_is_crossed_with_its_holidays():
    assert due("2026-12-23 10:00", rules.OURS["undecided"]) == "2026-12-31 23:59"
    assert due("2026-12-28 10:00", rules.OURS["undecided"]) == "2027-01-05 23:59"


def test_another_country_keeps_its_own_and_an_unknown_one_weekends_alone():
    one = Deadline(opens=True, amount=1, unit="working_days")
    # Austria's national day is a Monday in 2026.
    assert due("2026-10-23 10:00", one, country="AT") == "2026-10-27 23:59"
    assert due("2026-10-23 10:00", one, country="AT", region="BY") == "2026-10-27 23:59", "once it was in Bavaria"
    assert due("2026-10-23 10:00", one, country="DE") == "2026-10-26 23:59"
    assert due("2026-10-23 10:00", one, country="XX") == "2026-10-26 23:59"


def test_a_week_ends_at_the_end_of_its_last_day():
    assert due("2026-11-23 09:30", rules.OURS["glad"]) == "2026-11-30 23:59"


def test_every_state_of_germany_can_be_chosen_and_none_elsewhere():
    assert len(calendaring.regions("DE")) == 16
    for region in calendaring.regions("DE"):
        assert calendaring.calendar(country="DE", region=region).subdiv == region
    assert calendaring.regions("AT") == ()


def test_nobody_was_helped_who_was_not_reached():
    assert rules.outcomes(mood="unhappy", contacted=False) == ("no_answer", "wrong_person", "gone")
    assert "solved" in rules.outcomes(mood="unhappy", contacted=True)
    assert "thanked" not in rules.outcomes(mood="unhappy", contacted=True)
    assert rules.outcomes(mood="glad", contacted=True)[0] == "thanked"
    for mood in moods.MOODS:
        assert "answered_better" not in rules.outcomes(mood=mood, contacted=True), "only the system says so"
