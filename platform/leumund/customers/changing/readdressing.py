"""Readdress: a person gives another mailbox, and whoever opens the link in it proves that it is theirs.

What the old address agreed to stays the old address's: a consent does not follow a person, and sessions end.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from leumund.audit import noting
from leumund.customers.login.enrolling import FRESH
from leumund.customers.login.factors import NeedsProof
from leumund.customers.login.visiting import LoginUnknown, Visit
from leumund.customers.notation import normalising
from leumund.customers.records import finding, registering
from leumund.customers.tables import CustomerLogin
from leumund.kit import ground, personal
from leumund.kit.faults import Overtaken, Refused
from leumund.kit.sealing import Column

CONFIRM_WITHIN = timedelta(hours=24)
_NEW = Column("customer_login", "new_email_sealed")
_OLDER = "DELETE FROM customer_login WHERE customer = $1 AND new_email_sealed IS NOT NULL"
_WAITING = f"""
SELECT {finding.COLUMNS}, login.new_email_sealed
FROM (SELECT id AS login, customer AS who, address_hash, new_email_sealed FROM customer_login
      WHERE id = $1 AND used_at IS NULL AND expires_at > $2 AND new_email_sealed IS NOT NULL) login
JOIN customer ON customer.id = login.who AND customer.email_hash = login.address_hash
"""  # noqa: S608


class SameAddress(Refused):
    """It is the one they have."""


class AddressTaken(Overtaken):
    """Somebody else has it by now; told to whoever opened the link in that very mailbox, and to nobody else."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A change that waits for its link to be opened in the mailbox of ``email``."""

    change: UUID
    email: str


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """Whose address changed, and the one they had."""

    customer: UUID
    old: str


async def ask(*, visit: Visit, email: str, at: datetime) -> Asked:
    """Have the new address proven; only the newest change waits. Whether somebody has it, its mailbox alone learns.

    A person sees what was mailed for them and what is stored of them: a change that did not wait, or whose mail did not
    go, would tell them. Raises NeedsProof, SameAddress, and what normalising.email raises.
    """
    if not visit.is_proven(at=at, within=FRESH):
        raise NeedsProof("errors.customers.needs_proof")
    new, person = normalising.email(email), await finding.known(customer=visit.customer)
    if new == person.email:
        raise SameAddress("errors.customers.same_address", field="email")
    await ground.execute(_OLDER, visit.customer)
    return await _wait(visit.customer, new, at)


async def waiting(*, change: UUID, at: datetime) -> str:
    """The new address a link is about, changing nothing. Raises LoginUnknown."""
    return (await _find(change, at))[1]


async def confirm(*, change: UUID, at: datetime) -> Changed:
    """The link was opened in the new mailbox, and its button pressed. Raises LoginUnknown, AddressTaken."""
    row, new = await _find(change, at, lock=" FOR NO KEY UPDATE OF customer")
    known, key = finding.with_key(row)
    assert known.email is not None, "the change was asked for by mail"
    try:
        async with ground.savepoint():
            await registering.change(known=known, key=key, told={"email": new}, at=at)
    except asyncpg.UniqueViolationError as fault:
        raise AddressTaken("errors.customers.address_taken") from fault
    await ground.execute("DELETE FROM customer_login WHERE customer = $1", known.id)
    await noting.note(
        actor=f"customer:{known.id}",
        action="customer.address_changed",
        subject=known.id,
        changes={"email": (known.email, new)},
        at=at,
    )
    return Changed(customer=known.id, old=known.email)


async def _wait(customer: UUID, new: str, at: datetime) -> Asked:
    change, key = uuid4(), await personal.key(person=customer)
    await CustomerLogin.insert(
        CustomerLogin(
            id=change,
            customer=customer,
            address_hash=await finding.address_hash(customer=customer),
            new_email_sealed=_NEW.keep(new, change, key=key),
            created_at=at,
            expires_at=at + CONFIRM_WITHIN,
        )
    )
    return Asked(change=change, email=new)


async def _find(change: UUID, at: datetime, *, lock: str = "") -> tuple[dict[str, Any], str]:
    """The person's row, and the new address."""
    rows = await ground.fetch(_WAITING + lock, change, at)
    if not rows:
        raise LoginUnknown("errors.customers.login_unknown")
    sealed = rows[0].pop("new_email_sealed")
    key = personal.opened(rows[0]["key_sealed"], person=rows[0]["id"])
    return rows[0], _NEW.tell(sealed, change, key=key)
