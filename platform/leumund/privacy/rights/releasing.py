"""Lay a copy of somebody's data ready (GDPR Art. 15(3), 20): behind a link to their mailbox, never in a mail."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import ground, tokens
from leumund.kit.faults import Refused
from leumund.messages import kinds
from leumund.privacy.cases import answering, finding, finishing, recording, rules, taking

PURPOSE = kinds.signed_for("rights_copy_ready")
READY = timedelta(days=7)


class NothingToCopy(Refused):
    """This kind of request is not answered by a copy."""


async def release(*, case: UUID, by: UUID, at: datetime) -> None:
    """The copy lies ready for READY, and the person is mailed the way to it; with that the case is answered.

    Raises what finding.locked raises, NothingToCopy.
    """
    await _release(case, by, at)


async def release_by_itself(*, case: UUID, at: datetime) -> str | None:
    """As ``release`` does, where nobody is needed for it; returns the token that leads to the copy.

    None where somebody of the company works on the case already.
    """
    found = await finding.locked(case=case)
    if found.state != "identified":
        return None
    await taking.take_by_itself(case=case, at=at)
    await _release(case, None, at)
    return tokens.sign(PURPOSE, case)


async def _release(case: UUID, by: UUID | None, at: datetime) -> None:
    found = await finding.locked(case=case, to="done")
    if found.kind not in rules.COPIED:
        raise NothingToCopy("errors.rights.nothing_to_copy", field="form")
    await ground.execute("UPDATE rights_case SET copy_until = $2 WHERE id = $1", case, at + READY)
    actor = recording.SYSTEM if by is None else f"staff:{by}"
    await recording.record(case=case, what="released", actor=actor, at=at)
    await finishing.finish(case=case, outcome="carried_out", told="", by=by, at=at)
    await answering.answer(case=found, kind="rights_copy_ready", at=at)
