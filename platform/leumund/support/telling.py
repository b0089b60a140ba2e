"""Tell a company that an operator asks to see something: in its log, and by mail to its owners."""

from leumund.audit import noting
from leumund.kit.sight import Asked
from leumund.messages import alerting


async def tell(*, asked: Asked) -> None:
    """Note the request and write to everybody who may answer it; the mail says nothing but that somebody asks."""
    detail = {"operator": asked.operator_email, "rooms": asked.rooms, "hours": asked.hours}
    actor = f"operator:{asked.operator}"
    await noting.note(actor=actor, action="support.requested", subject=asked.id, detail=detail, at=asked.asked_at)
    await alerting.alert(kind="support_requested", right="support.decide", at=asked.asked_at)
