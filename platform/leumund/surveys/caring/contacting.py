"""Contact the person of a case: that somebody spoke to them, or tried to, is written down with how."""

from datetime import datetime
from uuid import UUID

from leumund.kit import free_text, ground
from leumund.surveys.caring import finding, jotting, recording
from leumund.surveys.caring.finding import Open
from leumund.surveys.caring.recording import Move
from leumund.surveys.caring.rules import Way

_REACHED = """
UPDATE customer_case SET contacted_at = coalesce(contacted_at, $2), reached_at = coalesce(reached_at, $2) WHERE id = $1
"""


async def reach(*, case: UUID, way: Way, note: str, by: UUID, at: datetime) -> None:
    """``by`` spoke or wrote to them. Raises what finding.locked raises, free_text.TooLong."""
    plain = free_text.checked(note, field="contact_note")
    found = await finding.locked(case=case)
    await contacted(case=found, what="reached", by=by, at=at, detail={"way": way})
    await jotting.keep(case=found, plain=plain, by=by, at=at)


async def miss(*, case: UUID, way: Way, note: str, by: UUID, at: datetime) -> None:
    """``by`` tried to reach them and did not. Raises what finding.locked raises, free_text.TooLong."""
    plain = free_text.checked(note, field="contact_note")
    found = await finding.locked(case=case)
    detail = {"way": way}
    await recording.stay(case=case, what="tried", state=found.state, actor=f"staff:{by}", at=at, detail=detail)
    await jotting.keep(case=found, plain=plain, by=by, at=at)


async def contacted(*, case: Open, what: str, by: UUID, at: datetime, detail: dict[str, object]) -> None:
    """The person of a locked case was reached; the first time counts."""
    await ground.execute(_REACHED, case.id, at)
    move = Move(what=what, was=case.state, became="contacted")
    await recording.record(case=case.id, move=move, actor=f"staff:{by}", at=at, detail=detail)
