"""Register one customer, or bring what is known of them up to date."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.consent import addressing
from leumund.customers import finding, keeping, normalising
from leumund.customers.finding import Person
from leumund.customers.keeping import Words
from leumund.customers.tables import Customer
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused

# The country comes before the telephone number that is read by it.
_WAYS: Mapping[str, Callable[[Any, str | None, datetime], Any]] = {
    "external_id": lambda value, *_: normalising.external_id(value),
    "email": lambda value, *_: normalising.email(value),
    "given_name": lambda value, *_: normalising.name(value, field="given_name"),
    "family_name": lambda value, *_: normalising.name(value, field="family_name"),
    "country": lambda value, *_: normalising.country(value),
    "phone": lambda value, country, _: normalising.phone(value, country=country),
    "language": lambda value, *_: normalising.language(value),
    "birth_date": lambda value, _, at: normalising.birth_day(value, field="birth_date", at=at),
    "customer_since_date": lambda value, _, at: normalising.past_day(value, field="customer_since_date", at=at),
}


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
    """Create the person or update them, found by external id or e-mail; the telephone number is read where they are.

    Raises Refusals with every field that is wrong, NobodyNamed, TwoPeople.
    """
    # Only a number without prefix asks where the company is.
    country = await describing.country() if record.phone and not record.country else None
    given = normal(record, at=at, default_country=country)
    told = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not None}
    known = await _find(given)
    if known is None:
        person = uuid4()
        columns: dict[Any, Any] = keeping.columns(person, told) | {"found_by": keeping.found_by(told, Words())}
        row = Customer(id=person, **columns, stage=stage, source=source, created_at=at, updated_at=at)
        # Somebody may bring the same person in at this very moment; whoever comes second finds them.
        if await Customer.insert(row).on_conflict(action="DO NOTHING"):
            return Registered(id=person, created=True)
        known = await _find(given)
        assert known is not None, "whoever was in the way has committed"
    await _update(known, told, stage, at)
    return Registered(id=known.id, created=False)


async def _update(known: Person, told: Mapping[str, Any], stage: str, at: datetime) -> None:
    changed: dict[Any, Any] = keeping.columns(known.id, told)
    if keeping.changes_found_by(told):
        changed["found_by"] = keeping.found_by({**msgspec.structs.asdict(known), **told}, Words())
    promoted: dict[Any, Any] = {"stage": stage} if stage == "customer" else {}
    await Customer.update({**changed, **promoted, "updated_at": at}).where(Customer.id == known.id)


async def _find(given: Record) -> Person | None:
    rows = await ground.fetch(
        # The weaker lock leaves alone what merely refers to the person.
        f"SELECT {finding.COLUMNS} FROM customer WHERE external_id = $1 OR email_hash = $2 "  # noqa: S608
        "FOR NO KEY UPDATE",
        given.external_id,
        given.email and addressing.hashed(given.email),
    )
    if len(rows) > 1:
        raise TwoPeople("errors.customers.two_people", field="external_id")
    return finding.of_row(rows[0]) if rows else None


def normal(record: Record, *, at: datetime, default_country: str | None = None) -> Record:
    """``record`` the one way it is stored; dates are in the past as seen from ``at``.

    A telephone number without prefix is one of the record's country, else of ``default_country``, else refused.
    Raises Refusals with every field that is wrong, NobodyNamed among them.
    """
    return read(msgspec.structs.asdict(record), at=at, default_country=default_country)


def read(given: Mapping[str, Any], *, at: datetime, default_country: str | None) -> Record:
    """Like ``normal``, from fields by name; empty ones and those a record does not have are passed over."""
    faults: list[Refused] = []
    values: dict[str, Any] = {}
    for name, how in _WAYS.items():
        value = given.get(name)
        if value is not None and value != "" and not (isinstance(value, str) and value.isspace()):
            try:
                values[name] = how(value, values.get("country", default_country), at)
            except Refused as fault:
                faults.append(fault)
    if not faults and "external_id" not in values and "email" not in values:
        faults.append(NobodyNamed("errors.customers.nobody_named", field="email"))
    if faults:
        raise Refusals(faults)
    return Record(**values)
