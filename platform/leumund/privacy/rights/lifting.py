"""End a restriction that a case began: the person is told first, and it ends some days later (GDPR Art. 18(3))."""

from datetime import datetime
from uuid import UUID

from leumund.customers.records import holding
from leumund.customers.records.holding import RESTRICTION, Hold
from leumund.privacy.cases import finding, recording
from leumund.privacy.cases.finding import NotNow, Open
from leumund.privacy.rights import restricting

# What is objected to rests too, until it was weighed up (Art. 18(1)(d) GDPR).
_BEGIN = ("restriction", "objection")


async def announce(*, case: UUID, by: UUID, at: datetime) -> None:
    """Tell the person. Raises finding.CaseUnknown, NotNow where nothing rests because of this case."""
    found = await finding.plain(case=case)
    hold = await resting(found)
    if hold is None or found.customer is None:
        raise NotNow("errors.rights.not_now", field="form")
    await restricting.announce(customer=found.customer, actor=f"staff:{by}", language=found.language, at=at)
    if hold.due_at is None:
        await recording.record(case=case, what="restriction_ending", actor=f"staff:{by}", at=at)


async def resting(case: Open) -> Hold | None:
    """The restriction this case began, while it stands."""
    if case.kind not in _BEGIN or case.customer is None or case.is_open:
        return None
    hold = await holding.of_kind(customer=case.customer, kind=RESTRICTION)
    return hold if hold is not None and hold.rights_case == case.id else None
