"""Refuse a request: for a reason the law knows, with a word on where to complain (GDPR Art. 12(4))."""

from datetime import datetime
from uuid import UUID

from leumund.company import describing
from leumund.kit import free_text, ground
from leumund.privacy.cases import answering, finding, recording, rules
from leumund.privacy.cases.rules import Refusal
from leumund.privacy.cases.tables import ANSWER

_REFUSE = "UPDATE rights_case SET closed_at = $2, refusal_reason = $3, answer_sealed = $4 WHERE id = $1"


async def refuse(*, case: UUID, reason: Refusal, told: str, by: UUID, at: datetime) -> None:
    """The person is mailed that and why; ``told`` is what ``by`` says of this very request.

    A refusal after the first month is late, and better than none: its event says so. Raises what finding.locked raises,
    free_text.Missing, free_text.TooLong.
    """
    plain, zone = free_text.checked(told, field="refusal", needed=True), (await describing.profile()).time_zone
    found = await finding.locked(case=case, to="refused")
    sealed = ANSWER.keep(plain, case, key=await finding.key_of(found.customer))
    await ground.execute(_REFUSE, case, at, reason, sealed)
    late = not rules.may_extend(rules.day_of(found.received_at, time_zone=zone), today=rules.day_of(at, time_zone=zone))
    detail = {"reason": reason, **({"late": True} if late else {})}
    await recording.record(case=case, what="refused", actor=f"staff:{by}", detail=detail, at=at)
    await answering.answer(case=found, kind="rights_refused", at=at)
