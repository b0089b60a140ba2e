"""Erase a person: invisible at once, called off within 30 days by whoever it is about, and then gone (Art. 17 GDPR).

What becomes of each column the register says. What the law wants kept stays under an id that nothing leads to any
more: postings and rewards, the evidence of consents, and the hash by which a no stays a no. The person's own key is
destroyed, so that older copies tell nothing either.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.consent import rules
from leumund.consent.stopping import ending, suppressing
from leumund.consent.stopping.ending import End
from leumund.customers.records import finding, holding
from leumund.customers.records.holding import ERASURE, Hold
from leumund.events import telling
from leumund.kit import ground, outbox
from leumund.kit.faults import Refused
from leumund.messages import sending
from leumund.privacy.forgetting import emptying, preserving, remembering
from leumund.scoring import keeping as scores

# Art. 17(1) (a) to (d), and the end of a participation, which is the first of them by itself.
Ground = Literal["no_longer_needed", "consent_withdrawn", "objection", "unlawful", "participation_ended"]
GROUNDS: tuple[Ground, ...] = ("no_longer_needed", "consent_withdrawn", "objection", "unlawful", "participation_ended")
GRACE = timedelta(days=30)
KIND = "privacy.erase"
# Where something still has to be settled with the person, it is looked at again this much later.
_LOOK_AGAIN = timedelta(days=7)
_BLOCKERS = """
SELECT 'reward' AS kind, count(*) AS number FROM reward WHERE beneficiary = $1 AND state IN ('pending', 'approved')
UNION ALL
SELECT 'payout', count(*) FROM reward WHERE beneficiary = $1 AND state IN ('scheduled', 'failed')
UNION ALL
SELECT 'dispute', (SELECT count(*) FROM referral WHERE $1 IN (advocate, friend) AND state = 'in_review')
    + (SELECT count(*) FROM rights_case WHERE customer = $1 AND kind = 'review' AND closed_at IS NULL
       AND subject <> customer)
"""


class NotErasing(Refused):
    """No erasure of this person is under way."""


class Blocker(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to be settled with somebody: a ``reward`` not yet theirs, a ``payout`` or a ``dispute``."""

    kind: Literal["reward", "payout", "dispute"]
    number: int


async def blockers(*, customer: UUID) -> list[Blocker]:
    """What keeps all of ``customer`` from going; whatever is not needed for it goes all the same."""
    return [Blocker(**row) for row in await ground.fetch(_BLOCKERS, customer) if row["number"]]


async def begin(
    *,
    customer: UUID,
    reason: Ground,
    actor: str,
    language: str,
    at: datetime,
    rights_case: UUID | None = None,
) -> datetime:
    """Let ``customer`` be gone in 30 days, and out of everybody's sight and reach at once; when that is.

    Begun twice, it is the first time that counts. Raises CustomerUnknown.
    """
    due_at = at + GRACE
    hold = Hold(kind=ERASURE, ground=reason, actor=actor, rights_case=rights_case, began_at=at, due_at=due_at)
    if not await holding.hold(customer=customer, hold=hold):
        standing = await holding.of_kind(customer=customer, kind=ERASURE)
        assert standing is not None, "the person is locked, and it stood a moment ago"
        assert standing.due_at is not None, "an erasure has its moment"
        return standing.due_at
    await scores.forget(customer=customer)
    if (await finding.known(customer=customer)).email is not None:
        await sending.queue(kind="erasure_begun", customer=customer, language=language, at=at)
    detail = {"ground": reason, "due_at": due_at.isoformat()}
    await noting.note(actor=actor, action="customer.erasure_begun", subject=customer, detail=detail, at=at)
    return due_at


async def cancel(*, customer: UUID, actor: str, at: datetime) -> None:
    """Let the person stay, as long as they are there. Raises CustomerUnknown, NotErasing."""
    if not await holding.lift(customer=customer, kind=ERASURE, at=at):
        raise NotErasing("errors.privacy.not_erasing")
    await noting.note(actor=actor, action="customer.erasure_canceled", subject=customer, at=at)


async def enqueue_due(*, at: datetime) -> int:
    """Leave a job for each person whose 30 days are over, so that each goes in a transaction of their own; how many."""
    people = await holding.due(kind=ERASURE, at=at)
    await outbox.enqueue_all(kind=KIND, subjects=people, due_at=at, bulk=True)
    return len(people)


async def finish(*, customer: UUID, at: datetime) -> bool:
    """Carry out an erasure that is due; false where there is nothing (more) to do, or something is left to settle.

    Then all goes that is not needed to settle it, and the rest is looked at again a week later.
    """
    hold = await _due(customer, at)
    if hold is None:
        return False
    if await preserving.holds_person(customer=customer, at=at):
        await _wait(customer, {"hold": 1}, at)
        return False
    if open_ones := await blockers(customer=customer):
        await _part(customer, open_ones, at)
        return False
    await erase(customer=customer, rule=hold.ground, at=at)
    return True


async def erase(*, customer: UUID, rule: str, at: datetime) -> None:
    """Let the person be gone now, by ``rule``: a ground, or a class whose period is over.

    Raises CustomerUnknown where they are gone.
    """
    await holding.lock(customer=customer)
    await _stop(customer, rule, at)
    emptied = await emptying.empty(customer=customer)
    await remembering.bury(customer=customer, rule=rule, at=at)
    await remembering.protocol(emptied, at=at)
    detail = {"rule": rule}
    await noting.note(actor="system:privacy", action="customer.erased", subject=customer, detail=detail, at=at)
    # Whoever was given the person's data has to let go of it as well (Art. 19 GDPR).
    await telling.tell(kind="customer.erased", subject=customer, at=at)


async def again(*, at: datetime) -> int:
    """Erase once more whom an older backup brought back although a tombstone says they are gone; how many."""
    risen = await remembering.risen()
    for customer, rule in risen.items():
        await erase(customer=customer, rule=rule, at=at)
    return len(risen)


async def _due(customer: UUID, at: datetime) -> Hold | None:
    try:
        await holding.lock(customer=customer)
    except finding.CustomerUnknown:
        # The job was done before, by somebody else or by us.
        return None
    hold = await holding.of_kind(customer=customer, kind=ERASURE)
    return hold if hold is not None and hold.due_at is not None and hold.due_at <= at else None


async def _part(customer: UUID, open_ones: list[Blocker], at: datetime) -> None:
    await remembering.protocol(await emptying.part(customer=customer), at=at)
    await _wait(customer, {each.kind: each.number for each in open_ones}, at)


async def _wait(customer: UUID, why: Mapping[str, int], at: datetime) -> None:
    await holding.postpone(customer=customer, kind=ERASURE, due_at=at + _LOOK_AGAIN)
    await noting.note(actor="system:privacy", action="customer.erasure_waits", subject=customer, detail=why, at=at)


async def _stop(customer: UUID, rule: str, at: datetime) -> None:
    """What was allowed ends with who allowed it; somebody who wanted to be gone is not written to again either."""
    person = await finding.known(customer=customer)
    await ending.end(customer=customer, end=End(state="terminated", source="erasure", at=at))
    if person.email is None or rule not in GROUNDS:
        return
    if rule == "objection":
        for channel in rules.CHANNELS:
            await suppressing.suppress(email=person.email, channel=channel, reason="objection", at=at)
    else:
        await suppressing.suppress(email=person.email, reason=suppressing.WITHDRAWAL, at=at)
