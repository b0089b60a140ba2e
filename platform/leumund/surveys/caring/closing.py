"""Close a case with what came of it, and open it again where that was too soon."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.customers.segments import evaluating
from leumund.kit import free_text, ground, outbox
from leumund.kit.faults import Refused
from leumund.surveys.caring import arranging, finding, jotting, recording, rules, standing
from leumund.surveys.caring.finding import Open
from leumund.surveys.caring.recording import Move
from leumund.surveys.caring.rules import Outcome

# As long as whoever answers gladly is left alone before they are written to.
_INVITED_AFTER = timedelta(days=1)
_NEWEST = """
SELECT invitation FROM survey_answer WHERE customer = $1 AND score IS NOT NULL
ORDER BY answered_at DESC, id DESC LIMIT 1
"""
_CLOSE = "UPDATE customer_case SET closed_at = $2, outcome = $3 WHERE id = $1"
_REOPEN = """
UPDATE customer_case
SET closed_at = NULL, outcome = NULL, contacted_at = NULL, told_at = NULL, due_at = $2 WHERE id = $1
"""


class NoSuchOutcome(Refused):
    """A case does not end like that, or not yet."""


async def close(*, case: UUID, outcome: Outcome, note: str, by: UUID, at: datetime) -> None:
    """It came to ``outcome``; whoever is glad by now may be asked to recommend again.

    Raises what finding.locked raises, NoSuchOutcome, free_text.TooLong.
    """
    plain = free_text.checked(note, field="outcome_note")
    found = await finding.locked(case=case)
    if outcome not in rules.outcomes(mood=found.mood, contacted=found.contacted_at is not None):
        raise NoSuchOutcome("errors.care.outcome", field="outcome")
    await end(case=found, outcome=outcome, actor=f"staff:{by}", at=at)
    await evaluating.tell(customer=found.customer, at=at)
    await jotting.keep(case=found, plain=plain, by=by, at=at)
    await _invite_if_glad(found.customer, at)


async def end(*, case: Open, outcome: Outcome, actor: str, at: datetime) -> None:
    """Close a case that is locked, as ``actor``."""
    await ground.execute(_CLOSE, case.id, at, outcome)
    move = Move(what="closed", was=case.state, became="closed")
    await recording.record(case=case.id, move=move, actor=actor, at=at, detail={"outcome": outcome})


async def _invite_if_glad(customer: UUID, at: datetime) -> None:
    """Whoever answered gladly meanwhile was held back by the case; who may be written to, the job asks again."""
    if await standing.may_recommend(customer=customer):
        rows = await ground.fetch(_NEWEST, customer)
        if rows and rows[0]["invitation"]:
            subject = rows[0]["invitation"]
            await outbox.enqueue(kind="programs.invite", subject=subject, due_at=at + _INVITED_AFTER, bulk=True)


async def reopen(*, case: UUID, note: str, by: UUID, at: datetime) -> None:
    """It is not settled, as ``note`` says, and its time begins anew.

    Raises what finding.locked raises, free_text.Missing, free_text.TooLong.
    """
    plain = free_text.checked(note, field="reopening_note", needed=True)
    found = await finding.locked(case=case, closed=True)
    await open_again(case=found, actor=f"staff:{by}", at=at)
    await evaluating.tell(customer=found.customer, at=at)
    await jotting.keep(case=found, plain=plain, by=by, at=at)


async def open_again(*, case: Open, actor: str, at: datetime) -> None:
    """Open a closed case that is locked: its person is to be reached once more."""
    await ground.execute(_REOPEN, case.id, await arranging.due(mood=case.mood, since=at))
    await recording.record(case=case.id, move=Move(what="reopened", was="closed", became="open"), actor=actor, at=at)
