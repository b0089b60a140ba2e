"""End a wave before its time: nobody else is asked or reminded, and what waits to be sent is not sent.

Whoever has their link may still answer by it, unless the survey itself was closed.
"""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground
from leumund.messages import sending
from leumund.surveys.asking import listing, withholding
from leumund.surveys.asking.listing import Wave
from leumund.surveys.asking.rules import Reason
from leumund.surveys.studio import closing

_END = """
UPDATE survey_wave SET ended_at = $2, ended_by = $3, end_reason = $4 WHERE id = $1 AND ended_at IS NULL
"""
_CHUNK = 5_000
_INVITATIONS = """
SELECT id FROM survey_invitation WHERE wave = $1 AND ($2::uuid IS NULL OR id > $2) AND answered_at IS NULL
ORDER BY id LIMIT $3
"""
_OPEN = f"""
SELECT w.id FROM survey_wave w JOIN survey s ON s.key = w.key
WHERE s.id = $1 AND w.released_at IS NOT NULL AND w.ended_at IS NULL AND {closing.IS_CLOSED}
"""  # noqa: S608 - ours alone


async def stop(*, wave: UUID, actor: str, at: datetime) -> None:
    """Let the wave ask nobody any more. Raises WaveUnknown."""
    found = await listing.find(wave=wave)
    if found.state(at) in ("planned", "asking", "open"):
        await end(wave=found, reason="stopped", actor=actor, at=at)


async def close(*, survey: UUID, at: datetime) -> None:
    """End all waves of the survey whose version this is, if it is closed still. A worker's deed."""
    for row in await ground.fetch(_OPEN, survey):
        await end(wave=await listing.find(wave=row["id"]), reason="closed", actor="system:surveys", at=at)


async def end(*, wave: Wave, reason: Reason, actor: str, at: datetime) -> None:
    """Once; a second time changes nothing."""
    if not await ground.execute(_END, wave.id, at, actor, reason):
        return
    left = await withholding.note_rest(wave=wave.id, key=wave.key, reason=reason, at=at)
    recalled = await _recall(wave, reason)
    detail = {"reason": reason, "not_asked": left, "not_sent": recalled}
    await noting.note(actor=actor, action="surveys.wave_ended", subject=wave.id, detail=detail, at=at)


async def _recall(wave: Wave, reason: Reason) -> int:
    """Some at a time, so that memory stays flat."""
    last: UUID | None = None
    recalled = 0
    while rows := await ground.fetch(_INVITATIONS, wave.id, last, _CHUNK):
        last = rows[-1]["id"]
        recalled += await sending.recall_about(subjects=[row["id"] for row in rows], reason=reason)
    return recalled
