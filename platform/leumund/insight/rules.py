"""What staff could do next with a customer, by where that customer stands; each step with the facts it follows from.

Nothing here is kept, and nothing is done by it: a page shows the steps to whoever looks at the customer. Whoever is
unhappy is answered before anything else, and is asked neither to recommend nor to answer.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from leumund.programs import inviting
from leumund.surveys.asking import rules as asking
from leumund.surveys.questions.moods import Mood

Key = Literal["answer", "settle", "review", "slipped", "invite", "encourage", "ask"]
MOST = 2
_ABOUT_HOW_THEY_ARE = (asking.PURPOSE, "phone")
# Whoever answers gladly is invited by the program itself a day later; who is still not by then was left out.
_INVITED_BY_ITSELF = timedelta(days=2)
# What somebody felt longer ago says little of today.
_FELT_LATELY = timedelta(days=365)
_TIME_TO_RECOMMEND = timedelta(days=30)
_SLIPPED_LATELY = timedelta(days=90)
# Whoever was asked how they are, or said so, is not asked again right away.
_LEFT_IN_PEACE = timedelta(days=30)


class Felt(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody felt when they last said so; ``score`` is their mark for recommending, if they gave one."""

    mood: Mood
    score: int | None
    at: datetime


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An open case of somebody who was not glad, and whether they were reached."""

    id: UUID
    due_at: datetime
    reached: bool


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands to the program; who ``knows`` it was invited once, or asked to take part."""

    live: bool
    knows: bool
    takes_part_since: datetime | None


class Slipped(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody fell from one class to another; known only of who agreed to be evaluated."""

    before: str
    after: str
    since_date: date


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a customer. None is what the page's reader may not see, and no step follows from it.

    ``rests`` where their data do, ``objected`` where they said no to advertising or to being evaluated. ``allowed`` is
    over which channels by purpose, ``asked_at`` when they were last sent a survey; ``in_review`` is a friend of theirs
    who waits for a decision.
    """

    rests: bool
    objected: bool
    case: Case | None
    sees_case: bool
    sees_answers: bool
    answered: bool
    asked_at: datetime | None
    felt: Felt | None
    allowed: Mapping[str, list[str]] | None
    program: Program
    friends: int | None
    in_review: UUID | None
    slipped: Slipped | None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do; ``subject`` is the row it is about, ``facts`` are what its reason tells."""

    key: Key
    subject: UUID | None = None
    facts: Mapping[str, object] = {}


def next_steps(known: Known, *, at: datetime) -> list[Step]:
    """At most MOST, the most pressing first; none for whoever objected or whose data rest."""
    if known.rests or known.objected:
        return []
    found = [_case(known, at), _review(known)]
    if known.case is None and not (known.felt and known.felt.mood == "unhappy"):
        found += [_slipped(known, at), _invite(known, at), _encourage(known, at), _ask(known)]
    return [step for step in found if step][:MOST]


def _case(known: Known, at: datetime) -> Step | None:
    if known.case is None or not known.sees_case:
        return None
    if known.case.reached:
        return Step(key="settle", subject=known.case.id)
    return Step(key="answer", subject=known.case.id, facts={"due": known.case.due_at, "late": known.case.due_at < at})


def _review(known: Known) -> Step | None:
    return Step(key="review", subject=known.in_review) if known.in_review else None


def _slipped(known: Known, at: datetime) -> Step | None:
    """To ask how they are doing is what those consents are about; agreeing to be evaluated is no leave to write."""
    channels = sorted({each for purpose in _ABOUT_HOW_THEY_ARE for each in _over(known, purpose)})
    fell = known.slipped
    if fell is None or not channels or fell.since_date < (at - _SLIPPED_LATELY).date():
        return None
    heard = [known.asked_at, known.felt and known.felt.at]
    if any(moment and at - moment < _LEFT_IN_PEACE for moment in heard):
        return None
    facts = {"before": fell.before, "after": fell.after, "day": fell.since_date, "channels": channels}
    return Step(key="slipped", facts=facts)


def _invite(known: Known, at: datetime) -> Step | None:
    felt = known.felt
    if felt is None or felt.mood != "glad" or not _may_hear_of_the_program(known):
        return None
    if known.program.knows or not _INVITED_BY_ITSELF < at - felt.at <= _FELT_LATELY:
        return None
    return Step(key="invite", facts={"score": felt.score, "day": felt.at})


def _encourage(known: Known, at: datetime) -> Step | None:
    since = known.program.takes_part_since
    if since is None or known.friends != 0 or at - since < _TIME_TO_RECOMMEND or not _may_hear_of_the_program(known):
        return None
    if known.felt and known.felt.mood != "glad":
        return None
    return Step(key="encourage", facts={"day": since})


def _ask(known: Known) -> Step | None:
    if not known.sees_answers or known.answered or known.asked_at or "email" not in _over(known, asking.PURPOSE):
        return None
    return Step(key="ask")


def _may_hear_of_the_program(known: Known) -> bool:
    """Nobody is asked to recommend whose answers the reader cannot see: they may have been unhappy ones."""
    return known.program.live and known.sees_answers and "email" in _over(known, inviting.PURPOSE)


def _over(known: Known, purpose: str) -> list[str]:
    return (known.allowed or {}).get(purpose, [])
