"""Ask for a way into the portal: whoever has something to see there gets a link by mail, and nobody learns who does."""

from datetime import datetime
from uuid import UUID

from leumund.customers.login import visiting
from leumund.customers.notation import normalising
from leumund.customers.records import finding, holding
from leumund.customers.segments import evaluating
from leumund.messages import sending
from leumund.messages.gate import pacing
from leumund.programs import joining
from leumund.rewards import listing
from leumund.surveys.asking import offering


async def ask_for_login(*, email: str, language: str, at: datetime) -> None:
    """Mail a one-time link if ``email`` is of somebody who takes or took part, or was granted a reward, as friends are.

    So it is to whoever is about to be erased, who calls it off in the portal; to whoever agreed to be evaluated, who
    reads there what is made of them; and to whom a survey waits for there.

    The caller answers the same either way.
    """
    address = email.strip().lower()
    if not await pacing.may_log_in(mailbox=normalising.folded(address), at=at):
        return
    person = await finding.by_email(email=address)
    if person is None or not await _sees_something(person.id, at):
        return
    login = await visiting.open_login(customer=person.id, at=at)
    await sending.queue(kind="portal_login", customer=person.id, subject_id=login, language=language, at=at)


async def ask_to_join(*, email: str, program: str, language: str, at: datetime) -> None:
    """Mail a one-time link if ``email`` is of a customer who may take part in ``program``, or does.

    The caller answers the same either way. Nobody is asked anything by it: they came by themselves.
    """
    address = email.strip().lower()
    if not await pacing.may_log_in(mailbox=normalising.folded(address), at=at):
        return
    person = await finding.by_email(email=address)
    if person is None or not await joining.may_ask(customer=person.id, program=program, at=at):
        return
    login = await visiting.open_login(customer=person.id, at=at)
    await sending.queue(kind="portal_login", customer=person.id, subject_id=login, language=language, at=at)


async def _sees_something(customer: UUID, at: datetime) -> bool:
    return (
        await joining.took_part(customer=customer)
        or await listing.has_rewards(customer=customer)
        or await holding.of_kind(customer=customer, kind=holding.ERASURE) is not None
        or await evaluating.may_be(customer=customer)
        or await offering.waits(customer=customer, at=at)
    )
