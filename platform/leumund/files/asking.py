"""Surveys in company.toml: whole definitions, question by question, read and written back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from leumund.files.faults import Fault
from leumund.files.parts import Key, Line, Part, Text
from leumund.surveys.questions import checking, starting
from leumund.surveys.questions.checking import Objection
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording
from leumund.surveys.questions.editing import CLASSES
from leumund.surveys.questions.kinds import COMMENT, RECOMMEND, Kind


class Words(Part, kw_only=True):
    """A question in one language."""

    question: Text
    help: Text = ""
    low: Line = ""
    high: Line = ""
    choices: dict[str, Line] = {}


class SurveyTexts(Part, kw_only=True):
    """One language of the short form."""

    question: Text
    followup: Text


class _Short(msgspec.Struct):
    texts: dict[str, SurveyTexts]


class When(Part, kw_only=True):
    """An earlier question, and its answers after which this one is asked; ``classes`` are those of recommending."""

    question: Line
    marks: list[int] = []
    choices: list[str] = []
    classes: list[Literal["promoter", "passive", "detractor"]] = []


class AskedQuestion(Part, kw_only=True):
    """One question of a survey."""

    key: Line
    kind: Kind
    required: bool = False
    driver: bool = False
    low: int | None = None
    high: int | None = None
    choices: list[str] = []
    when: list[When] = []
    texts: dict[str, Words]


class AskedSurvey(Part, kw_only=True):
    """A whole survey; whether it is ``named`` stays as it was first published."""

    key: Key
    named: bool = True
    closed: bool = False
    titles: dict[str, Line]
    intro: dict[str, Text] = {}
    questions: list[AskedQuestion]


def definition(survey: AskedSurvey) -> Definition:
    """``survey`` as it is published."""
    return Definition(
        titles=survey.titles, intro=survey.intro, questions=[_question(question) for question in survey.questions]
    )


def _question(asked: AskedQuestion) -> Question:
    plain = msgspec.structs.asdict(asked)
    texts = {lang: Wording(**msgspec.structs.asdict(said)) for lang, said in asked.texts.items()}
    return Question(**plain | {"texts": texts, "when": [_condition(when) for when in asked.when]})


def _condition(when: When) -> Condition:
    marks = {*when.marks, *(mark for name in when.classes for mark in CLASSES[name])}
    return Condition(question=when.question, marks=sorted(marks), choices=when.choices)


def written(key: str, kept: Definition, *, named: bool, closed: bool) -> dict[str, Any]:
    """A survey as its table could have come from."""
    survey: dict[str, Any] = {"key": key, "named": named}
    survey |= {"closed": True} if closed else {}
    survey |= {"titles": kept.titles} | ({"intro": kept.intro} if kept.intro else {})
    return survey | {"questions": [_written(question) for question in kept.questions]}


def _written(question: Question) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(question)
    # What asks for what is protected is found again where it is applied.
    plain.pop("sensitive", None)
    plain |= {"when": [_when(condition) for condition in question.when]} if question.when else {}
    # Plain values stand before tables.
    return {name: value for name, value in plain.items() if name != "texts"} | {"texts": plain["texts"]}


def _when(condition: Condition) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(condition)
    classes = [name for name, marks in CLASSES.items() if set(marks) <= set(condition.marks)]
    covered = sorted(mark for name in classes for mark in CLASSES[name])
    if condition.question == RECOMMEND and covered == condition.marks:
        plain.pop("marks")
        plain["classes"] = classes
    return plain


def faults(plain: Mapping[str, Any], *, file: str, languages: Sequence[str]) -> Iterator[tuple[Fault, Objection]]:
    """What is wrong with surveys that have the right shape: each fault, and the sentence that says it."""
    surveys = plain.get("surveys")
    for place, one in enumerate(surveys if isinstance(surveys, list) else [], 1):
        try:
            survey = msgspec.convert(one, AskedSurvey)
        except msgspec.ValidationError:
            # Its shape has been objected to.
            continue
        asked = definition(survey)
        for wrong in checking.objections(asked, languages=languages, named=survey.named):
            yield Fault(file, f"surveys[{place}].{_place(wrong, asked)}", ""), wrong


def short_faults(plain: Mapping[str, Any], *, file: str) -> Iterator[tuple[Fault, Objection]]:
    """The same of the short form, where it has its shape; which languages it needs is looked at elsewhere."""
    try:
        short = msgspec.convert(plain.get("survey"), _Short)
    except msgspec.ValidationError:
        return
    texts = {lang: msgspec.structs.asdict(said) for lang, said in short.texts.items()}
    for wrong in checking.objections(starting.nps(texts), languages=[*texts], named=True):
        part = "followup" if wrong.question == COMMENT else "question"
        yield Fault(file, f"survey.texts.{wrong.language}.{part}" if wrong.language else "survey", ""), wrong


def _place(wrong: Objection, asked: Definition) -> str:
    """Where in its table an objection is mended."""
    part = wrong.part
    if not wrong.question:
        return f"{part}.{wrong.language}" if wrong.language else part
    number = next(place for place, one in enumerate(asked.questions, 1) if one.key == wrong.question)
    return f"questions[{number}].texts.{wrong.language}.{part}" if wrong.language else f"questions[{number}].{part}"
