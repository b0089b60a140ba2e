"""Open a case for an answer that calls for one, once; an answer that is corrected moves its case.

Only of a named answer somebody is known to look after. Better words close the case by themselves, worse ones open it
again and say so; whatever is neither leaves it to whoever works on it.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from leumund.customers.segments import evaluating
from leumund.kit import ground
from leumund.surveys.caring import arranging, assigning, closing, feeling, finding, recording
from leumund.surveys.caring.finding import Open
from leumund.surveys.caring.recording import SYSTEM, Move
from leumund.surveys.caring.tables import CustomerCase
from leumund.surveys.questions import moods
from leumund.surveys.questions.moods import Mood

# The outbox's word for it: its subject is an answer.
KIND = "surveys.care"
_WHOSE = """
SELECT a.customer, a.answered_at
FROM survey_answer a JOIN customer c ON c.id = a.customer JOIN survey s ON s.id = a.survey
WHERE a.id = $1 AND c.held IS NULL AND s.named FOR UPDATE OF a
"""
_HAS = "SELECT id FROM customer_case WHERE answer = $1"
_MOVE = "UPDATE customer_case SET mood = $2, due_at = $3, told_at = NULL WHERE id = $1"


class _Given(NamedTuple):
    answer: UUID
    customer: UUID
    answered_at: datetime
    mood: Mood


async def open(*, answer: UUID, at: datetime) -> UUID | None:  # noqa: A001 - what one does with a case
    """The case of ``answer`` as it is to be now; None where it calls for none, or nobody is known to have given it."""
    given = await _given(answer)
    if given is None:
        return None
    rows = await ground.fetch(_HAS, answer)
    if not rows:
        arranged = await arranging.arrangement()
        return await _open(given, at) if arranged.deadlines[given.mood].opens else None
    case = await finding.held(case=rows[0]["id"])
    if case.mood != given.mood:
        await _move(case, given.mood, at)
        await evaluating.tell(customer=given.customer, at=at)
    return case.id


async def _given(answer: UUID) -> _Given | None:
    """Whose answer it is and how they feel, under its lock: of two jobs at once the second finds the case."""
    rows = await ground.fetch(_WHOSE, answer)
    mood = await feeling.of(answer=answer) if rows else None
    return _Given(answer, rows[0]["customer"], rows[0]["answered_at"], mood) if mood else None


async def _open(given: _Given, at: datetime) -> UUID:
    case, owner = uuid4(), await assigning.choose()
    row = CustomerCase(
        id=case,
        **given._asdict(),
        opened_at=at,
        due_at=await arranging.due(mood=given.mood, since=at),
        owner=owner,
        assigned_at=owner and at,
    )
    await CustomerCase.insert(row)
    opened = Move(what="opened", was=None, became="open")
    await recording.record(case=case, move=opened, actor=SYSTEM, at=at, detail={"mood": given.mood})
    await evaluating.tell(customer=given.customer, at=at)
    if owner:
        detail = {"member": str(owner)}
        await recording.stay(case=case, what="assigned", state="open", actor=SYSTEM, at=at, detail=detail)
    return case


async def _move(case: Open, mood: Mood, at: datetime) -> None:
    """Whoever feels worse now is due by the time that begins now, whoever feels better by that which began before."""
    is_worse = moods.is_worse(mood, than=case.mood)
    due_at = await arranging.due(mood=mood, since=at if is_worse else case.opened_at)
    await ground.execute(_MOVE, case.id, mood, due_at)
    detail = {"from": case.mood, "to": mood}
    await recording.stay(case=case.id, what="answered_anew", state=case.state, actor=SYSTEM, at=at, detail=detail)
    now = await finding.held(case=case.id)
    if mood == "glad" and now.is_open:
        await closing.end(case=now, outcome="answered_better", actor=SYSTEM, at=at)
    elif is_worse and not now.is_open:
        await closing.open_again(case=now, actor=SYSTEM, at=at)
