"""Ask by waves: a job for every few people of a wave, for its reminders, and for what happened that is asked about."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from leumund.customers.segments.reading import SegmentUnknown
from leumund.segmenting import computing
from leumund.surveys.asking import ending, hearing, inviting, listing, planning, reminding
from leumund.surveys.studio import closing
from leumund.worker.working import Deed


async def _ask(wave: UUID, at: datetime) -> None:
    found = await listing.find(wave=wave)
    if found.segment is not None and found.begun_at is None:
        # Whoever came into it, or left it, since last night. One that ended is told of by the wave itself.
        with suppress(SegmentUnknown):
            await computing.freshen(segment=found.segment, at=at)
    await inviting.go_on(wave=wave, at=at)


async def _remind(wave: UUID, at: datetime) -> None:
    await reminding.remind(wave=wave, at=at)


async def _ask_about(event: UUID, at: datetime) -> None:
    await hearing.settle(event=event, at=at)


async def _end(survey: UUID, at: datetime) -> None:
    await ending.close(survey=survey, at=at)


DEEDS: Mapping[str, Deed] = MappingProxyType(
    {planning.KIND: _ask, reminding.KIND: _remind, hearing.KIND: _ask_about, closing.CLOSED: _end}
)
