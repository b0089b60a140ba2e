"""Register one customer, or bring what is known of them up to date."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import masking, noting
from leumund.company import describing
from leumund.consent import addressing
from leumund.customers.notation import normalising
from leumund.customers.records import finding, keeping
from leumund.customers.records.finding import Person
from leumund.customers.records.keeping import Words
from leumund.customers.tables import Customer
from leumund.kit import ground, personal
from leumund.kit.faults import Refusals, Refused
from leumund.kit.personal import PersonKey

CHANGED = "customer.changed"
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


class Erased(Refused):
    """Somebody whose words were made unreadable; what is told of them anew could be kept under no key."""


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

    Raises Refusals with every field that is wrong, NobodyNamed, TwoPeople, Erased.
    """
    # Only a number without prefix asks where the company is.
    country = await describing.country() if record.phone and not record.country else None
    given = normal(record, at=at, default_country=country)
    told = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not None}
    known = await _find(given)
    if known is None:
        person = uuid4()
        made = personal.fresh(person=person)
        columns: dict[Any, Any] = keeping.columns(person, told, key=made.key)
        columns["found_by"] = keeping.found_by(told, Words())
        row = Customer(id=person, **columns, stage=stage, source=source, created_at=at, updated_at=at)
        # Somebody may bring the same person in at this very moment; whoever comes second finds them.
        if await Customer.insert(row).on_conflict(action="DO NOTHING"):
            await personal.keep({person: made})
            return Registered(id=person, created=True)
        known = await _find(given)
        assert known is not None, "whoever was in the way has committed"
    found, key = known
    need_key(found)
    news = {**told, **({"stage": stage} if stage == "customer" else {})}
    await change(known=found, key=key, told=news, at=at)
    if changes := masking.changes(msgspec.structs.asdict(found), news):
        await noting.note(actor=f"system:{source}", action=CHANGED, subject=found.id, changes=changes, at=at)
    return Registered(id=found.id, created=False)


def need_key(person: Person) -> None:
    """Raises Erased."""
    if person.is_gone:
        raise Erased("errors.customers.erased", field="external_id")


async def change(*, known: Person, key: PersonKey, told: Mapping[str, Any], at: datetime) -> None:
    """Write what is ``told`` over what was ``known``: normal values by field, None for what is no longer said."""
    changed: dict[Any, Any] = keeping.columns(known.id, told, key=key)
    if keeping.changes_found_by(told):
        changed["found_by"] = keeping.found_by({**msgspec.structs.asdict(known), **told}, Words())
    await Customer.update({**changed, "updated_at": at}).where(Customer.id == known.id)


async def _find(given: Record) -> tuple[Person, PersonKey] | None:
    rows = await ground.fetch(
        # The weaker lock leaves alone what merely refers to the person.
        f"SELECT {finding.COLUMNS} FROM customer WHERE external_id = $1 OR email_hash = $2 "  # noqa: S608
        "FOR NO KEY UPDATE",
        given.external_id,
        given.email and addressing.hashed(given.email),
    )
    if len(rows) > 1:
        raise TwoPeople("errors.customers.two_people", field="external_id")
    return finding.with_key(rows[0]) if rows else None


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
