"""Reconsider a refusal that somebody objected to: another member looks, decides anew, and answers (Art. 22(3) GDPR).

The objection is a case like any other request, with its clock. What was refused is decided where referrals are decided,
by whoever may, and both of the two who objected are answered by the same decision.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Overtaken, Refused
from leumund.privacy.cases import finding, finishing, taking
from leumund.privacy.cases.rules import Outcome
from leumund.rewards import deciding, reviewing, waiving

Verdict = Literal["upheld", "changed"]
_OPEN = """
SELECT id FROM rights_case WHERE kind = 'review' AND subject = $1 AND closed_at IS NULL ORDER BY received_at, id
"""
_REFUSED = f"""
SELECT FROM referral r WHERE r.id = $1 AND (r.state = 'rejected' OR EXISTS (
    SELECT FROM review_decision d WHERE d.referral = r.id AND {deciding.DENIED}))
"""  # noqa: S608 - ours alone


class NoObjection(Overtaken):
    """Nobody objected, or they were answered."""


class DecidedElsewhere(Refused):
    """Where it is about a refusal, words alone do not change it: it is decided at the referral."""


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the two wrote against a refusal, and when it came."""

    case: UUID
    customer: UUID | None
    words: str
    received_at: datetime


async def objections(*, referral: UUID) -> list[Objection]:
    """Those that nobody has answered yet, the oldest first; a query more for each, of which there are two at most."""
    found = [await finding.find(case=row["id"]) for row in await ground.fetch(_OPEN, referral)]
    return [
        Objection(case=each.id, customer=each.customer, words=each.words, received_at=each.received_at)
        for each in found
    ]


async def decide(*, referral: UUID, verdict: Verdict, told: str, by: UUID, at: datetime) -> bool:
    """Leave the refusal as it is, or approve after all, and answer whoever objected with ``told``.

    False where the order is so large that another member has to approve it too: it waits for them, and the answer says
    that the refusal is taken back. Raises NoObjection, deciding.OwnDecision, free_text.Missing, and what
    reviewing.reopen and reviewing.approve, or waiving.reconsider, raise.
    """
    cases = [row["id"] for row in await ground.fetch(_OPEN, referral)]
    if not cases:
        raise NoObjection("errors.reviews.no_objection")
    await deciding.require_another(referral=referral, by=by)
    done = True
    if verdict == "changed" and await deciding.denied(referral=referral):
        done = await waiving.reconsider(referral=referral, by=by, at=at)
    elif verdict == "changed":
        await reviewing.reopen(referral=referral, by=by, at=at)
        done = await reviewing.approve(referral=referral, by=by, at=at)
    for case in cases:
        await _answer(case, verdict, told, by, at)
    return done


async def finish_by_hand(*, case: UUID, outcome: Outcome, told: str, by: UUID, at: datetime) -> None:
    """As finishing.finish_by_hand does, but of what was refused. Raises DecidedElsewhere, and what that raises."""
    found = await finding.plain(case=case)
    if found.kind == "review" and await ground.fetch(_REFUSED, found.subject):
        raise DecidedElsewhere("errors.reviews.decided_elsewhere", field="outcome")
    await finishing.finish_by_hand(case=case, outcome=outcome, told=told, by=by, at=at)


async def _answer(case: UUID, verdict: Verdict, told: str, by: UUID, at: datetime) -> None:
    found = await finding.plain(case=case)
    if found.state == "identified":
        await taking.take(case=case, by=by, at=at)
    await finishing.finish(case=case, outcome=verdict, told=told, by=by, at=at)
