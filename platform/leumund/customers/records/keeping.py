"""Keep what names and reaches a person under a key of theirs, beside the hashes by which they are found again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from leumund.consent import addressing
from leumund.customers.notation import folding
from leumund.kit import personal, sealing
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column

_PHONE, _NAMES, _BORN = "phone", ("given_name", "family_name"), "birth_date"
_COLUMNS = {
    name: Column("customer", f"{name}_sealed") for name in ("email", "given_name", "family_name", "phone", "birth_date")
}
# How many names are held at once while a file comes in, however long it is.
_NAMES_HELD = 10_000
SEALED = tuple(column.name for column in _COLUMNS.values())


def columns(person: UUID, told: Mapping[str, Any], *, key: PersonKey) -> dict[str, Any]:
    """``told``, fields of a record by name, as columns of ``person``'s row: what is sealed, and the hash of an address.

    What is not sealed stays as it is, and what is not told is in neither. Raises personal.Gone.
    """
    kept: dict[str, Any] = {}
    for name, value in told.items():
        column = _COLUMNS.get(name)
        if column is None:
            kept[name] = value
        else:
            kept[column.name] = column.keep(_text(value), person, key=key)
    if "email" in told:
        kept["email_hash"] = told["email"] and addressing.hashed(told["email"])
    if _BORN in told:
        kept["birth_day_hash"] = day_of_birth(told[_BORN])
    return kept


def key_of(row: dict[str, Any]) -> PersonKey:
    """Whose row it is by their key, taken out of it."""
    return personal.opened(row.pop("key_sealed"), person=row["id"])


def told(row: dict[str, Any], *, key: PersonKey) -> dict[str, Any]:
    """A row's fields by name, unsealed: None for an address, a number or a day that is not known, else empty.

    Of somebody whose key is gone nothing is known.
    """
    person = row["id"]
    plain = {name: column.tell(row.pop(column.name), person, key=key) for name, column in _COLUMNS.items()}
    born = plain.pop("birth_date")
    return {
        **row,
        **plain,
        "email": plain["email"] or None,
        "phone": plain["phone"] or None,
        "birth_date": date.fromisoformat(born) if born else None,
    }


class Words(dict[str, list[int]]):
    """What the words of each name leave in ``found_by``, hashed once however many are called so."""

    def __missing__(self, name: str) -> list[int]:
        if len(self) >= _NAMES_HELD:
            self.clear()
        found = self[name] = by_words(folding.spellings(name))
        return found


def found_by(known: Mapping[str, Any], words: Words) -> list[int]:
    """What a search finds the person by of whom all of this is ``known``: words of the name, and the telephone."""
    given, family = (words[name] if (name := known.get(field)) else [] for field in _NAMES)
    return [*given, *family, *by_phone(known.get(_PHONE))]


def changes_found_by(told: Mapping[str, Any]) -> bool:
    """Whether what is ``told`` is anything a search finds the person by."""
    return any(name in told for name in (_PHONE, *_NAMES))


def by_words(words: Iterable[str]) -> list[int]:
    """What ``words``, as folding has them, leave in ``found_by``."""
    return [sealing.keyed_number("word of a name", word) for word in words]


def by_phone(number: str | None) -> list[int]:
    """What a normal telephone number leaves in ``found_by``."""
    return [sealing.keyed_number("telephone", number)] if number else []


def day_of_birth(born: date | None) -> str | None:
    """What is found by of whoever is to be greeted: month and day of birth, and never the year."""
    return None if born is None else by_day(born.strftime("%m-%d"))


def by_day(day: str) -> str:
    """What people born on ``day``, such as ``02-29``, are found by: one of 366 hashes that tell nothing elsewhere."""
    return sealing.keyed_hash("day of birth", day)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    assert isinstance(value, date), "a day is the only field that is no text"
    return value.isoformat()
