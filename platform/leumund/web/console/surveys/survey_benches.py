"""All surveys side by side, each leading to its figures."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.surveys import rules
from leumund.surveys.figures import benching
from leumund.web import saying
from leumund.web.console import entering
from leumund.web.console.surveys import survey_results


class SurveyBenchController(Controller):
    """``/console/surveys/results``."""

    path = "/surveys/results"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, survey_results.SEE), await saying.here(request)
        async with entering.figures(request):
            found = await benching.benches()
        return await entering.page(
            request, who, "console_results_all.html", say=say, found=found, least=rules.LEAST_CELL
        )
