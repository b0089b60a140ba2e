"""Which questions somebody is led to, and on which page each stands.

A question that depends on another can only be asked once that one is answered, so it stands on a later page: this way a
survey branches in any browser, without scripts.
"""

from collections.abc import Mapping

from leumund.surveys.questions.defining import Definition, Marks, Question


def pages(definition: Definition) -> list[list[Question]]:
    """The questions in their order, parted wherever one depends on another of the same page."""
    parted: list[list[Question]] = []
    for question in definition.questions:
        here = {each.key for each in parted[-1]} if parted else set()
        if not parted or any(condition.question in here for condition in question.when):
            parted.append([])
        parted[-1].append(question)
    return parted


def is_asked(question: Question, marks: Marks) -> bool:
    """Whether ``marks``, given before, lead to ``question``."""
    return all(condition.holds(marks.get(condition.question)) for condition in question.when)


def asked(definition: Definition, marks: Marks) -> list[Question]:
    """The questions ``marks`` lead to; one that depends on a question nobody was asked is not asked either."""
    led: list[Question] = []
    so_far: Marks = {}
    for question in definition.questions:
        if is_asked(question, so_far):
            led.append(question)
            if question.key in marks:
                so_far[question.key] = marks[question.key]
    return led


def page_after(definition: Definition, number: int, marks: Marks) -> int | None:
    """The next page from ``number`` on, counted from 0, on which anything is asked; None at the end."""
    led = {question.key for question in asked(definition, marks)}
    parted = pages(definition)
    return next((place for place in range(number, len(parted)) if led & {each.key for each in parted[place]}), None)


def allowed(question: Question, before: Mapping[str, Question]) -> dict[str, set[int | str]] | None:
    """What each earlier question has to be answered with for ``question`` to be asked; None where nothing can.

    ``before`` are the questions that stand before it, by key. Of several choices a condition needs any one, so two
    conditions never exclude each other there.
    """
    wanted: dict[str, set[int | str]] = {}
    waiting = list(question.when)
    while waiting:
        condition = waiting.pop()
        earlier = before.get(condition.question)
        if earlier is None:
            continue
        if earlier.shape.answer == "choices":
            fits: set[int | str] = set(condition.choices)
        else:
            fits = {*condition.marks, *condition.choices}
            fits &= wanted.get(earlier.key, fits)
        if not fits:
            return None
        # Conditions look back only, so this comes to an end.
        if earlier.key not in wanted:
            waiting += earlier.when
        wanted[earlier.key] = fits
    return wanted
