"""Name people in other rooms' lists: their queries bring key and seals along, and the names are opened afterwards."""

from typing import Any, NamedTuple
from uuid import UUID

from leumund.audit import masking
from leumund.kit import personal
from leumund.kit.sealing import Column

_BY_NAME = {name: Column("customer", f"{name}_sealed") for name in ("given_name", "family_name", "email")}
_SEALS = tuple(_BY_NAME.values())


class Named(NamedTuple):
    """A person as the company's own eyes know them: ``shown`` is the name, else the masked address, else its number.

    All of it is empty where the person's key is gone and no number is left either.
    """

    name: str
    email: str | None
    shown: str


def sealed(customer: str, *, as_: str, resting: bool = False) -> str:
    """The SQL that brings a person along as ``as_``; ``customer`` is what their row is called there.

    One list, so that a query of two people has two columns more and no name is confused with another's; the key is its
    first. Whose data rest or are about to go is nameless like somebody who is gone, but where ``resting`` ones are
    asked for.
    """
    key, number = personal.brought(f"{customer}.id"), f"{customer}.external_id"
    if not resting:
        key, number = (f"CASE WHEN {customer}.held IS NULL THEN {each} END" for each in (key, number))
    seals = ", ".join([key, *(f"{customer}.{column.name}" for column in _SEALS)])
    return f"{customer}.id AS {as_}_id, {number} AS {as_}_number, ARRAY[{seals}] AS {as_}_seals"


def take(row: dict[str, Any], *, as_: str) -> Named:
    """Who was brought along as ``as_``, taken out of ``row``, where their id stays; nobody is nameless."""
    person, number = row[f"{as_}_id"], row.pop(f"{as_}_number")
    kept, *seals = row.pop(f"{as_}_seals")
    key = personal.opened(kept, person=person)
    given, family, email = (column.tell(seal, person, key=key) for column, seal in zip(_SEALS, seals, strict=True))
    name = f"{given} {family}".strip()
    address = masking.email(email) if email else ""
    return Named(name, email or None, name or address or number or "")


def told(row: dict[str, Any], *, as_: str) -> dict[str, Any]:
    """Who was brought along as ``as_``, taken out of ``row`` as nouns have them: id, ``_name`` and ``_email``."""
    person = take(row, as_=as_)
    return {as_: row.pop(f"{as_}_id"), f"{as_}_name": person.shown, f"{as_}_email": person.email}


def one(name: str, customer: str, *, as_: str) -> str:
    """The SQL that brings a person's ``given_name``, ``family_name`` or ``email`` along as ``as_``, nothing else."""
    return f"ARRAY[{personal.brought(f'{customer}.id')}, {customer}.{_BY_NAME[name].name}] AS {as_}"


def take_one(row: dict[str, Any], name: str, person: UUID, *, as_: str) -> str:
    """What ``one`` brought along, taken out of ``row``; empty where it is not known."""
    kept, seal = row.pop(as_)
    return _BY_NAME[name].tell(seal, person, key=personal.opened(kept, person=person))
