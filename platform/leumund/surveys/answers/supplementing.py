"""Read what else stands in a row of past answers: marks to further questions, and facts such as a terminal."""

import re
from collections.abc import Callable, Mapping

import msgspec

from leumund.kit.faults import Refused
from leumund.surveys.questions.defining import Definition
from leumund.surveys.questions.filling import NoMark

MOST_FACTS = 10
_LONGEST_FACT = 60
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


class BadFact(Refused):
    """A name that no fact can have, or more to say than a fact is."""


class NoQuestion(Refused):
    """The survey asks nothing by this name that is answered by a mark."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """Which columns hold marks, by question of ``definition``, and which facts, by name; ``blanks`` are no marks."""

    definition: Definition
    marks: Mapping[str, str] = {}
    facts: Mapping[str, str] = {}
    blanks: tuple[str, ...] = ()


class Supplement(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says beside its mark for recommending."""

    marks: dict[str, int] = {}
    facts: dict[str, str] = {}


def require(beside: Beside) -> None:
    """Raises BadFact, NoQuestion."""
    if len(beside.facts) > MOST_FACTS:
        raise BadFact("errors.figures.most_facts", field="facts", most=MOST_FACTS)
    for name in beside.facts:
        if not _NAME.fullmatch(name):
            raise BadFact("errors.figures.fact_name", field=name, name=name)
    for key in beside.marks:
        if not _marks(key, beside.definition):
            raise NoQuestion("errors.figures.no_question", field=key, name=key)


def read(cell: Callable[[str], str], *, beside: Beside) -> Supplement:
    """``cell`` gives what stands in a column. Raises NoMark, BadFact."""
    marks = {
        key: _mark(said, key, beside.definition)
        for key, column in beside.marks.items()
        if (said := cell(column)) and said not in beside.blanks
    }
    facts = {name: _fact(said, name) for name, column in beside.facts.items() if (said := cell(column))}
    return Supplement(marks=marks, facts=facts)


def _marks(key: str, definition: Definition) -> range:
    question = definition.question(key)
    return question.marks if question else range(0)


def _mark(text: str, key: str, definition: Definition) -> int:
    marks = _marks(key, definition)
    places = {str(mark): mark for mark in marks}
    if text not in places:
        raise NoMark("errors.surveys.no_mark", field=key, lowest=marks[0], highest=marks[-1])
    return places[text]


def _fact(said: str, name: str) -> str:
    if len(said) > _LONGEST_FACT:
        raise BadFact("errors.figures.fact_too_long", field=name, most=_LONGEST_FACT)
    return said
