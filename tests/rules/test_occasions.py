"""The calendar of occasions holds over leap years, clock changes and lost days: nobody is greeted twice or never."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as dicing
from hypothesis import strategies as st

from leumund.insight import comparing
from leumund.kit import lots
from leumund.messages.gate.quieting import Quiet
from leumund.occasions import resting, rules

BERLIN, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
# Those that change their clocks at midnight, by half an hour, or have left out a whole day.
ZONES = [
    ZoneInfo(name)
    for name in (
        *("Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Beirut"),
        *("Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "America/Havana", "Africa/Casablanca"),
    )
]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def dates(first: int, last: int) -> st.SearchStrategy[date]:
    return st.dates(date(first, 1, 1), date(last, 12, 31))


# Whom dice would seldom throw.
LEAPLING = st.just(date(2000, 2, 29))


@dicing(max_examples=40)
@given(dates(1920, 2010) | LEAPLING, st.integers(2011, 2100))
def test_everybody_has_exactly_one_day_in_every_year(born: date, year: int):
    day, kept = date(year, 1, 1), []
    while day.year == year:
        if born.strftime("%m-%d") in rules.days_kept_on(day):
            kept.append(day)
        day += DAY
    assert len(kept) == 1
    assert kept[0].month == born.month


def test_who_was_born_on_the_29th_of_february_has_the_28th_in_common_years():
    assert rules.days_kept_on(date(2027, 2, 28)) == ["02-28", "02-29"]
    assert rules.days_kept_on(date(2028, 2, 28)) == ["02-28"]
    assert rules.days_kept_on(date(2028, 2, 29)) == ["02-29"]
    assert rules.days_kept_on(date(2100, 2, 28)) == ["02-28", "02-29"], "a century is no leap year"


@given(dates(1990, 2060), st.integers(0, 23), st.sampled_from(ZONES))
def test_a_moment_is_the_hour_told_or_the_first_after_a_gap(day: date, hour: int, zone: ZoneInfo):
    at = rules.moment(day, hour, zone)
    here = at.astimezone(zone)
    # A day can be left out whole, as Samoa did.
    assert timedelta(0) <= here.replace(tzinfo=None) - datetime(day.year, day.month, day.day, hour) <= DAY
    if here.replace(tzinfo=None) == datetime(day.year, day.month, day.day, hour):
        assert here.fold == 0, "of two the first"


def test_an_hour_that_is_left_out_and_one_that_comes_twice():
    assert rules.moment(date(2026, 3, 29), 2, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert rules.moment(date(2026, 10, 25), 2, BERLIN) == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert rules.moment(date(2011, 12, 30), 9, APIA).astimezone(APIA).date() == date(2011, 12, 31)


@given(dates(1995, 2060), st.integers(1, 365), st.integers(8, 19), st.sampled_from(ZONES))
def test_a_wait_is_days_of_the_calendar_whatever_clocks_do(day: date, days: int, hour: int, zone: ZoneInfo):
    due = rules.moment(day, hour, zone)
    later = rules.later(due, days, hour, zone)
    assert later == rules.moment(rules.day_of(due, zone) + days * DAY, hour, zone)
    assert later > due


@given(
    st.datetimes(datetime(1995, 1, 2), datetime(2060, 1, 1)),
    st.integers(0, 23),
    st.integers(0, 23),
    st.sampled_from(ZONES),
)
def test_nobody_is_written_to_at_night_and_sundays_are_no_night(
    naive: datetime, from_hour: int, until_hour: int, zone: ZoneInfo
):
    at = naive.replace(tzinfo=UTC)
    nights = Quiet(from_hour=from_hour, until_hour=until_hour, sundays=False, holidays=False)
    opened = resting.open_at(at, nights, zone)
    assert resting.is_open(opened.astimezone(zone).hour, nights)
    # A day at most, and what clocks add to it.
    assert timedelta(0) <= opened - at <= timedelta(hours=25)
    if resting.is_open(at.astimezone(zone).hour, nights):
        assert opened == at


@dicing(max_examples=40)
@given(
    dates(1930, 2005) | LEAPLING,
    dates(2006, 2040),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 23)), min_size=40, max_size=90),
    st.sampled_from(ZONES),
)
def test_in_any_sequence_of_nights_a_birthday_is_planned_once_a_year(born, begins, nights, zone):
    """Nights come as they like, with gaps of up to a month, at any hour."""
    planned_until, day, seen = None, begins, {}
    first = None
    for gap, hour in nights:
        today = rules.day_of(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), zone)
        for each in rules.days_to_plan(today, planned_until, most_days=41):
            first = first or each
            if born.strftime("%m-%d") in rules.days_kept_on(each):
                seen.setdefault(each.year, set()).add(each)
            planned_until = max(planned_until or each, each)
        day += gap * DAY
    for year in range(first.year, planned_until.year + 1):
        leap = isleap(year) or (born.month, born.day) != (2, 29)
        kept = date(year, born.month, born.day) if leap else date(year, 2, 28)
        expected = {kept} if first <= kept <= planned_until else set()
        assert seen.get(year, set()) == expected


@given(dates(2000, 2060), st.one_of(st.none(), dates(2000, 2060)))
def test_today_and_tomorrow_are_planned_every_night(today: date, until: date | None):
    days = rules.days_to_plan(today, until, most_days=31)
    assert days[-2:] == [today, today + DAY]
    assert days == [days[0] + n * DAY for n in range(len(days))]
    assert len(days) <= 33


@pytest.mark.parametrize(("late", "dropped"), [(timedelta(0), False), (DAY, False), (DAY + HOUR / 60, True)])
def test_a_greeting_of_more_than_a_day_ago_is_none(late: timedelta, dropped: bool):
    due = datetime(2026, 10, 24, 7, tzinfo=UTC)
    assert rules.is_late(due, due + late) is dropped


@given(st.integers(), st.integers(0, 50))
def test_the_lot_is_as_large_as_it_was_told(lot: int, percent: int):
    assert sum(lots.is_below(lot + n, percent) for n in range(100)) == percent


def test_shares_are_compared_as_in_newcombes_example():
    """56 of 70 and 48 of 80: 0.2000, from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = comparing.compared(written=70, written_did=56, control=80, control_did=48)
    assert [round(each, 2) for each in (found.difference, found.low, found.high)] == [20.00, 5.24, 33.39]


@pytest.mark.parametrize(("written", "control"), [(4, 100), (100, 4), (0, 0)])
def test_a_handful_of_people_shows_no_figure(written: int, control: int):
    found = comparing.compared(written=written, written_did=0, control=control, control_did=0)
    assert found.difference is None
    assert found.written_share is None
