"""Enter where one's own money goes: by the person alone, after a second factor, and told to their mailbox.

Whoever has somebody's mailbox alone redirects nothing (A155, ASVS 6.3.6).
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.customers.login import enrolling
from leumund.customers.login.factors import NeedsProof
from leumund.customers.login.visiting import Visit
from leumund.kit import free_text, ground, personal
from leumund.kit.faults import Refused
from leumund.kit.sealing import Column
from leumund.messages import sending
from leumund.payouts import ibans

IBAN, HOLDER = Column("payout_account", "iban_sealed"), Column("payout_account", "holder_sealed")
ADDRESS = Column("payout_address", "address_sealed")
# As much as the name of an account takes in a transfer.
LONGEST_HOLDER, LONGEST_ADDRESS = 70, 400
_READ = f"""
SELECT a.id, a.iban_sealed, a.holder_sealed, {personal.brought("a.customer")}, a.entered_at
FROM payout_account a WHERE a.customer = $1
"""  # noqa: S608 - ours alone
_READ_ADDRESS = f"""
SELECT a.id, a.address_sealed, {personal.brought("a.customer")} FROM payout_address a WHERE a.customer = $1
"""  # noqa: S608 - ours alone
_KEEP = """
INSERT INTO payout_account (id, customer, iban_sealed, holder_sealed, entered_at) VALUES ($1, $2, $3, $4, $5)
"""
_KEEP_ADDRESS = "INSERT INTO payout_address (id, customer, address_sealed, entered_at) VALUES ($1, $2, $3, $4)"


class NoHolder(Refused):
    """An account without the name it is held in."""


class NoAddress(Refused):
    """No address, where one was to be entered."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody's money goes."""

    iban: str
    holder: str
    entered_at: datetime


async def account_of(*, customer: UUID) -> Account | None:
    """The account somebody entered; None where there is none, or its key is gone. One query."""
    rows = await ground.fetch(_READ, customer)
    if not rows:
        return None
    row = rows[0]
    key = personal.opened(row["key_sealed"], person=customer)
    iban, holder = (column.tell(row[column.name], row["id"], key=key) for column in (IBAN, HOLDER))
    return Account(iban=iban, holder=holder, entered_at=row["entered_at"]) if iban else None


async def address_of(*, customer: UUID) -> str:
    """Where somebody wants goods sent; empty where they did not say. One query."""
    rows = await ground.fetch(_READ_ADDRESS, customer)
    if not rows:
        return ""
    return ADDRESS.tell(
        rows[0]["address_sealed"], rows[0]["id"], key=personal.opened(rows[0]["key_sealed"], person=customer)
    )


async def enter_account(*, visit: Visit, iban: str, holder: str, language: str, at: datetime) -> None:
    """Pay this person there from now on; what is on its way goes where it was sent.

    Raises NeedsProof, ibans.NotAnIban, ibans.NotInSepa, NoHolder, free_text.TooLong.
    """
    _require_proof(visit, at)
    number, name = ibans.normal(iban), free_text.checked(holder, field="holder", most=LONGEST_HOLDER)
    if not name:
        raise NoHolder("errors.payouts.no_holder", field="holder")
    row, key = uuid4(), await personal.key(person=visit.customer)
    await ground.execute("DELETE FROM payout_account WHERE customer = $1", visit.customer)
    seals = IBAN.seal(number, row, key=key), HOLDER.seal(name, row, key=key)
    await ground.execute(_KEEP, row, visit.customer, *seals, at)
    await _tell(visit, "customer.account_entered", language, at)


async def remove_account(*, visit: Visit, language: str, at: datetime) -> None:
    """Forget the account; until there is another one, transfers wait. Raises NeedsProof."""
    _require_proof(visit, at)
    if await ground.execute("DELETE FROM payout_account WHERE customer = $1", visit.customer):
        await _tell(visit, "customer.account_removed", language, at)


async def enter_address(*, visit: Visit, address: str, language: str, at: datetime) -> None:
    """Send goods there, once; the address is gone as soon as they were.

    Raises NeedsProof, NoAddress, free_text.TooLong.
    """
    _require_proof(visit, at)
    told = free_text.checked(address, field="address", most=LONGEST_ADDRESS)
    if not told:
        raise NoAddress("errors.payouts.no_address", field="address")
    row, key = uuid4(), await personal.key(person=visit.customer)
    await ground.execute("DELETE FROM payout_address WHERE customer = $1", visit.customer)
    await ground.execute(_KEEP_ADDRESS, row, visit.customer, ADDRESS.seal(told, row, key=key), at)
    await _tell(visit, "customer.delivery_entered", language, at)


def _require_proof(visit: Visit, at: datetime) -> None:
    if not visit.is_proven(at=at, within=enrolling.FRESH):
        raise NeedsProof("errors.customers.needs_proof")


async def _tell(visit: Visit, action: str, language: str, at: datetime) -> None:
    """In the log, and in the mailbox of whoever did not do it."""
    await noting.note(actor=f"customer:{visit.customer}", action=action, subject=visit.customer, at=at)
    await sending.queue(kind="account_notice", customer=visit.customer, language=language, at=at)
