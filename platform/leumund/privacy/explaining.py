"""Explain the register to people: what each class of data is, why it is stored, by which law, and how long."""

import re

import msgspec

from leumund.kit import language as speaking
from leumund.privacy import register
from leumund.privacy.register import Period, Register

_UNITS = ("years", "days", "hours")


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A class in words for people; ``columns`` are what it covers, such as ``customer.email_sealed``."""

    key: str
    name: str
    why: str
    category: str
    basis: str
    law: str
    period: str
    then: str
    columns: list[str]


def explain(language: str, *, everybody: bool = False) -> list[Explained]:
    """Every class of customers and friends, in ``language``: what, why, on which basis, for how long.

    Some cover no column and say how long a person is known as a whole. Of ``everybody``, staff and machines too.
    """
    known = register.read()
    covered = _covered(known)
    return [
        _explained(key, covered[key], language)
        for key, told in known.classes.items()
        if everybody or told.whose == "people"
    ]


def lasting(length: Period, language: str) -> str:
    """A period in words: how long, from when on, and what then."""
    since = speaking.text(f"data.start.{length.start}", language)
    if length.is_endless:
        return since
    if length.end_of_year:
        since = speaking.text(f"data.start.{length.start}.year", language)
    unit, amount = next((unit, amount) for unit in _UNITS if (amount := getattr(length, unit)))
    return speaking.text(
        "data.period", language, length=speaking.plural(f"data.length.{unit}", language, amount), start=since
    )


def _covered(known: Register) -> dict[str, list[str]]:
    """What of people each class holds, by class in the register's order."""
    found: dict[str, list[str]] = {key: [] for key in known.classes}
    for name, table in known.of_people.items():
        for column in table.placed:
            found[table.class_of(column)].append(f"{name}.{column}")
    return found


def _explained(key: str, columns: list[str], language: str) -> Explained:
    told = register.read().classes[key]
    return Explained(
        key=key,
        name=speaking.text(f"data.class.{key}", language),
        why=speaking.text(f"data.class.{key}.why", language),
        category=speaking.text(f"data.category.{told.category}", language),
        basis=speaking.text(f"data.basis.{told.basis}", language),
        law=_law(told.law, language),
        period=lasting(told.period, language),
        then=speaking.text(f"data.then.{told.period.then}", language),
        columns=columns,
    )


def _law(law: str, language: str) -> str:
    """As lawyers of ``language`` write it: "Art. 6 Abs. 1 Buchst. b DSGVO" for "Art. 6(1)(b) GDPR"."""
    if language != "de":
        return law
    paragraphs = re.sub(r"\s*\((\d+)\)", r" Abs. \1", law)
    return re.sub(r"\(([a-z])\)", r" Buchst. \1", paragraphs).replace("GDPR", "DSGVO").replace("no.", "Nr.")
