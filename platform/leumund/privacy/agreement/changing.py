"""Tell a company what changes about its agreement, and take its objection (Art. 28(2) GDPR)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.company.processing import Described
from leumund.company.tables import AgreementNotice
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.messages import alerting
from leumund.privacy.agreement import wording

KIND = "processor_notice"
_RIGHT = "agreement.accept"
_WITHIN = timedelta(days=wording.OBJECT_WITHIN_DAYS)
_OBJECT = """
UPDATE agreement_notice SET objected_at = $2, objected_by = $3
WHERE id = $1 AND objected_at IS NULL AND until_at > $2 RETURNING id
"""


class NoticeUnknown(Unknown):
    """No such notice, or the time to object is over, or somebody did already."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What was told: the agreement's version and everybody who works for the operator from then on."""

    id: UUID
    version: int
    processors: list[Described]
    told_at: datetime
    until_at: datetime
    objected_at: datetime | None
    objected_by: str | None
    added: list[str] = []
    gone: list[str] = []


async def begin(*, processors: Sequence[Described], at: datetime) -> None:
    """``processors`` are those of the agreement a company accepts: what differs from them is a change."""
    if not await notices():
        await _keep(processors, at=at, until_at=at)


async def tell(*, processors: Sequence[Described], actor: str, at: datetime) -> bool:
    """Tell whoever may accept of what changed since the last time; false where nothing did.

    Before anything was accepted or told nothing is a change: the agreement itself lists them.
    """
    before = await notices()
    if not before:
        await begin(processors=processors, at=at)
        return False
    if (before[0].version, before[0].processors) == (wording.VERSION, list(processors)):
        return False
    notice = await _keep(processors, at=at, until_at=at + _WITHIN)
    await noting.note(actor=actor, action="agreement.change_told", subject=notice, at=at)
    await alerting.alert(kind=KIND, right=_RIGHT, at=at)
    return True


async def notices() -> list[Notice]:
    """What was told, the newest first, each with who came and who went by it; the oldest is where it began."""
    query = AgreementNotice.select().order_by(AgreementNotice.told_at, ascending=False)
    told = msgspec.convert(await query.output(load_json=True), list[Notice])
    befores = [[one.name for one in earlier.processors] for earlier in told[1:]]
    compared = [_compared(notice, before) for notice, before in zip(told, befores, strict=False)]
    return [*compared, *told[len(compared) :]]


async def object_to(*, notice: UUID, actor: str, at: datetime) -> None:
    """The company does not want it. Raises NoticeUnknown."""
    if not await ground.fetch(_OBJECT, notice, at, actor):
        raise NoticeUnknown("errors.agreement.notice_unknown")
    await noting.note(actor=actor, action="agreement.objected", subject=notice, at=at)


async def _keep(processors: Sequence[Described], *, at: datetime, until_at: datetime) -> UUID:
    made, listed = uuid4(), msgspec.to_builtins(list(processors))
    row = AgreementNotice(id=made, version=wording.VERSION, processors=listed, told_at=at, until_at=until_at)
    await AgreementNotice.insert(row)
    return made


def _compared(notice: Notice, before: Sequence[str]) -> Notice:
    names = [one.name for one in notice.processors]
    return msgspec.structs.replace(
        notice,
        added=[name for name in names if name not in before],
        gone=[name for name in before if name not in names],
    )
