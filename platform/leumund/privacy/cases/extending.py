"""Take two months more, for a reason, and say so within the first month (GDPR Art. 12(3))."""

from datetime import datetime
from uuid import UUID

from leumund.company import describing
from leumund.kit import free_text, ground
from leumund.kit.faults import Refused
from leumund.privacy.cases import answering, finding, recording, rules
from leumund.privacy.cases.rules import Extension
from leumund.privacy.cases.tables import EXTENSION

_EXTEND = """
UPDATE rights_case SET extended_at = $2, extension_reason = $3, extension_sealed = $4, due_date = $5,
    reminded_days = NULL
WHERE id = $1
"""


class TooLate(Refused):
    """The first month is over: the person could not be told in time any more."""


class ExtendedAlready(Refused):
    """There are two months more, and no third time."""


async def extend(*, case: UUID, reason: Extension, told: str, by: UUID, at: datetime) -> None:
    """The person is mailed that it takes longer and why; ``told`` is what ``by`` adds in words.

    Raises what finding.locked raises, TooLate, ExtendedAlready, free_text.TooLong.
    """
    plain, zone = free_text.checked(told, field="extension"), (await describing.profile()).time_zone
    found = await finding.locked(case=case)
    if found.extended_at is not None:
        raise ExtendedAlready("errors.rights.extended_already", field="form")
    received = rules.day_of(found.received_at, time_zone=zone)
    if not rules.may_extend(received, today=rules.day_of(at, time_zone=zone)):
        raise TooLate("errors.rights.too_late", field="form")
    sealed = EXTENSION.keep(plain, case, key=await finding.key_of(found.customer))
    await ground.execute(_EXTEND, case, at, reason, sealed, rules.due(received, extended=True))
    await recording.record(case=case, what="extended", actor=f"staff:{by}", detail={"reason": reason}, at=at)
    await answering.answer(case=found, kind="rights_extended", at=at)
