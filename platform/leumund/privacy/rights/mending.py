"""Mend what is wrong in somebody's record, and answer their request by it (GDPR Art. 16)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.customers.changing import rectifying
from leumund.kit.faults import Refused
from leumund.privacy.cases import finding, finishing, recording
from leumund.privacy.rights.carrying_out import NotByPress

FIELDS = rectifying.FIELDS


class NothingNew(Refused):
    """All of it stood there already."""


async def mend(*, case: UUID, told: Mapping[str, str], by: UUID, at: datetime) -> None:
    """Write ``told``, some of FIELDS, as it is right, and finish the case.

    Raises what finding.locked and rectifying.rectify raise, NotByPress, NothingNew.
    """
    found = await finding.locked(case=case, to="done")
    if found.kind != "rectification" or found.customer is None:
        raise NotByPress("errors.rights.not_now", field="form")
    if not await rectifying.rectify(customer=found.customer, told=told, actor=f"staff:{by}", at=at):
        raise NothingNew("errors.rights.nothing_new", field="form")
    await recording.record(case=case, what="rectified", actor=f"staff:{by}", at=at)
    await finishing.finish(case=case, outcome="carried_out", told="", by=by, at=at)
