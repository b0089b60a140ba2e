"""The arithmetic of asking: what can be tapped, how lots fall, and how many of those who were asked answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

from leumund.kit import language
from leumund.messages.gate.limiting import Limit
from leumund.messages.sending import Marks
from leumund.surveys.questions.defining import Definition, Question
from leumund.surveys.rules import LEAST_CELL, share_interval

# What of a person's consents a survey by mail needs.
PURPOSE = "survey"
Channel = Literal["email", "portal"]
# What a wave is to bring about, beside answers.
Goal = Literal["bought", "recommended"]
State = Literal["draft", "planned", "asking", "open", "over", "stopped", "closed"]
# Why nobody asked somebody, or reminded them, the first that holds.
Reason = Literal[
    "at_rest",
    "no_address",
    "sampled_out",
    "class_c",
    "quarantine",
    "limit",
    "suppressed",
    "no_consent",
    "too_often",
    "control",
    "promised",
    "bounced",
    "unsent",
    "stopped",
    "closed",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
GOALS: tuple[Goal, ...] = get_args(Goal)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
# A mail has room for as many marks as the longest usual scale has.
_MOST_MARKS = 11
# Lots are whole numbers from 0 up to this one.
LOTS = 2**63
# A hundredth of them.
PERCENT = LOTS // 100
# What the gate says, in the words people read.
_GATED: Mapping[str, Reason] = MappingProxyType(
    {"restriction": "at_rest", "erasure": "at_rest", "no_consent": "no_consent", "too_often": "too_often"}
)


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Which share of those who were ``reached`` ``answered``, with its 95 % interval; None where too few were."""

    reached: int
    answered: int
    share: float | None
    low: float | None
    high: float | None


def rate(*, reached: int, answered: int) -> Rate:
    """How many of those ``reached`` have ``answered``, of whom there may be more than of whom it is known."""
    answered = min(answered, reached)
    if reached < LEAST_CELL:
        return Rate(reached=reached, answered=answered, share=None, low=None, high=None)
    share = answered / reached
    low, high = share_interval(share, size=reached)
    return Rate(reached=reached, answered=answered, share=share, low=low, high=high)


def is_told(*, named: bool, answered: int) -> bool:
    """Whether so many answers are told of: it is known who gave them, or they are nobody's and enough, or none."""
    return named or not 0 < answered < LEAST_CELL


def gated(reason: str) -> Reason:
    """Why the gate lets nothing through to somebody, as one of REASONS."""
    return _GATED[reason]


def marks(question: Question, lang: str, *, more: bool = False) -> Marks | None:
    """What of ``question`` can be tapped in a mail, ``more`` of which follow; None where a button leads to it."""
    places = question.marks
    if not places or len(places) > _MOST_MARKS:
        return None
    said = question.text(lang)
    return Marks(kind=question.kind, first=places[0], last=places[-1], low=said.low, high=said.high, more=more)


def is_one_question(survey: Definition) -> bool:
    """Whether ``survey`` is over with its first question, after which one may say why in one's own words."""
    rest = survey.questions[1:]
    words_alone = all(each.kind == "text" and not each.required for each in rest)
    return words_alone and sum(not each.when for each in rest) <= 1


def words(question: Question, lang: str) -> str:
    """What a mail asks: the words of ``question``, or ours where it only wants to know why."""
    return question.text(lang).question or language.text("surveys.asks.comment", lang)


def leaves_room(limit: Limit, *, reminders: int, every_days: int) -> bool:
    """Whether ``limit`` lets somebody get an invitation and each of the reminders, ``every_days`` apart."""
    sent = [step * every_days for step in range(reminders + 1)]
    before = (sum(1 for other in sent[:step] if day - other < limit.within_days) for step, day in enumerate(sent))
    return all(mails < limit.most for mails in before)


def expires(at: datetime, *, link_days: int, ends_at: datetime | None) -> datetime:
    """Until when an invitation of ``at`` holds: as long as links do, and no longer than its wave."""
    own = at + timedelta(days=link_days)
    return own if ends_at is None else min(own, ends_at)


def state(
    *,
    released_at: datetime | None,
    begun_at: datetime | None,
    asked_at: datetime | None,
    ends_at: datetime | None,
    end_reason: str | None,
    at: datetime,
) -> State:
    """How a wave stands at ``at``."""
    if end_reason is not None:
        return "closed" if end_reason == "closed" else "stopped"
    if released_at is None:
        return "draft"
    if begun_at is None:
        return "planned"
    if ends_at is not None and ends_at <= at:
        return "over"
    return "open" if asked_at else "asking"
