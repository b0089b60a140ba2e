"""One page of a survey as a form: for whoever has a link of their own, stands at a counter, or only looks at it."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response

from leumund.kit import language
from leumund.kit.faults import Refusals, Refused
from leumund.surveys.questions import paths
from leumund.surveys.questions.defining import Definition, Mark, Question
from leumund.surveys.questions.filling import Filled
from leumund.surveys.questions.kinds import COMMENT
from leumund.web import answering, entering, forms

# What each question got, as a form sends it.
Values = Mapping[str, Sequence[str]]
_PAGE = "page"


def number(sent: Values) -> int:
    """Which page was sent."""
    return forms.whole({_PAGE: "".join(sent.get(_PAGE, ()))}, _PAGE)


def values(filled: Filled) -> Values:
    """What was answered, as a form would send it."""
    marks = {key: _sent(mark) for key, mark in filled.marks.items()}
    return {**marks, **{key: [said] for key, said in filled.words.items()}}


async def page(
    request: Request[Any, Any, Any],
    definition: Definition,
    place: int = 0,
    *,
    values: Values,
    fault: Refused | Refusals | None = None,
    **more: Any,
) -> Response[str]:
    """The page ``place`` of ``definition`` with ``values`` filled in, and what is wrong beside each question."""
    lang = await entering.language(request)
    parted = paths.pages(definition)
    asked = parted[place if 0 <= place < len(parted) else 0]
    return await answering.page(
        request,
        "survey_ask.html",
        status=422 if fault else 200,
        action=request.url.path,
        title=definition.title(lang),
        intro=definition.intro.get(lang, "") if place == 0 else "",
        place=place,
        asked=[shown(question, lang, values.get(question.key, ())) for question in asked],
        # The next pages depend on what is answered here, so nobody can say yet how many they are.
        is_last=place == len(parted) - 1,
        errors=answering.errors_of(fault, lang) if fault else {},
        **more,
    )


def shown(question: Question, lang: str, given: Sequence[str]) -> dict[str, Any]:
    """A question as a page shows it: its words, its marks or choices, and which of them are ``given``."""
    said = question.text(lang)
    return {
        "key": question.key,
        "kind": question.kind,
        "answer": question.shape.answer,
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
    return (
        "" if question.kind == "scale" or not question.marks else language.text(f"surveys.{question.kind}.{end}", lang)
    )


def _sent(mark: Mark) -> list[str]:
    return [str(each) for each in mark] if isinstance(mark, list) else [str(mark)]
