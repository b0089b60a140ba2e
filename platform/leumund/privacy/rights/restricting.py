"""Restrict: a person's data are stored and nothing else is done with them until something is settled (Art. 18 GDPR)."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from leumund.audit import noting
from leumund.customers.records import finding, holding
from leumund.customers.records.holding import RESTRICTION, Hold
from leumund.events import telling
from leumund.kit.faults import Refused
from leumund.messages import sending
from leumund.scoring import keeping as scores

# Art. 18(1) (a) to (d).
Ground = Literal["accuracy_contested", "unlawful", "needed_for_claims", "objection_pending"]
GROUNDS: tuple[Ground, ...] = ("accuracy_contested", "unlawful", "needed_for_claims", "objection_pending")
# Between what we tell the person and the end of their restriction (Art. 18(3)).
TOLD_BEFORE = timedelta(days=3)


class NotRestricted(Refused):
    """Nothing rests here that could stop resting."""


async def restrict(
    *, customer: UUID, reason: Ground, actor: str, at: datetime, rights_case: UUID | None = None
) -> bool:
    """Let all of ``customer`` rest; false where it does already. Raises CustomerUnknown."""
    hold = Hold(kind=RESTRICTION, ground=reason, actor=actor, rights_case=rights_case, began_at=at, due_at=None)
    begun = await holding.hold(customer=customer, hold=hold)
    if begun:
        # Nobody is evaluated by what rests.
        await scores.forget(customer=customer)
        detail = {"ground": reason}
        await noting.note(actor=actor, action="customer.restricted", subject=customer, detail=detail, at=at)
        await telling.tell(kind="customer.restricted", subject=customer, at=at)
    return begun


async def announce(*, customer: UUID, actor: str, language: str, at: datetime) -> datetime:
    """Tell the person that their restriction ends, and when, which is three days later (Art. 18(3)).

    Said twice, it is the first time that counts. Raises CustomerUnknown, NotRestricted.
    """
    await holding.lock(customer=customer)
    hold = await holding.of_kind(customer=customer, kind=RESTRICTION)
    if hold is None:
        raise NotRestricted("errors.privacy.not_restricted")
    if hold.due_at is not None:
        return hold.due_at
    ends_at = at + TOLD_BEFORE
    await holding.postpone(customer=customer, kind=RESTRICTION, due_at=ends_at)
    if (await finding.known(customer=customer)).email is not None:
        await sending.queue(kind="restriction_ending", customer=customer, language=language, at=at)
    await noting.note(actor=actor, action="customer.restriction_announced", subject=customer, at=at)
    return ends_at


async def end_due(*, at: datetime) -> int:
    """End the restrictions whose people were told of it in time; how many ended."""
    ended = 0
    for customer in await holding.due(kind=RESTRICTION, at=at):
        if await holding.lift(customer=customer, kind=RESTRICTION, at=at):
            ended += 1
            await noting.note(actor="system:privacy", action="customer.restriction_ended", subject=customer, at=at)
    return ended
