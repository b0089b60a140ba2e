"""Finish a case: what was asked for is done, all of it or in part, or we hold nothing to do it with."""

from datetime import datetime
from uuid import UUID

from leumund.kit import free_text, ground
from leumund.kit.faults import Refused
from leumund.privacy.cases import answering, finding, recording, rules, telling
from leumund.privacy.cases.finding import Open
from leumund.privacy.cases.rules import Outcome
from leumund.privacy.cases.tables import ANSWER

_FINISH = "UPDATE rights_case SET closed_at = $2, outcome = $3, answer_sealed = $4 WHERE id = $1"


class NoSuchOutcome(Refused):
    """A case of this kind does not end like that."""


async def finish(*, case: UUID, outcome: Outcome, told: str, by: UUID | None, at: datetime) -> None:
    """The person is mailed that their request is answered; ``told`` is the answer in words, which a review needs.

    ``by`` is None where nobody was needed. Raises what finding.locked raises, NoSuchOutcome, free_text.Missing,
    free_text.TooLong.
    """
    found = await _open(case, outcome)
    if outcome not in rules.outcomes(found.kind):
        raise NoSuchOutcome("errors.rights.no_such_outcome", field="outcome")
    plain = free_text.checked(told, field="answer", needed=outcome not in ("carried_out", "nothing_held"))
    sealed = ANSWER.keep(plain, case, key=await finding.key_of(found.customer))
    await ground.execute(_FINISH, case, at, outcome, sealed)
    actor = recording.SYSTEM if by is None else f"staff:{by}"
    await recording.record(case=case, what="done", actor=actor, detail={"outcome": outcome}, at=at)
    if found.kind in rules.TOLD_ON and outcome != "nothing_held":
        await telling.list_recipients(case=case, at=at)
    # A copy and an erasure are told of by mails of their own.
    if found.kind not in rules.COPIED and (found.kind, outcome) != ("erasure", "carried_out"):
        await answering.answer(case=found, kind="rights_done", at=at)


async def finish_by_hand(*, case: UUID, outcome: Outcome, told: str, by: UUID, at: datetime) -> None:
    """As ``finish`` does, where it is on ``by`` to say what was done. Raises what that raises."""
    if outcome not in rules.by_hand((await finding.plain(case=case)).kind):
        raise NoSuchOutcome("errors.rights.no_such_outcome", field="outcome")
    await finish(case=case, outcome=outcome, told=told, by=by, at=at)


async def _open(case: UUID, outcome: Outcome) -> Open:
    """Locked on the way to its end: that we hold nothing can be said of somebody nobody knows."""
    found = await finding.locked(case=case)
    if found.customer is None and outcome == "nothing_held":
        return found
    return await finding.locked(case=case, to="done")
