"""The forms of the studio: what is typed becomes a question, and a question becomes what stands in its fields."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from leumund.surveys.questions.checking import LONGEST, MOST_CHOICES, Objection
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording
from leumund.surveys.questions.editing import CLASSES
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.web import forms

Sent = Mapping[str, Sequence[str]]
# Empty rows for choices that come on top.
FRESH = ("fresh_1", "fresh_2", "fresh_3")
_PARTS = ("question", "help", "low", "high")
_CLASS = "class:"
# What nobody can have typed into a field that holds less is cut here, so that no draft grows without end; what is one
# letter too long is objected to, beside its field.
_LONGEST = {**LONGEST, "choice": LONGEST["choices"]}
_LONGEST_OTHER = 60
_NO_NUMBER = -1


def asked(before: Question, sent: Sent, *, earlier: Sequence[Question], languages: Sequence[str]) -> Question:
    """``before`` as it was sent; its kind stays, and so does what was in a field that was not sent."""
    choices, labels = _choices(before, sent, languages)
    texts = dict(before.texts)
    for lang in languages:
        said = texts.get(lang)
        words = {part: _text(sent, f"{part}_{lang}", getattr(said, part, "")) for part in _PARTS}
        texts[lang] = Wording(**words, choices=labels[lang])
    scale = before.kind == "scale"
    return msgspec.structs.replace(
        before,
        key=before.key if before.shape.key else _text(sent, "key") or before.key,
        texts=texts,
        required="yes" in sent.get("required", ()),
        driver="yes" in sent.get("driver", ()),
        low=_number(sent, "low") if scale else None,
        high=_number(sent, "high") if scale else None,
        choices=choices,
        when=list(_conditions(sent, earlier)),
    )


def titled(before: Definition, sent: Sent, *, languages: Sequence[str]) -> Definition:
    """``before`` with its title and introduction as they were sent; an introduction in no language is none."""
    titles = before.titles | {lang: _text(sent, f"titles_{lang}", before.titles.get(lang, "")) for lang in languages}
    intro = before.intro | {lang: _text(sent, f"intro_{lang}", before.intro.get(lang, "")) for lang in languages}
    return msgspec.structs.replace(before, titles=titles, intro=intro if any(intro.values()) else {})


def ticked(question: Question, earlier: Question) -> list[str]:
    """Which boxes of a condition on ``earlier`` are ticked: classes as a whole, else each mark or choice."""
    condition = next((each for each in question.when if each.question == earlier.key), None)
    if condition is None:
        return []
    whole = [name for name, marks in CLASSES.items() if earlier.key == RECOMMEND and set(marks) <= set(condition.marks)]
    covered = {mark for name in whole for mark in CLASSES[name]}
    single = [str(mark) for mark in condition.marks if mark not in covered]
    return [*(f"{_CLASS}{name}" for name in whole), *single, *condition.choices]


def field(objection: Objection) -> str:
    """The field of the form in which ``objection`` is mended."""
    return str(objection.field).replace("choices.", "choice_")


def _conditions(sent: Sent, earlier: Sequence[Question]) -> Iterator[Condition]:
    for question in earlier:
        boxes = sent.get(f"when_{question.key}", ())
        marks = {mark for mark in question.marks if str(mark) in boxes}
        if question.key == RECOMMEND:
            marks |= {mark for name, whole in CLASSES.items() if f"{_CLASS}{name}" in boxes for mark in whole}
        choices = [choice for choice in question.choices if choice in boxes]
        if marks or choices:
            yield Condition(question=question.key, marks=sorted(marks), choices=choices)


def _choices(before: Question, sent: Sent, languages: Sequence[str]) -> tuple[list[str], dict[str, dict[str, str]]]:
    """The keys of all choices in their order, and their labels by language; a row without a word is none."""
    labels: dict[str, dict[str, str]] = {lang: {} for lang in languages}
    keys: list[str] = []
    if before.shape.answer not in ("choice", "choices"):
        return keys, labels
    for row in [*before.choices, *FRESH]:
        said = {lang: _text(sent, f"choice_{row}_{lang}", _label(before, row, lang)) for lang in languages}
        if not any(said.values()) or len(keys) > MOST_CHOICES:
            continue
        key = _fresh({*before.choices, *keys}) if row in FRESH else row
        keys.append(key)
        for lang, words in said.items():
            labels[lang][key] = words
    lifted = next(iter(sent.get("lift", ())), "")
    if lifted in keys[1:]:
        place = keys.index(lifted)
        keys.insert(place - 1, keys.pop(place))
    return keys, labels


def _fresh(taken: set[str]) -> str:
    return next(key for number in range(1, len(taken) + 2) if (key := f"c{number}") not in taken)


def _label(question: Question, choice: str, lang: str) -> str:
    said = question.texts.get(lang)
    return said.choices.get(choice, "") if said else ""


def _text(sent: Sent, name: str, otherwise: str = "") -> str:
    """What was typed into a field; ``otherwise`` where the form did not have it."""
    values, longest = sent.get(name), _LONGEST.get(name.partition("_")[0], _LONGEST_OTHER)
    return values[0][: longest + 1] if values else otherwise


def _number(sent: Sent, name: str) -> int:
    return forms.whole({name: _text(sent, name)}, name, otherwise=_NO_NUMBER)
