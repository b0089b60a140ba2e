"""Whether a survey can be asked: everything wrong with a definition, each with where it is mended.

Pure rules. What Art. 9 GDPR protects is not refused here: that can be released (``judging.protected``).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from leumund.kit.faults import Refused
from leumund.messages.words import pleading
from leumund.surveys.questions import judging, paths, wordings
from leumund.surveys.questions.defining import Condition, Definition, Question
from leumund.surveys.questions.kinds import COMMENT, SHAPES

MOST_QUESTIONS, MOST_CHOICES, MOST_CONDITIONS = 40, 20, 5
LOWEST, HIGHEST = 0, 10
# Letters of each part.
LONGEST = {"titles": 80, "intro": 600, "question": 300, "help": 400, "low": 60, "high": 60, "choices": 120}
# Fields of the form a survey is asked by.
RESERVED = frozenset({"page", "lang", "score", "form_token", "channel", "token", "at"})
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_OWNED = {shape.key: kind for kind, shape in SHAPES.items() if shape.key} | {COMMENT: "text"}


class Objection(Refused):
    """What is wrong: ``rule`` in a word, the key of a ``question`` or none, the ``part`` of it and the language."""

    def __init__(self, rule: str, part: str, *, question: str = "", language: str = "", **values: object) -> None:
        super().__init__(f"errors.studio.{rule}", field=f"{part}_{language}" if language else part, **values)
        self.rule, self.part, self.question, self.language = rule, part, question, language


def is_key(text: str) -> bool:
    """Whether a question or a choice may be called so."""
    return _KEY.fullmatch(text) is not None


def objections(definition: Definition, *, languages: Sequence[str], named: bool) -> list[Objection]:
    """All that is wrong with ``definition`` for a company of these ``languages``; none where it may be published."""
    return [
        *_of_survey(definition, languages),
        *_of_keys(definition),
        *(wrong for question in definition.questions for wrong in _of_question(question, languages)),
        *_of_conditions(definition),
        *_of_words(definition, named=named),
    ]


def against(definition: Definition, before: Sequence[Definition]) -> list[Objection]:
    """Questions that mean something else than earlier versions asked by their key: figures would mix the two."""
    meant: dict[str, Question] = {}
    for earlier in before:
        meant |= {question.key: question for question in earlier.questions}
    return [
        Objection("other_meaning", "key", question=question.key, value=question.key)
        for question in definition.questions
        if question.key in meant and _meaning(meant[question.key]) != _meaning(question)
    ]


def _meaning(question: Question) -> tuple[str, range]:
    return question.kind, question.marks


def _of_survey(definition: Definition, languages: Sequence[str]) -> Iterator[Objection]:
    for lang in languages:
        if not definition.titles.get(lang, "").strip():
            yield Objection("no_title", "titles", language=lang)
        if definition.intro and not definition.intro.get(lang, "").strip():
            yield Objection("no_intro", "intro", language=lang)
    if not definition.questions:
        yield Objection("no_questions", "questions")
        return
    if len(definition.questions) > MOST_QUESTIONS:
        yield Objection("too_many", "questions", most=MOST_QUESTIONS)
    leading = definition.leading
    if leading.shape.answer != "mark":
        yield Objection("no_tap", "kind", question=leading.key)
    if leading.when:
        yield Objection("leading_depends", "when", question=leading.key)


def _of_keys(definition: Definition) -> Iterator[Objection]:
    times = Counter(question.key for question in definition.questions)
    for question in definition.questions:
        key, owner = question.key, _OWNED.get(question.key)
        if not _KEY.fullmatch(key):
            yield Objection("key", "key", question=key)
        elif key in RESERVED:
            yield Objection("key_reserved", "key", question=key, value=key)
        elif times[key] > 1:
            yield Objection("asked_once" if owner else "key_twice", "key", question=key, value=key)
        elif (owner or question.kind) != question.kind or question.shape.key not in ("", key):
            yield Objection("key_of_kind", "key", question=key, value=question.shape.key or key)


def _of_question(question: Question, languages: Sequence[str]) -> Iterator[Objection]:
    for lang in languages:
        said = question.texts.get(lang)
        # What a comment asks unless the company says otherwise, we know ourselves.
        if question.key != COMMENT and not (said and said.question.strip()):
            yield Objection("no_words", "question", question=question.key, language=lang)
    if question.kind == "scale":
        low, high = question.low, question.high
        if low is None or high is None or not LOWEST <= low < high <= HIGHEST:
            yield Objection("scale", "low", question=question.key, lowest=LOWEST, highest=HIGHEST)
    elif question.low is not None or question.high is not None:
        yield Objection("no_scale", "low", question=question.key)
    if question.driver and not question.shape.is_rating:
        yield Objection("no_driver", "driver", question=question.key)
    yield from _of_choices(question, languages)


def _of_choices(question: Question, languages: Sequence[str]) -> Iterator[Objection]:
    choices = question.choices
    if question.shape.answer not in ("choice", "choices"):
        if choices:
            yield Objection("choices_nowhere", "choices", question=question.key)
        return
    if len(choices) < 2 or len(choices) > MOST_CHOICES:
        yield Objection("choices", "choices", question=question.key, most=MOST_CHOICES)
    if len(set(choices)) < len(choices) or not all(_KEY.fullmatch(choice) for choice in choices):
        yield Objection("choice_keys", "choices", question=question.key)
    for lang in languages:
        labels = question.texts[lang].choices if lang in question.texts else {}
        yield from _of_labels(question, lang, {choice: labels.get(choice, "").strip() for choice in choices})


def _of_labels(question: Question, lang: str, labels: Mapping[str, str]) -> Iterator[Objection]:
    times = Counter(label.casefold() for label in labels.values())
    for choice, label in labels.items():
        if not label:
            yield Objection("no_label", f"choices.{choice}", question=question.key, language=lang)
        elif times[label.casefold()] > 1:
            yield Objection("label_twice", f"choices.{choice}", question=question.key, language=lang)


def _of_conditions(definition: Definition) -> Iterator[Objection]:
    before: dict[str, Question] = {}
    for question in definition.questions:
        if len(question.when) > MOST_CONDITIONS:
            yield Objection("conditions", "when", question=question.key, most=MOST_CONDITIONS)
        wrong = [_fault_of(condition, before) for condition in question.when]
        for rule in dict.fromkeys(rule for rule in wrong if rule):
            yield Objection(rule, "when", question=question.key)
        if question.when and not any(wrong) and paths.allowed(question, before) is None:
            yield Objection("never_asked", "when", question=question.key)
        before.setdefault(question.key, question)


def _fault_of(condition: Condition, before: dict[str, Question]) -> str:
    """The rule ``condition`` breaks, if any."""
    earlier = before.get(condition.question)
    if earlier is None:
        return "when_later"
    if earlier.shape.answer == "words":
        return "when_words"
    fits = set(condition.marks) <= set(earlier.marks) and set(condition.choices) <= set(earlier.choices)
    asks = condition.marks if earlier.shape.answer == "mark" else condition.choices
    return "" if fits and asks else "when_marks"


def _of_words(definition: Definition, *, named: bool) -> Iterator[Objection]:
    kinds = {question.key: question.kind for question in definition.questions}
    for one in judging.said(definition):
        where = {"part": one.part, "question": one.question, "language": one.language}
        longest = LONGEST[one.part.partition(".")[0]]
        # Whatever is longer is objected to anyway.
        seen = one.seen[:longest]
        if len(one.words) > longest:
            yield Objection("too_long", **where, most=longest)
        asked = [("loaded", pleading.LOADED), ("bought", pleading.BOUGHT), ("friends", wordings.FRIENDS)]
        if not named and kinds.get(one.question) == "text":
            asked.append(("oneself", wordings.ONESELF))
        for rule, words in asked:
            if match := words.search(seen):
                yield Objection(rule, **where, found=match[0])
