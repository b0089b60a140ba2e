"""A segment as data: conditions joined by and and or, each of which may be denied."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from leumund.customers.segments import facts
from leumund.customers.segments.facts import FACTS, Op
from leumund.kit import money
from leumund.kit.faults import Refusals, Refused

# Enough for whoever thinks in words, and little enough for one statement.
MOST_DEEP = 3
MOST_CONDITIONS = 24
_MOST_CODES = 30
_MINOR = 100


class Nothing(Refused):
    """A group that asks nothing: joined by and it would hold for everybody."""


class TooMuch(Refused):
    """More conditions, or deeper ones, than anybody would understand."""


class NotAsked(Refused):
    """No fact there is, or one that cannot be asked like that."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="is"):
    """That a fact is one of ``among``, at ``least`` or at ``most`` ``number``, or so at all.

    ``number`` is in days, minor units of ``currency``, points or times. With ``days`` it counts what is no older; with
    ``category`` what is of that kind alone.
    """

    fact: str
    op: Op
    among: tuple[str, ...] = ()
    number: int = 0
    days: int = 0
    category: str = ""
    currency: str = ""
    negated: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="group"):
    """That ``all`` or ``any`` of what stands in it hold."""

    join: Literal["all", "any"]
    of: "tuple[Condition | Group, ...]"
    negated: bool = False


class Definition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole segment; ``format`` says how to read what was kept."""

    root: Group
    format: int = 1

    @property
    def conditions(self) -> list[Condition]:
        """All there are, in their order."""
        return list(_conditions(self.root))

    @property
    def evaluates(self) -> bool:
        """Whether it asks how people behave, so that only who agreed to that may be found."""
        return any(FACTS[each.fact].evaluates for each in self.conditions)


def read(kept: str) -> Definition:
    """A definition as ``write`` wrote it."""
    return msgspec.json.decode(kept, type=Definition)


def write(definition: Definition) -> str:
    """As JSON."""
    return msgspec.json.encode(definition).decode()


def check(definition: Definition) -> None:
    """Nothing, when it can be asked.

    Raises Refusals, in which a field is the place of a condition and what is wrong in it, such as ``0.2.number``.
    """
    faults = list(_of_group(definition.root, "", deep=1))
    if len(definition.conditions) > MOST_CONDITIONS:
        faults.append(TooMuch("errors.segments.too_many", most=MOST_CONDITIONS))
    if faults:
        raise Refusals(faults)


def _conditions(group: Group) -> Iterator[Condition]:
    for each in group.of:
        if isinstance(each, Group):
            yield from _conditions(each)
        else:
            yield each


def _of_group(group: Group, place: str, *, deep: int) -> Iterator[Refused]:
    if deep > MOST_DEEP:
        yield TooMuch("errors.segments.too_deep", field=place or None)
        return
    if not group.of:
        yield Nothing("errors.segments.nothing", field=place or None)
    for number, each in enumerate(group.of):
        inside = f"{place}.{number}" if place else str(number)
        yield from _of_group(each, inside, deep=deep + 1) if isinstance(each, Group) else _of(each, inside)


def _of(condition: Condition, place: str) -> Iterator[Refused]:
    fact = FACTS.get(condition.fact)
    if fact is None or condition.op not in fact.ops:
        yield NotAsked("errors.segments.fact", field=f"{place}.fact")
        return
    if condition.op == "in":
        yield from _of_choice(condition, fact, place)
    elif condition.op != "yes" and not 0 <= condition.number <= fact.most:
        yield NotAsked("errors.segments.number", field=f"{place}.number", most=_shown(fact))
    if not 0 <= condition.days <= (facts.MOST_DAYS if fact.windowed else 0):
        yield NotAsked("errors.segments.days", field=f"{place}.days", most=facts.MOST_DAYS)
    if condition.category and not (fact.sorted and re.fullmatch(facts.CATEGORY, condition.category)):
        yield NotAsked("errors.segments.category", field=f"{place}.category")
    if (fact.kind == "money") != (condition.currency in money.known()):
        yield NotAsked("errors.segments.currency", field=f"{place}.currency")


def _of_choice(condition: Condition, fact: facts.Fact, place: str) -> Iterator[Refused]:
    if not condition.among:
        yield NotAsked("errors.segments.none_chosen", field=f"{place}.among")
    elif len(condition.among) > _MOST_CODES:
        yield NotAsked("errors.segments.too_many_codes", field=f"{place}.among", most=_MOST_CODES)
    elif fact.choices and not set(condition.among) <= set(fact.choices):
        yield NotAsked("errors.segments.none_chosen", field=f"{place}.among")
    elif fact.pattern and not all(re.fullmatch(fact.pattern, each) for each in condition.among):
        yield NotAsked(f"errors.segments.{condition.fact}", field=f"{place}.among")


def _shown(fact: facts.Fact) -> int:
    """The highest number as people type it: money in whole units."""
    return fact.most // _MINOR if fact.kind == "money" else fact.most
