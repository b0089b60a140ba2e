"""Readdress with the mails that belong to it: the new mailbox gets the link, and the old one is told."""

from datetime import datetime
from uuid import UUID

from leumund.customers.changing import readdressing
from leumund.customers.login.visiting import Visit
from leumund.customers.notation import normalising
from leumund.kit import personal, tokens
from leumund.messages import kinds, sending
from leumund.messages.gate import pacing
from leumund.messages.recipients import TO
from leumund.messages.tables import Message


async def ask(*, visit: Visit, email: str, language: str, at: datetime) -> None:
    """Mail a link to the new address; whoever asks learns nothing of whose it may be already.

    Raises what customers.changing.readdressing.ask raises.
    """
    asked = await readdressing.ask(visit=visit, email=email, at=at)
    if not await pacing.may_check(mailbox=normalising.folded(asked.email), at=at):
        return
    message = await sending.queue(
        kind="address_change", customer=visit.customer, subject_id=asked.change, language=language, at=at
    )
    await _send_to(message, visit.customer, asked.email)


async def confirm(*, token: str, language: str, at: datetime) -> None:
    """Take the new address, and tell the old one. Raises BadToken, LoginUnknown, AddressTaken."""
    changed = await readdressing.confirm(change=_read(token), at=at)
    message = await sending.queue(kind="address_notice", customer=changed.customer, language=language, at=at)
    await _send_to(message, changed.customer, changed.old)


async def waiting(*, token: str, at: datetime) -> str:
    """The new address behind a link, changing nothing. Raises BadToken, LoginUnknown."""
    return await readdressing.waiting(change=_read(token), at=at)


def _read(token: str) -> UUID:
    return tokens.read(kinds.signed_for("address_change"), token)


async def _send_to(message: UUID, customer: UUID, email: str) -> None:
    """Send a queued mail to an address that is not, or no longer, the person's own."""
    sealed = TO.keep(email, message, key=await personal.key(person=customer))
    await Message.update(to_sealed=sealed).where(Message.id == message)
