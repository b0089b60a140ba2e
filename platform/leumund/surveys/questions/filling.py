"""Read what somebody filled in: marks and words by question, every fault beside its field."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

from leumund.kit import free_text
from leumund.kit.faults import Refusals, Refused
from leumund.surveys.questions import paths
from leumund.surveys.questions.defining import Definition, Mark, Marks, Question


class NoMark(Refused):
    """Not a mark of this question's scale, or none where one is needed."""


class NoChoice(Refused):
    """Not one of the choices, or none where one is needed."""


class NoWords(Refused):
    """Nothing is said where something is asked for."""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered: ``marks`` by question, and ``words`` by text question; what was left out is in neither."""

    marks: Marks = {}
    words: dict[str, str] = {}

    def has(self, question: Question) -> bool:
        """Whether ``question`` was answered."""
        return question.key in self.marks or question.key in self.words

    def said(self, question: Question, language: str) -> str:
        """What was answered to ``question``, for people: ``4 / 5``, the choices by their names, or the words."""
        if question.key in self.words:
            return self.words[question.key]
        mark = self.marks.get(question.key)
        if isinstance(mark, int):
            return f"{mark} / {question.marks[-1]}" if question.marks else str(mark)
        names = question.text(language).choices
        chosen = mark if isinstance(mark, list) else [mark] if mark else []
        return ", ".join(names.get(each, each) for each in chosen)


def filled(
    definition: Definition, sent: Mapping[str, Sequence[str]], *, before: Filled, page: Sequence[Question]
) -> Filled:
    """``before`` with the questions of ``page`` answered as ``sent``; what that no longer leads to is let go.

    ``sent`` are the values of each field, named as the questions are. Raises Refusals.
    """
    marks, words, faults = dict(before.marks), dict(before.words), []
    for question in page:
        marks.pop(question.key, None)
        words.pop(question.key, None)
        if not paths.is_asked(question, marks):
            continue
        try:
            _take(question, sent.get(question.key, ()), marks, words)
        except Refused as fault:
            faults.append(fault)
    if faults:
        raise Refusals(faults)
    led = {question.key for question in paths.asked(definition, marks)}
    return Filled(
        marks={key: mark for key, mark in marks.items() if key in led},
        words={key: said for key, said in words.items() if key in led},
    )


def require_before(definition: Definition, before: Filled, *, page: int) -> None:
    """Nothing, when ``before`` has answered what the pages in front of ``page`` need. Raises Refusals."""
    asked = [question for part in paths.pages(definition)[:page] for question in part if question.required]
    led = paths.asked(definition, before.marks)
    if faults := [_missing(each) for each in asked if each in led and not before.has(each)]:
        raise Refusals(faults)


def so_far(definition: Definition, sent: Mapping[str, Sequence[str]], *, page: int) -> Filled:
    """What ``sent`` answers on every page up to ``page``, each in its turn. Raises Refusals for the first wrong one."""
    whole = Filled()
    for asked in paths.pages(definition)[: page + 1]:
        whole = filled(definition, sent, before=whole, page=asked)
    return whole


def marks_in(definition: Definition, sent: Mapping[str, Sequence[str]]) -> Marks:
    """Whatever of ``sent`` is a mark or a choice; what is none is left out, for whoever only looks."""
    found: Marks = {}
    for question in definition.questions:
        with suppress(Refused):
            _take(question, sent.get(question.key, ()), found, {})
    return found


def _take(question: Question, values: Sequence[str], marks: Marks, words: dict[str, str]) -> None:
    given = [value for value in values if value]
    if question.shape.answer == "words":
        if said := free_text.checked(given[0] if given else "", field=question.key):
            words[question.key] = said
        elif question.required:
            raise _missing(question)
    elif given:
        marks[question.key] = _mark(question, given)
    elif question.required:
        raise _missing(question)


def _mark(question: Question, given: Sequence[str]) -> Mark:
    """Raises NoMark, NoChoice."""
    if question.shape.answer == "mark":
        places = {str(mark): mark for mark in question.marks}
        if len(given) != 1 or given[0] not in places:
            raise _missing(question)
        return places[given[0]]
    chosen = [choice for choice in question.choices if choice in given]
    if len(chosen) != len(given) or (question.shape.answer == "choice" and len(given) != 1):
        raise _missing(question)
    return chosen[0] if question.shape.answer == "choice" else chosen


def _missing(question: Question) -> Refused:
    if question.shape.answer == "words":
        return NoWords("errors.surveys.no_words", field=question.key)
    if question.shape.answer == "mark":
        lowest, highest = question.marks[0], question.marks[-1]
        return NoMark("errors.surveys.no_mark", field=question.key, lowest=lowest, highest=highest)
    several = question.shape.answer == "choices"
    return NoChoice("errors.surveys.no_choices" if several else "errors.surveys.no_choice", field=question.key)
