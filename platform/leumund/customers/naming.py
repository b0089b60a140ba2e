"""Name people in other rooms' lists: their queries bring the seals along, and the names are opened afterwards."""

from typing import Any, NamedTuple
from uuid import UUID

from leumund.kit.sealing import Column

_SEALS = tuple(Column("customer", f"{name}_sealed") for name in ("given_name", "family_name", "email"))
_GIVEN, _, _EMAIL = _SEALS


class Named(NamedTuple):
    """A person as the company's own eyes know them: ``shown`` is the name, else the address, else its number."""

    name: str
    email: str | None
    shown: str


def sealed(customer: str, *, as_: str) -> str:
    """The SQL that brings a person along as ``as_``; ``customer`` is what their row is called there.

    One list, so that a query of two people has two columns more and no name is confused with another's.
    """
    seals = ", ".join(f"{customer}.{column.name}" for column in _SEALS)
    return f"{customer}.id AS {as_}_id, {customer}.external_id AS {as_}_number, ARRAY[{seals}] AS {as_}_seals"


def take(row: dict[str, Any], *, as_: str) -> Named:
    """Who was brought along as ``as_``, taken out of ``row``, where their id stays; nobody is nameless."""
    person, number = row[f"{as_}_id"], row.pop(f"{as_}_number")
    seals = zip(_SEALS, row.pop(f"{as_}_seals"), strict=True)
    given, family, email = (column.tell(sealed, person) for column, sealed in seals)
    name = f"{given} {family}".strip()
    return Named(name, email or None, name or email or number or "")


def address(sealed: bytes, person: UUID) -> str:
    """The address alone, from ``email_sealed``."""
    return _EMAIL.unseal(sealed, person)


def given(kept: bytes | None, person: UUID) -> str:
    """The first name alone, from ``given_name_sealed``: what friends learn of who recommends."""
    return _GIVEN.tell(kept, person)
