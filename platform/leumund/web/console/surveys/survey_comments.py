"""What people wrote to a survey, searched by words, class and language."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.kit import language
from leumund.surveys.answers import searching
from leumund.surveys.answers.searching import Sought
from leumund.web import paging, saying
from leumund.web.console import entering, naming
from leumund.web.console.surveys import survey_results


class SurveyCommentController(Controller):
    """``/console/surveys/results/<key>/comments``."""

    path = "/surveys/results/{key:str}/comments"

    @get()
    async def show(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        who, say = await entering.member(request, survey_results.SEE), await saying.here(request)
        async with entering.reading(request):
            asked, languages = await survey_results.known(key), await searching.languages(key=key)
            sought = Sought(
                words=paging.asked(request, "q"),
                kind=naming.chosen(request, "class", searching.CLASSES),
                language=naming.chosen(request, "language", languages),
            )
            page = await searching.wrote(key=key, sought=sought, after=paging.after(request))
        return await entering.page(
            request,
            who,
            "console_results_comments.html",
            say=say,
            asked=asked,
            sought=sought,
            tongues=[("", language.text("console.all", say.lang)), *((each, say.tongue(each)) for each in languages)],
            classes=searching.CLASSES,
            answers=page.rows,
            ways=paging.onward(request, page),
            questions={question.key: question.text(say.lang).question for question in asked.questions},
        )
