"""Ask by waves: a job for every few people of a wave, for its reminders, and for what happened that is asked about."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from leumund.surveys.asking import inviting, planning, reminding
from leumund.worker.working import Deed


async def _ask(wave: UUID, at: datetime) -> None:
    await inviting.go_on(wave=wave, at=at)


async def _remind(wave: UUID, at: datetime) -> None:
    await reminding.remind(wave=wave, at=at)


DEEDS: Mapping[str, Deed] = MappingProxyType({planning.KIND: _ask, reminding.KIND: _remind})
