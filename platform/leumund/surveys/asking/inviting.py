"""Invite customers to a survey: only with a consent, never too often, and with every refusal told by its reason.

A survey by mail is advertising (BGH VI ZR 225/17), so an invitation is made only where the consent stands; the mail
asks the gate again when it is sent. In the portal nobody is written to.
"""

from datetime import datetime
from uuid import UUID

from leumund.company import agreeing
from leumund.customers.records import reserving
from leumund.customers.segments.reading import SegmentUnknown
from leumund.kit import ground, outbox
from leumund.surveys.asking import (
    arranging,
    drawing,
    ending,
    judging,
    listing,
    planning,
    putting,
    reminding,
    withholding,
)
from leumund.surveys.asking.arranging import Limits
from leumund.surveys.asking.listing import Wave
from leumund.surveys.studio.publishing import NoSurvey

# Whoever is left is asked by the next job.
CHUNK = 2_000
_BEGIN = """
UPDATE survey_wave SET survey = $2, begun_at = $3, ends_at = $3::timestamptz + make_interval(days => lasts_days)
WHERE id = $1
"""
_NEXT = "SELECT customer FROM survey_wave_person WHERE wave = $1 ORDER BY lot, customer LIMIT $2"
_HANDLED = "DELETE FROM survey_wave_person WHERE wave = $1 AND customer = ANY ($2)"
_INVITED = "SELECT count(*) AS people FROM survey_invitation WHERE wave = $1"
_ASKED = "UPDATE survey_wave SET asked_at = $2 WHERE id = $1"
_SYSTEM = "system:surveys"


async def go_on(*, wave: UUID, at: datetime) -> None:
    """Ask the next few of a wave, and leave a job for the others; begins it where it has not. A worker's deed."""
    found = await listing.find(wave=wave)
    if found.ended_at is not None or found.asked_at is not None:
        return
    if found.ends_at is not None and found.ends_at <= at:
        # The worker rested for longer than the wave was to last.
        await ending.end(wave=found, reason="stopped", actor=_SYSTEM, at=at)
        return
    try:
        await agreeing.require()
        await planning.open_survey(key=found.key)
        found = found if found.begun_at else await _begin(found, at)
    except agreeing.NotAgreed:
        await ending.end(wave=found, reason="stopped", actor=_SYSTEM, at=at)
    except (NoSurvey, SegmentUnknown):
        await ending.end(wave=found, reason="closed", actor=_SYSTEM, at=at)
    else:
        if await _step(found, await arranging.limits(), at):
            await outbox.enqueue(kind=planning.KIND, subject=wave, due_at=at, bulk=True)
            return
        await ground.execute(_ASKED, wave, at)
        await reminding.remember(wave=found, after=at)


async def _begin(wave: Wave, at: datetime) -> Wave:
    """Settle which version it asks by and until when, and draw whom. Raises NoSurvey, also where it is closed."""
    survey = await planning.open_survey(key=wave.key)
    await ground.execute(_BEGIN, wave.id, survey.id, at)
    await drawing.draw(wave=wave, at=at)
    return await listing.find(wave=wave.id)


async def _step(wave: Wave, limits: Limits, at: datetime) -> bool:
    """Ask the next few, as many as the sample still wants; false when there is nobody left to ask."""
    people = [row["customer"] for row in await ground.fetch(_NEXT, wave.id, await _wanted(wave))]
    if not people:
        await withholding.note_rest(wave=wave.id, key=wave.key, reason="sampled_out", at=at)
        return False
    await reserving.reserve(people=people)
    left = await drawing.left(wave=wave, people=people)
    judged = await judging.by_wave(wave, people=left, limits=limits, at=at)
    asking = wave.asking(link_days=limits.link_days, at=at)
    await putting.put(asking=asking, people=putting.spoken(judged.asked, wave.languages), at=at)
    await withholding.note(wave=wave.id, key=wave.key, reasons=judged.held, at=at)
    await ground.execute(_HANDLED, wave.id, people)
    return True


async def _wanted(wave: Wave) -> int:
    """How many to ask next; 0 when the sample is full."""
    if wave.sample_size is None:
        return CHUNK
    invited: int = (await ground.fetch(_INVITED, wave.id))[0]["people"]
    return min(CHUNK, wave.sample_size - invited)
