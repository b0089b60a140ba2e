"""Arrange how often anybody is asked, over all surveys and by each, how long a link holds, and when it is quiet."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from leumund.audit import noting
from leumund.kit.faults import Refusals, Refused
from leumund.messages.gate import quieting
from leumund.messages.gate.quieting import Quiet
from leumund.surveys.asking.tables import SurveySetting


class OutOfBounds(Refused):
    """A figure nobody should have."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """``rest_days`` lie between two surveys to one person, whichever they are; one survey asks them ``yearly`` times.

    A personal link holds for ``link_days``; after an event ``delay_hours`` pass before somebody is asked about it.
    """

    rest_days: int = 90
    yearly: int = 4
    link_days: int = 30
    delay_hours: int = 24


# Within these a company may choose; the database holds the same.
BOUNDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"rest_days": (30, 365), "yearly": (1, 12), "link_days": (7, 90), "delay_hours": (0, 720)}
)


async def limits() -> Limits:
    """The company's own, or ours."""
    columns = [getattr(SurveySetting, name) for name in Limits.__struct_fields__]
    row = await SurveySetting.select(*columns).first()
    return Limits() if row is None else msgspec.convert(row, Limits)


async def arrange(*, wanted: Limits, quiet: Quiet, region: str, actor: str, at: datetime) -> None:
    """Ask as ``wanted`` from now on, and keep ``quiet`` and the holidays of ``region``. Raises Refusals."""
    faults: list[Refused] = [
        OutOfBounds("errors.asking.bounds", field=name, least=least, most=most)
        for name, (least, most) in BOUNDS.items()
        if not least <= getattr(wanted, name) <= most
    ]
    if faults := [*faults, *await quieting.objections(wanted=quiet, region=region)]:
        raise Refusals(faults)
    await quieting.keep(wanted=quiet, region=region, actor=actor, at=at)
    if wanted == await limits():
        return
    row = SurveySetting(id=1, **msgspec.structs.asdict(wanted), changed_at=at)
    changing = [column for column in SurveySetting.all_columns() if column is not SurveySetting.id]
    await SurveySetting.insert(row).on_conflict(target=SurveySetting.id, action="DO UPDATE", values=changing)
    await noting.note(actor=actor, action="surveys.arranged", detail=msgspec.structs.asdict(wanted), at=at)
