"""Preserve what may not go although its time has come: a class of data, or all of a person, for a reason and a while.

Such as while a tax assessment runs (§ 147(3) AO), or a claim is fought over (Art. 17(3)(e) GDPR).
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.customers.records import finding
from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.kit.sealing import Column
from leumund.privacy import register
from leumund.privacy.forgetting.tables import RetentionHold

# A hold on a person that stands at ``$2``; whose it is the query around it says.
HELD_PERSON = "SELECT FROM retention_hold hold WHERE (hold.until_at IS NULL OR hold.until_at > $2)"
_REASON = Column("retention_hold", "reason_sealed")
_CLASSES = "SELECT class FROM retention_hold WHERE class IS NOT NULL AND (until_at IS NULL OR until_at > $1)"
_STANDING = """
SELECT id, class AS data_class, customer, reason_sealed, actor, began_at, until_at FROM retention_hold
WHERE until_at IS NULL OR until_at > $1 ORDER BY began_at DESC, id
"""
_PERSON = f"{HELD_PERSON} AND hold.customer = $1"


class HoldUnknown(Unknown):
    """There is no such hold, or it is over."""


class ReasonMissing(Refused):
    """Nobody keeps data longer than they may without saying why."""


class AlreadyOver(Refused):
    """What is over already, or has no day, keeps nothing."""


class ClassUnknown(Refused):
    """No class of data that could be held is called so."""


class Preserved(msgspec.Struct, frozen=True, kw_only=True):
    """What stays, of one ``data_class`` or one ``customer``, and why; ``until_at`` is None where nobody knows yet."""

    id: UUID
    data_class: str | None
    customer: UUID | None
    reason: str
    actor: str
    began_at: datetime
    until_at: datetime | None


def preservable() -> list[str]:
    """The classes that can be held; what lasts for hours or days goes all the same."""
    return [name for name, told in register.read().classes.items() if told.waits]


async def preserve_class(
    *, data_class: str, reason: str, actor: str, at: datetime, until_at: datetime | None = None
) -> UUID:
    """Let nothing of ``data_class`` go by night; whoever asks to be erased goes.

    Raises ClassUnknown, ReasonMissing, AlreadyOver.
    """
    if data_class not in preservable():
        raise ClassUnknown("errors.privacy.class_unknown", field="what")
    return await _preserve(RetentionHold(data_class=data_class, actor=actor, began_at=at, until_at=until_at), reason)


async def preserve_person(
    *, customer: UUID, reason: str, actor: str, at: datetime, until_at: datetime | None = None
) -> UUID:
    """Let nothing of ``customer`` go. Raises CustomerUnknown, ReasonMissing, AlreadyOver."""
    await finding.known(customer=customer)
    return await _preserve(RetentionHold(customer=customer, actor=actor, began_at=at, until_at=until_at), reason)


async def release(*, hold: UUID, actor: str, at: datetime) -> None:
    """Let what is over go again. Raises HoldUnknown."""
    rows = await ground.fetch(
        "UPDATE retention_hold SET until_at = $2 WHERE id = $1 AND (until_at IS NULL OR until_at > $2) RETURNING id",
        hold,
        at,
    )
    if not rows:
        raise HoldUnknown("errors.privacy.hold_unknown")
    await noting.note(actor=actor, action="retention.released", subject=hold, at=at)


async def standing(*, at: datetime) -> list[Preserved]:
    """What is preserved now, the newest first."""
    rows = await ground.fetch(_STANDING, at)
    return [Preserved(reason=_REASON.tell(row.pop("reason_sealed"), row["id"]), **row) for row in rows]


async def classes(*, at: datetime) -> set[str]:
    """The classes of which nothing goes now."""
    return {row["class"] for row in await ground.fetch(_CLASSES, at)}


async def holds_person(*, customer: UUID, at: datetime) -> bool:
    """Whether nothing of this person may go now."""
    return bool(await ground.fetch(_PERSON, customer, at))


async def _preserve(row: RetentionHold, reason: str) -> UUID:
    if not reason.strip():
        raise ReasonMissing("errors.privacy.reason_missing", field="reason")
    if row.until_at is not None and row.until_at <= row.began_at:
        raise AlreadyOver("errors.privacy.until", field="until")
    row.id = uuid4()
    row.reason_sealed = _REASON.seal(reason.strip(), row.id)
    await RetentionHold.insert(row)
    detail = {"class": row.data_class} if row.data_class else {"person": str(row.customer)}
    await noting.note(actor=row.actor, action="retention.preserved", subject=row.id, detail=detail, at=row.began_at)
    return row.id
