"""A survey in plain words, for whoever reads, compares or releases it."""

from collections.abc import Iterator, Sequence

from leumund.kit import language
from leumund.surveys.questions.defining import Condition, Definition, Question
from leumund.surveys.questions.editing import CLASSES
from leumund.surveys.questions.kinds import COMMENT, RECOMMEND


def plain(definition: Definition, lang: str, *, reader: str, numbered: bool = True) -> str:
    """All that is asked in ``lang``, in the order it is asked; what it means is said in the language of ``reader``.

    Without numbers two surveys differ only where somebody wrote something else.
    """
    parts = [definition.titles.get(lang, ""), definition.intro.get(lang, "")]
    for number, question in enumerate(definition.questions, 1):
        lines = "\n".join(_lines(question, definition, lang, reader))
        parts.append(f"{number}. {lines}" if numbered else lines)
    return "".join(f"{part}\n\n" for part in parts if part)


def asks(question: Question, lang: str) -> str:
    """What a question says in ``lang``, or what we say for it; empty where nobody has written it yet."""
    said = question.texts.get(lang)
    words = said.question if said else ""
    return words or (language.text("surveys.asks.comment", lang) if question.key == COMMENT else "")


def conditions(question: Question, definition: Definition, reader: str) -> list[str]:
    """When a question is asked, a sentence for each condition."""
    return [_condition(each, definition, reader) for each in question.when]


def spans(marks: Sequence[int]) -> list[tuple[int, int]]:
    """Marks as spans from the first to the last of three or more that follow one another, else each by itself."""
    found: list[tuple[int, int]] = []
    for mark in sorted(set(marks)):
        if found and found[-1][1] == mark - 1:
            found[-1] = (found[-1][0], mark)
        else:
            found.append((mark, mark))
    return [span for each in found for span in _apart(*each)]


def _apart(first: int, last: int) -> list[tuple[int, int]]:
    return [(first, first), (last, last)] if last == first + 1 else [(first, last)]


def _condition(condition: Condition, definition: Definition, reader: str) -> str:
    earlier = definition.question(condition.question)
    asked = (asks(earlier, reader) or earlier.key) if earlier else condition.question
    if earlier is not None and earlier.choices:
        labels = earlier.texts[reader].choices if reader in earlier.texts else {}
        answers = [
            language.text("studio.quoted", reader, words=labels.get(choice) or choice) for choice in condition.choices
        ]
    else:
        answers = [_span(span, reader) for span in spans(condition.marks)]
    for name, marks in CLASSES.items():
        if condition.question == RECOMMEND and sorted(condition.marks) == marks:
            answers.append(f"({language.text(f'studio.class.{name}', reader)})")
    return language.text("studio.only_if", reader, question=asked, answers=_listed(answers, reader))


def _span(span: tuple[int, int], reader: str) -> str:
    first, last = span
    return str(first) if first == last else language.text("studio.span", reader, first=first, last=last)


def _listed(answers: Sequence[str], reader: str) -> str:
    words = [each for each in answers if not each.startswith("(")]
    told = [each for each in answers if each.startswith("(")]
    return " ".join([language.text("studio.or", reader).join(words), *told])


def _lines(question: Question, definition: Definition, lang: str, reader: str) -> Iterator[str]:
    said = question.texts.get(lang)
    told = [language.text(f"studio.kind.{question.kind}", reader)]
    if question.kind == "scale" and question.marks:
        told.append(_span((question.marks[0], question.marks[-1]), reader))
    told += [language.text(f"studio.{name}", reader) for name in ("required", "driver") if getattr(question, name)]
    yield f"{asks(question, lang)} [{', '.join(told)}]".strip()
    if said and said.help:
        yield said.help
    if said and (said.low or said.high):
        yield f"{said.low} – {said.high}"
    for choice in question.choices:
        yield f"• {said.choices.get(choice, '') if said else ''}"
    yield from conditions(question, definition, reader)
