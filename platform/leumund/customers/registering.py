"""Register one customer, or bring what is known of them up to date."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers import normalising
from leumund.customers.tables import Customer
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused


class NobodyNamed(Refused):
    """Neither an external id nor an e-mail address."""


class TwoPeople(Refused):
    """The external id belongs to one person and the e-mail address to another."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a company says of a customer; None says nothing and changes nothing."""

    external_id: str | None = None
    email: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None
    country: str | None = None
    language: str | None = None
    birth_date: str | date | None = None
    customer_since_date: str | date | None = None


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """Who it is, and whether they are new."""

    id: UUID
    created: bool


async def register(*, record: Record, source: str, at: datetime, stage: str = "customer") -> Registered:
    """Create the person or update them, found by external id or e-mail.

    Raises Refusals with every field that is wrong, NobodyNamed, TwoPeople.
    """
    given = normal(record)
    rows = await ground.fetch(
        "SELECT id, stage FROM customer WHERE external_id = $1 OR email = $2 FOR UPDATE",
        given.external_id,
        given.email,
    )
    if len(rows) > 1:
        raise TwoPeople("errors.customers.two_people", field="external_id")
    values: dict[Any, Any] = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not None}
    if rows:
        promoted: dict[Any, Any] = {"stage": stage} if stage == "customer" else {}
        await Customer.update({**values, **promoted, "updated_at": at}).where(Customer.id == rows[0]["id"])
        return Registered(id=rows[0]["id"], created=False)
    person = Customer(**values, stage=stage, source=source, created_at=at, updated_at=at)
    await Customer.insert(person)
    return Registered(id=person.id, created=True)


def normal(record: Record, *, default_country: str = "DE") -> Record:
    """``record`` the one way it is stored. Raises Refusals with every field that is wrong, NobodyNamed."""
    faults: list[Refused] = []

    def take(name: str, how: Any, **options: Any) -> Any:
        value = getattr(record, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return how(value, **options)
        except Refused as fault:
            faults.append(fault)
            return None

    country = take("country", normalising.country)
    result = Record(
        external_id=take("external_id", normalising.external_id),
        email=take("email", normalising.email),
        given_name=take("given_name", normalising.name, field="given_name"),
        family_name=take("family_name", normalising.name, field="family_name"),
        phone=take("phone", normalising.phone, country=country or default_country),
        country=country,
        language=take("language", normalising.language),
        birth_date=take("birth_date", normalising.day, field="birth_date"),
        customer_since_date=take("customer_since_date", normalising.day, field="customer_since_date"),
    )
    if not faults and result.external_id is None and result.email is None:
        faults.append(NobodyNamed("errors.customers.nobody_named", field="email"))
    if faults:
        raise Refusals(faults)
    return result
