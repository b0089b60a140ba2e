"""Who a message goes to, as they are at the moment of sending."""

from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground, personal
from leumund.kit.sealing import Column
from leumund.staff import members

# Where a mail goes whose person has another address: one they want to have, or one they had.
TO = Column("message", "to_sealed")
_FIND = f"""
SELECT message.customer, message.to_sealed, {personal.brought("message.customer")} AS to_key,
       {naming.sealed("customer", as_="person", resting=True)},
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
        email=member.email if member else _elsewhere(row, message) or person.email,
        name=member.name if member else person.name,
        disabled=row["disabled"],
    )


def _elsewhere(row: dict[str, Any], message: UUID) -> str:
    if row["to_sealed"] is None:
        return ""
    return TO.tell(row["to_sealed"], message, key=personal.opened(row["to_key"], person=row["customer"]))
