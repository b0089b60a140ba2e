"""Change a survey question by question: what depends on a question follows it, or goes with it."""

from collections.abc import Collection, Mapping

import msgspec

from leumund.surveys import rules
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording
from leumund.surveys.questions.kinds import COMMENT, RECOMMEND, SHAPES, Kind

CLASSES: Mapping[str, list[int]] = {
    name: [mark for mark in range(11) if rules.class_of(mark) == name] for name in ("detractor", "passive", "promoter")
}
_SCALE = (1, 5)


def fresh_key(kind: Kind, taken: Collection[str]) -> str:
    """A short name for a new question of ``kind``: its own where it has one, else one nobody has."""
    if SHAPES[kind].key:
        return SHAPES[kind].key
    wanted = COMMENT if kind == "text" else kind
    names = (wanted, *(f"{kind}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def added(definition: Definition, kind: Kind) -> tuple[Definition, Question]:
    """``definition`` with an empty question of ``kind`` at its end, and that question."""
    low, high = _SCALE if kind == "scale" else (None, None)
    key = fresh_key(kind, {question.key for question in definition.questions})
    question = Question(key=key, kind=kind, texts={}, low=low, high=high)
    return _with(definition, [*definition.questions, question]), question


def changed(definition: Definition, key: str, question: Question) -> Definition:
    """``definition`` with ``question`` in place of the one called ``key``; conditions on it follow its new name."""
    questions = [question if one.key == key else one for one in definition.questions]
    return _with(definition, [_renamed(one, key, question.key) for one in questions])


def removed(definition: Definition, key: str) -> Definition:
    """``definition`` without the question; what was asked because of it is asked of everybody."""
    kept = [one for one in definition.questions if one.key != key]
    return _with(
        definition,
        [msgspec.structs.replace(one, when=[each for each in one.when if each.question != key]) for one in kept],
    )


def moved(definition: Definition, key: str, *, by: int) -> Definition:
    """``definition`` with the question ``by`` places further down; at either end it stays."""
    questions = list(definition.questions)
    place = next((number for number, one in enumerate(questions) if one.key == key), None)
    if place is None or not 0 <= place + by < len(questions):
        return definition
    questions.insert(place + by, questions.pop(place))
    return _with(definition, questions)


def followed_up(definition: Definition, words: Mapping[str, Mapping[str, str]]) -> Definition:
    """``definition`` with a text for each class after the question for recommending; ``words[class][language]``.

    A class that is asked already is left as it is.
    """
    keys = {one.key for one in definition.questions}
    new = [
        Question(
            key=f"why_{name}",
            kind="text",
            texts={lang: Wording(question=said) for lang, said in words[name].items()},
            when=[Condition(question=RECOMMEND, marks=marks)],
        )
        for name, marks in CLASSES.items()
        if f"why_{name}" not in keys
    ]
    place = next((number for number, one in enumerate(definition.questions, 1) if one.key == RECOMMEND), 0)
    if not place:
        return definition
    return _with(definition, [*definition.questions[:place], *new, *definition.questions[place:]])


def _with(definition: Definition, questions: list[Question]) -> Definition:
    return msgspec.structs.replace(definition, questions=questions)


def _renamed(question: Question, before: str, after: str) -> Question:
    when = [
        msgspec.structs.replace(each, question=after) if each.question == before else each for each in question.when
    ]
    return msgspec.structs.replace(question, when=when)
