"""Who a message goes to, as they are at the moment of sending, and whether it may."""

from uuid import UUID

import msgspec

from leumund.consent import checking
from leumund.customers import naming
from leumund.kit import ground
from leumund.messages.kinds import KINDS
from leumund.messages.tables import Message
from leumund.staff import members

_FIND = f"""
SELECT message.customer, {naming.sealed("customer", as_="person")},
       member.id AS member, member.email_sealed, member.name_sealed, member.disabled_at IS NOT NULL AS disabled
FROM message
LEFT JOIN customer ON customer.id = message.customer
LEFT JOIN staff_member member ON member.id = message.member
WHERE message.id = $1
"""  # noqa: S608


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A customer or a member; without ``email`` where the record is gone or has none."""

    customer: UUID | None
    email: str | None
    name: str
    disabled: bool


async def find(*, message: UUID) -> Recipient:
    """The recipient of an existing message."""
    rows = await ground.fetch(_FIND, message)
    assert rows, "the message is locked by who asks"
    row = rows[0]
    person = naming.take(row, as_="person")
    member = None if row["member"] is None else members.reached(row, member=row["member"])
    return Recipient(
        customer=row["customer"],
        email=member.email if member else person.email,
        name=member.name if member else person.name,
        disabled=row["disabled"],
    )


async def hindrance(*, message: Message, recipient: Recipient) -> str | None:
    """Why nothing may be sent now: no_address, disabled, no_purpose or no_consent; None when it may."""
    if recipient.email is None:
        return "no_address"
    if recipient.disabled:
        return "disabled"
    if not message.purpose:
        # Queuing asserts this too; the gate does not rely on it.
        return "no_purpose" if KINDS[message.kind].advertising else None
    if recipient.customer is None:
        return "no_consent"
    may = await checking.allowed(
        customer=recipient.customer, email=recipient.email, purpose=message.purpose, channel="email"
    )
    return None if may else "no_consent"
