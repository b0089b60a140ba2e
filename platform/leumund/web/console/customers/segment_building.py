"""What the page that builds a segment holds, from its form and back: groups of conditions, each one row of fields.

A page without scripts has a button for all that changes its shape; whatever was typed meanwhile is carried along.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision

from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.facts import FACTS, Fact, Op
from leumund.kit.faults import Refusals, Refused
from leumund.web import forms

_MOST_GROUPS, _MOST_ROWS = 8, 24
_NONE = "none"
JOINS = ("all", "any")
GROUP_JOINS = (*JOINS, _NONE)


class Row(NamedTuple):
    """One condition as its fields hold it; ``values`` by the last part of their names."""

    fact: str
    values: Mapping[str, str]

    @property
    def told(self) -> Fact:
        return FACTS[self.fact]


class Block(NamedTuple):
    """A group: ``all``, ``any`` or ``none`` of its rows hold."""

    join: str
    rows: list[Row]


class Draft(NamedTuple):
    """A segment on its way: whether all of its groups have to hold, or any."""

    join: str
    blocks: list[Block]


# What a new page begins with.
BLANK = Draft("all", [Block("all", [])])


def sent_draft(sent: Mapping[str, str]) -> Draft:
    """What the form held; a fact there is not is passed over."""
    blocks = []
    for group in range(_MOST_GROUPS):
        if f"group_{group}_join" not in sent:
            break
        blocks.append(Block(_join(sent, f"group_{group}_join", GROUP_JOINS), list(_rows(sent, group))))
    return Draft(_join(sent, "join", JOINS), blocks or BLANK.blocks)


def reshaped(draft: Draft, do: str, sent: Mapping[str, str]) -> Draft:
    """``draft`` after the button ``do`` of its page; others leave it as it is."""
    deed, _, place = do.partition("_")
    blocks = [Block(block.join, list(block.rows)) for block in draft.blocks]
    where = [int(part) for part in place.split("_") if part.isascii() and part.isdecimal() and len(part) <= 2]
    block = blocks[where[0]] if where and where[0] < len(blocks) else None
    if deed == "group" and len(blocks) < _MOST_GROUPS:
        blocks.append(Block("all", []))
    elif deed == "add" and block is not None and sent.get(f"fact_{where[0]}") in FACTS:
        block.rows.append(Row(sent[f"fact_{where[0]}"], {}))
    elif deed == "drop" and block is not None and len(where) > 1 and where[1] < len(block.rows):
        del block.rows[where[1]]
    elif deed == "ungroup" and block is not None:
        blocks.remove(block)
    return Draft(draft.join, blocks or [Block("all", [])])


def definition(draft: Draft) -> Definition:
    """What ``draft`` says, right or wrong: ``defining.check`` tells."""
    groups = (
        Group(
            join="any" if block.join != "all" else "all",
            of=tuple(_condition(row) for row in block.rows),
            negated=block.join == _NONE,
        )
        for block in draft.blocks
    )
    return Definition(root=Group(join="any" if draft.join == "any" else "all", of=tuple(groups)))


def draft_of(known: Definition) -> Draft:
    """The form of a definition that this page made, or that ships."""
    groups = [each for each in known.root.of if isinstance(each, Group)]
    plain = [each for each in known.root.of if isinstance(each, Condition)]
    loose = [Group(join=known.root.join, of=tuple(plain))] if plain else []
    return Draft(known.root.join, [Block(_said(group), _written(group)) for group in [*loose, *groups]])


def by_field(fault: Refused | Refusals) -> Refused | Refusals:
    """The same faults by the names of this page's fields."""
    if isinstance(fault, Refused):
        return fault
    return Refusals([type(one)(one.key, field=_field(one.field or ""), **one.values) for one in fault.faults])


def _field(place: str) -> str | None:
    parts = place.split(".")
    if not parts[0].isdecimal():
        return place or None
    if len(parts) == 1:
        return f"group_{parts[0]}_join"
    return "_".join(["row", *parts])


def _rows(sent: Mapping[str, str], group: int) -> Iterator[Row]:
    for number in range(_MOST_ROWS):
        begun = f"row_{group}_{number}_"
        fact = sent.get(f"{begun}fact")
        if fact is None:
            break
        if fact in FACTS:
            yield Row(fact, {name.removeprefix(begun): sent[name] for name in sent if name.startswith(begun)})


def _join(sent: Mapping[str, str], name: str, among: tuple[str, ...]) -> str:
    given = sent.get(name, "")
    return given if given in among else among[0]


def _condition(row: Row) -> Condition:
    fact, values = row.told, row.values
    number = forms.whole(values, "number", otherwise=-1)
    currency = values.get("currency", "").upper() if fact.kind == "money" else ""
    return Condition(
        fact=row.fact,
        op=_op(fact, values),
        among=_among(fact, values),
        number=_minor(number, currency) if "least" in fact.ops else 0,
        days=_optional(values, "days") if fact.windowed else 0,
        category=values.get("category", "").lower() if fact.sorted else "",
        currency=currency,
        negated=values.get("not") == "yes",
    )


def _op(fact: Fact, values: Mapping[str, str]) -> Op:
    if len(fact.ops) == 1:
        return fact.ops[0]
    return "most" if values.get("op") == "most" else "least"


def _among(fact: Fact, values: Mapping[str, str]) -> tuple[str, ...]:
    if fact.choices:
        return tuple(each for each in fact.choices if forms.ticked(values, f"among_{each}"))
    words = values.get("among", "").replace(",", " ").replace(";", " ").split()
    cased = (word.upper() if fact.pattern.startswith("[A-Z]") else word.lower() for word in words)
    return tuple(dict.fromkeys(cased)) if fact.kind == "codes" else ()


def _optional(values: Mapping[str, str], name: str) -> int:
    """A number that may be left out; -1, which nothing takes, where it is none."""
    return forms.whole(values, name, otherwise=-1) if values.get(name) else 0


def _minor(number: int, currency: str) -> int:
    return int(number * 10 ** get_currency_precision(currency)) if number > 0 and currency else number


def _said(group: Group) -> str:
    return _NONE if group.negated else group.join


def _written(group: Group) -> list[Row]:
    return [Row(each.fact, _fields(each)) for each in group.of if isinstance(each, Condition)]


def _fields(condition: Condition) -> dict[str, str]:
    fact = FACTS[condition.fact]
    number = condition.number
    if condition.currency:
        number //= 10 ** get_currency_precision(condition.currency)
    told: dict[str, Any] = {
        "op": condition.op,
        "number": number,
        "days": condition.days or "",
        "category": condition.category,
        "currency": condition.currency,
        "not": "yes" if condition.negated else "",
    }
    chosen = {f"among_{each}": "yes" for each in condition.among} if fact.choices else {}
    return {name: str(value) for name, value in told.items()} | chosen | {"among": ", ".join(condition.among)}
