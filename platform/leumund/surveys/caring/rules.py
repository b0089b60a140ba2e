"""By when somebody has seen to an answer, by how it feels, and how a case ends."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import msgspec
from holidays import HolidayBase

from leumund.surveys.questions.moods import Mood

State = Literal["open", "contacted", "closed"]
Unit = Literal["hours", "working_days", "days"]
Outcome = Literal["solved", "apologised", "unsolved", "thanked", "no_answer", "wrong_person", "gone", "answered_better"]
Way = Literal["phone", "person", "letter"]
UNITS: tuple[Unit, ...] = get_args(Unit)
WAYS: tuple[Way, ...] = get_args(Way)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
MOST_AMOUNT = 365
# The last minute of a day: what is due that day may be done until then.
_END_OF_DAY = time(23, 59)
# Whoever was reached was helped or told so; the others were not.
_REACHED: tuple[Outcome, ...] = ("solved", "apologised", "unsolved")
_UNREACHED: tuple[Outcome, ...] = ("no_answer", "wrong_person", "gone")


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """Whether answers of a mood open a case, and how long there is to see to it."""

    opens: bool
    amount: int
    unit: Unit


# 48 hours, five working days and a week are usual. Who is glad is thanked by an invitation already.
OURS: Mapping[Mood, Deadline] = {
    "unhappy": Deadline(opens=True, amount=48, unit="hours"),
    "undecided": Deadline(opens=True, amount=5, unit="working_days"),
    "glad": Deadline(opens=False, amount=7, unit="days"),
}


def due(opened_at: datetime, *, deadline: Deadline, calendar: HolidayBase, zone: ZoneInfo) -> datetime:
    """Until when a case opened at ``opened_at`` is to be seen to: hours are exact, days end by the company's clocks."""
    if deadline.unit == "hours":
        return opened_at + timedelta(hours=deadline.amount)
    today = opened_at.astimezone(zone).date()
    if deadline.unit == "days":
        last = today + timedelta(days=deadline.amount)
    else:
        last = calendar.get_nth_working_day(today, deadline.amount)
    return datetime.combine(last, _END_OF_DAY, tzinfo=zone)


def outcomes(*, mood: Mood, contacted: bool) -> tuple[Outcome, ...]:
    """How a case can be ended by hand."""
    thanked: tuple[Outcome, ...] = ("thanked",) if mood == "glad" else ()
    return (*thanked, *_REACHED, *_UNREACHED) if contacted else _UNREACHED
