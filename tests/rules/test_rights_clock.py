"""The clock of a request runs by calendar months, and never longer than the law lets it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.privacy.cases import rules

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31))


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        (date(2026, 3, 5), date(2026, 4, 5), date(2026, 6, 5)),
        (date(2026, 8, 31), date(2026, 9, 30), date(2026, 11, 30)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2028, 2, 29), date(2028, 3, 29), date(2028, 5, 29)),
        (date(2026, 11, 30), date(2026, 12, 30), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 1, 31), date(2027, 3, 31)),
        (date(2027, 11, 30), date(2027, 12, 30), date(2028, 2, 29)),
    ],
)
def test_a_month_ends_on_the_day_it_began_or_on_the_last_there_is(received: date, due: date, extended: date):
    assert rules.due(received) == due
    assert rules.due(received, extended=True) == extended


def test_a_term_that_ends_on_a_sunday_is_not_stretched():
    sunday = date(2026, 4, 5)
    assert sunday.isoweekday() == 7
    assert rules.due(date(2026, 3, 5)) == sunday


@given(DAYS)
def test_no_month_is_shorter_than_28_days_or_longer_than_31(received: date):
    assert 28 <= (rules.due(received) - received).days <= 31
    assert 89 <= (rules.due(received, extended=True) - received).days <= 92


@given(DAYS, DAYS)
def test_whoever_asks_later_is_never_due_earlier(one: date, other: date):
    earlier, later = sorted((one, other))
    assert rules.due(earlier) <= rules.due(later)


def test_the_last_day_itself_is_in_time():
    due = date(2026, 4, 5)
    assert not rules.is_overdue(due, today=due)
    assert rules.is_overdue(due, today=due + timedelta(days=1))
    assert rules.may_extend(date(2026, 3, 5), today=due)
    assert not rules.may_extend(date(2026, 3, 5), today=due + timedelta(days=1))


def test_the_day_is_the_company_s():
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert rules.day_of(late, time_zone="Europe/Berlin") == date(2026, 3, 5)
    assert rules.day_of(late, time_zone="America/New_York") == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("days_left", "reminded", "reminder"),
    [
        (11, None, None),
        (10, None, 10),
        (9, None, 10),
        (9, 10, None),
        (3, 10, 3),
        (3, 3, None),
        (2, None, 3),
        (1, 3, None),
        (0, 3, 0),
        (0, 0, None),
        (-1, 3, 0),
        (-1, 0, None),
    ],
)
def test_each_reminder_comes_once(days_left: int, reminded: int | None, reminder: int | None):
    today = date(2026, 3, 20)
    due = today + timedelta(days=days_left)
    assert rules.reminder(due, today=today, reminded_days=reminded) == reminder


def test_every_night_brings_three_reminders_and_no_more():
    due, reminded, sent = date(2026, 4, 5), None, []
    for night in range(40):
        today = date(2026, 3, 5) + timedelta(days=night)
        which = rules.reminder(due, today=today, reminded_days=reminded)
        if which is not None:
            sent.append(((due - today).days, which))
            reminded = which
    assert sent == [(10, 10), (3, 3), (0, 0)]


def test_a_case_goes_nowhere_but_forward():
    for state in rules.STATES:
        for earlier in rules.before(state):
            assert state not in rules.before(earlier), "no way leads back"
    assert not [state for state in rules.STATES if {"done", "refused"} & set(rules.before(state))]


def test_nobody_says_in_words_alone_that_somebody_was_erased_and_a_second_look_has_its_own_end():
    assert rules.by_hand("erasure") == ("nothing_held",)
    assert rules.outcomes("review") == rules.by_hand("review") == ("upheld", "changed")
    assert "carried_out" in rules.by_hand("objection")


def test_a_mailbox_alone_takes_nothing_of_whoever_has_a_second_factor():
    needing = [kind for kind in rules.KINDS if rules.needs_login(kind, has_second_factor=True)]
    assert needing == ["access", "portability", "erasure"], "whatever takes data out or away"
    assert not [kind for kind in rules.KINDS if rules.needs_login(kind, has_second_factor=False)]
