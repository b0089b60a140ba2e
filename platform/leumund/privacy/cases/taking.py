"""Take a case: from here on somebody works on it, and no case is worked on before it is known who asks."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.privacy.cases import finding, recording


async def take(*, case: UUID, by: UUID, at: datetime) -> None:
    """``by`` works on it. Raises what finding.locked raises."""
    await finding.locked(case=case, to="in_work")
    await _take(case, by, f"staff:{by}", at)


async def take_over(*, case: UUID, by: UUID, at: datetime) -> None:
    """From now on ``by`` works on a case that somebody took before. Raises what finding.locked raises."""
    found = await finding.locked(case=case, to="done")
    if found.worker != by:
        await ground.execute("UPDATE rights_case SET worker = $2 WHERE id = $1", case, by)
        await recording.record(case=case, what="taken_over", actor=f"staff:{by}", at=at)


async def take_by_itself(*, case: UUID, at: datetime) -> None:
    """Nobody is needed for it. Raises what finding.locked raises."""
    await finding.locked(case=case, to="in_work")
    await _take(case, None, recording.SYSTEM, at)


async def _take(case: UUID, by: UUID | None, actor: str, at: datetime) -> None:
    await ground.execute("UPDATE rights_case SET taken_at = $2, worker = $3 WHERE id = $1", case, at, by)
    await recording.record(case=case, what="taken", actor=actor, at=at)
