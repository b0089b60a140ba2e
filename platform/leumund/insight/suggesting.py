"""Suggest what to do next with one customer, from what their page has read already and one statement more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent.evidence.reading import Standing
from leumund.customers.records.finding import Person
from leumund.insight import rules
from leumund.insight.rules import Case, Felt, Known, Program, Slipped, Step
from leumund.kit import ground
from leumund.messages.listing import Sent
from leumund.segmenting.ranking import Ranked
from leumund.surveys.answers.listing import Whole
from leumund.surveys.questions import moods

# An objection to all advertising is a stop of the address, which outlives whatever else is known.
_ABOUT = """
SELECT
    c.profiling_objected_at IS NOT NULL OR EXISTS (
        SELECT FROM consent_suppression stop
        WHERE stop.channel = 'email' AND stop.address_hash = c.email_hash) AS objected,
    EXISTS (SELECT FROM program WHERE state = 'live') AS live,
    EXISTS (SELECT FROM program_invitation WHERE customer = c.id)
        OR EXISTS (SELECT FROM participation WHERE customer = c.id) AS knows,
    (SELECT min(confirmed_at) FROM participation
     WHERE customer = c.id AND confirmed_at IS NOT NULL AND ended_at IS NULL) AS takes_part_since,
    k.id AS case, k.due_at, k.contacted_at IS NOT NULL AS reached
FROM customer c LEFT JOIN LATERAL (
    SELECT id, due_at, contacted_at FROM customer_case
    WHERE customer = c.id AND closed_at IS NULL AND mood <> 'glad' ORDER BY due_at, id LIMIT 1
) k ON true
WHERE c.id = $1
"""
_SURVEYS = ("survey_invitation", "survey_reminder")


class About(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands, whoever asks."""

    objected: bool
    program: Program
    case: Case | None

    @property
    def takes_part(self) -> bool:
        """Whether they take part in some program, be it one that rests or has ended."""
        return self.program.takes_part_since is not None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows its reader; None where they may not see it."""

    person: Person
    mails: Sequence[Sent]
    sees_case: bool
    standing: Sequence[Standing] | None
    answers: Sequence[Whole] | None
    referrals: Sequence[dict[str, Any]] | None
    classes: Sequence[Ranked]


async def about(*, customer: UUID) -> About:
    """One query; ``customer`` is somebody."""
    row = (await ground.fetch(_ABOUT, customer))[0]
    case = Case(id=row["case"], due_at=row["due_at"], reached=row["reached"]) if row["case"] else None
    program = Program(live=row["live"], knows=row["knows"], takes_part_since=row["takes_part_since"])
    return About(objected=row["objected"], program=program, case=case)


def suggest(about: About, shown: Shown, *, at: datetime) -> list[Step]:
    """The next steps, for a reader who sees what is ``shown``; no query."""
    return rules.next_steps(_known(about, shown), at=at)


def _known(about: About, shown: Shown) -> Known:
    brought = None if shown.referrals is None else [each for each in shown.referrals if each["side"] == "advocate"]
    return Known(
        rests=shown.person.held is not None or shown.person.is_gone,
        objected=about.objected,
        case=about.case,
        sees_case=shown.sees_case,
        sees_answers=shown.answers is not None,
        answered=bool(shown.answers),
        asked_at=max((each.created_at for each in shown.mails if each.kind in _SURVEYS), default=None),
        felt=_felt(shown.answers or ()),
        allowed=None if shown.standing is None else {each.purpose: each.given for each in shown.standing},
        program=about.program,
        friends=None if brought is None else len(brought),
        in_review=next((each["id"] for each in brought or () if each["state"] == "in_review"), None),
        slipped=next((found for each in shown.classes if (found := _slipped(each))), None),
    )


def _felt(answers: Sequence[Whole]) -> Felt | None:
    """How they felt when they last said so; ``answers`` are the newest first."""
    for each in answers:
        if mood := moods.of(each.definition, each.filled.marks):
            return Felt(mood=mood, score=each.score, at=each.at)
    return None


def _slipped(ranked: Ranked) -> Slipped | None:
    if ranked.before is None or ranked.before >= ranked.letter:
        return None
    return Slipped(before=ranked.before, after=ranked.letter, since_date=ranked.since_date)
