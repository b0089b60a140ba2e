"""The clock of a request (GDPR Art. 12(3) and (4)), and which step follows which.

A month ends on the day that has the number of the day on which it began, or on the month's last where there is none
(Regulation 1182/71 Art. 3(2)(c)). The same Regulation lets a term that ends on a Saturday, Sunday or holiday run on to
the next working day (Art. 3(4)). We never count on that: which days are holidays depends on the state, and whoever
answers by the earlier day is in time either way.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Kind = Literal["access", "rectification", "portability", "restriction", "objection", "erasure", "review"]
Came = Literal["portal", "loop", "email", "phone", "letter"]
State = Literal["received", "identified", "in_work", "done", "refused"]
Outcome = Literal["carried_out", "partly", "nothing_held", "upheld", "changed"]
Extension = Literal["complex", "many"]
Refusal = Literal[
    "not_identified", "unfounded", "excessive", "duty_to_keep", "legal_claims", "rights_of_others", "not_covered"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# How a request comes that somebody enters for the person.
CAME: tuple[Came, ...] = ("email", "phone", "letter")
STATES: tuple[State, ...] = get_args(State)
OPEN: tuple[State, ...] = ("received", "identified", "in_work")
EXTENSIONS: tuple[Extension, ...] = get_args(Extension)
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
# Where there is a second factor, a mailbox alone neither takes data out nor erases it (A154, A155).
NEED_LOGIN: tuple[Kind, ...] = ("access", "portability", "erasure")
# What a recipient of the data has to be told of (Art. 19).
TOLD_ON: tuple[Kind, ...] = ("rectification", "restriction", "erasure")
COPIED: tuple[Kind, ...] = ("access", "portability")
_MONTHS, _LONGEST_MONTHS, _YEAR = 1, 3, 12
_REMIND_DAYS = (0, 3, 10)
_BEFORE: Mapping[State, tuple[State, ...]] = {
    "received": (),
    "identified": ("received",),
    "in_work": ("identified",),
    "done": ("in_work",),
    "refused": OPEN,
}


def day_of(moment: datetime, *, time_zone: str) -> date:
    """The day of ``moment`` where the company is: by those clocks a request comes in and is late."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def due(received: date, *, extended: bool = False) -> date:
    """The last day to answer: a month after the day of receipt, and two more where the time was extended."""
    months = received.month - 1 + (_LONGEST_MONTHS if extended else _MONTHS)
    year, month = received.year + months // _YEAR, months % _YEAR + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def is_overdue(due_date: date, *, today: date) -> bool:
    """Whether the last day is over."""
    return today > due_date


def may_extend(received: date, *, today: date) -> bool:
    """Whether the person can still be told of it within the first month."""
    return today <= due(received)


def reminder(due_date: date, *, today: date, reminded_days: int | None) -> int | None:
    """Which reminder is due: so many days before the last one, or None; each goes out once.

    A night that did not happen takes none away, and what comes late is one mail and not three.
    """
    left = (due_date - today).days
    reached = next((days for days in _REMIND_DAYS if left <= days), None)
    if reached is None or (reminded_days is not None and reminded_days <= reached):
        return None
    return reached


def before(state: State) -> tuple[State, ...]:
    """From which states a case becomes ``state``."""
    return _BEFORE[state]


def needs_login(kind: Kind, *, has_second_factor: bool) -> bool:
    """Whether only a login with the second factor says who is asking."""
    return has_second_factor and kind in NEED_LOGIN


def by_hand(kind: Kind) -> tuple[Outcome, ...]:
    """How staff may end such a case in words alone: that somebody was erased is said by erasing them."""
    return ("nothing_held",) if kind == "erasure" else outcomes(kind)


def outcomes(kind: Kind) -> tuple[Outcome, ...]:
    """How a case of this ``kind`` can end, when it is not refused."""
    return ("upheld", "changed") if kind == "review" else ("carried_out", "partly", "nothing_held")
