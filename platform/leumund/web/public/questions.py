"""One page of a survey as a form: for whoever has a link of their own, stands at a counter, or only looks at it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response

from leumund.kit import language
from leumund.kit.faults import Refusals, Refused
from leumund.surveys.answers.following import Answered, Sent
from leumund.surveys.questions import filling, paths
from leumund.surveys.questions.defining import Mark, Question
from leumund.surveys.questions.filling import Filled
from leumund.surveys.questions.kinds import COMMENT
from leumund.surveys.studio.publishing import Published
from leumund.web import answering, entering, forms

_PAGE = "page"


class Shown(msgspec.Struct, frozen=True):
    """The page ``place`` of ``survey``, its fields as in ``values``; ``answered`` is whether it can still be corrected.

    ``hidden`` are fields nobody sees; the form goes to ``action``, or to where it came from. It ``carries`` what the
    pages before got where nothing is kept until all of it is sent.
    """

    survey: Published
    place: int
    values: Sent
    answered: bool = False
    hidden: Mapping[str, str] = {}
    action: str = ""
    carries: bool = False


def number(sent: Sent) -> int:
    """Which page was sent."""
    return forms.whole({_PAGE: "".join(sent.get(_PAGE, ()))}, _PAGE)


def values(filled: Filled) -> Sent:
    """What was answered, as a form would send it."""
    marks = {key: _sent(mark) for key, mark in filled.marks.items()}
    return {**marks, **{key: [said] for key, said in filled.words.items()}}


def going_on(said: Answered) -> Shown:
    """The page that comes next."""
    assert said.next_page is not None, "there is one"
    return Shown(said.survey, said.next_page, values(said.filled))


async def page(
    request: Request[Any, Any, Any], shown: Shown, *, fault: Refused | Refusals | None = None, **more: Any
) -> Response[str]:
    """The page with what is wrong beside each question; where that is asked on another page, that one."""
    lang = await entering.language(request)
    parted = paths.pages(shown.survey.definition)
    errors = answering.errors_of(fault, lang) if fault else {}
    wrong = (number for number, part in enumerate(parted) if any(each.key in errors for each in part))
    place = next(wrong, shown.place if 0 <= shown.place < len(parted) else 0)
    led = paths.asked(shown.survey.definition, filling.marks_in(shown.survey.definition, shown.values))
    return await answering.page(
        request,
        "survey_ask.html",
        status=422 if fault else 200,
        action=shown.action or request.url.path,
        title=shown.survey.definition.title(lang),
        intro=shown.survey.definition.intro.get(lang, "") if place == 0 else "",
        named=shown.survey.named,
        place=place,
        # Whether another page follows may depend on what is answered here.
        is_last=place == len(parted) - 1,
        asked=[view(each, lang, shown.values.get(each.key, ())) for each in parted[place] if each in led],
        hidden=[*shown.hidden.items(), *_carried(shown, parted[:place])],
        answered=shown.answered,
        errors=errors,
        **more,
    )


def _carried(shown: Shown, before: Sequence[Sequence[Question]]) -> list[tuple[str, str]]:
    """What the pages before got, which an anonymous answer brings along: until all of it is sent nothing is kept."""
    if shown.survey.named and not shown.carries:
        return []
    keys = [question.key for page in before for question in page]
    return [(key, value) for key in keys for value in shown.values.get(key, ())]


def view(question: Question, lang: str, given: Sequence[str]) -> dict[str, Any]:
    """A question as a page shows it: its words, its marks or choices, and which of them are ``given``."""
    said = question.text(lang)
    return {
        "key": question.key,
        "answer": question.shape.answer,
        "sensitive": question.sensitive,
        "question": said.question or (language.text("surveys.asks.comment", lang) if question.key == COMMENT else ""),
        "help": said.help,
        "low": said.low or _end(question, "low", lang),
        "high": said.high or _end(question, "high", lang),
        "required": question.required,
        "marks": [str(mark) for mark in question.marks],
        "choices": [(key, said.choices.get(key, key)) for key in question.choices],
        "given": list(given),
    }


def _end(question: Question, end: str, lang: str) -> str:
    """What an end of a scale is called unless the survey says so; of a scale of one's own nobody else knows."""
    if question.kind == "scale" or not question.marks:
        return ""
    return language.text(f"surveys.{question.kind}.{end}", lang)


def _sent(mark: Mark) -> list[str]:
    return [str(each) for each in mark] if isinstance(mark, list) else [str(mark)]
