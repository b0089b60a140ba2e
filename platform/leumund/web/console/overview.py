"""The console's first page: how far people came, how glad they are, and what waits."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.audit import attesting
from leumund.company import agreeing
from leumund.insight import dating, overviewing
from leumund.kit import clock
from leumund.payouts import counting
from leumund.surveys.figures.trends import Course
from leumund.web import saying
from leumund.web.console import entering, listening
from leumund.web.console.access import isolation
from leumund.web.saying import Saying


class OverviewController(Controller):
    """``/console``."""

    path = "/"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, "overview.see"), await saying.here(request)
        async with entering.figures(request):
            seen = await overviewing.overview(time_zone=say.zone.key)
            agreed = await agreeing.has_agreed()
            low = await counting.low(at=clock.now()) if who.may("payouts.see") else []
            findings = await attesting.newest_findings() if who.may(isolation.SEE) else 0
        support = await listening.notice(request) if who.may(listening.SEE) else None
        return await entering.page(
            request,
            who,
            "console_overview.html",
            say=say,
            seen=seen,
            agreed=agreed,
            course=course(seen.course, say),
            low=low,
            findings=findings,
            support=support,
        )


def course(figures: Course, say: Saying) -> list[dict[str, Any]]:
    """The curve's figures as a table, newest first; of a step the curve leaves out it is told that it has too few."""
    return [
        {
            "name": dating.whole(period.first_date, step=figures.step, lang=say.lang),
            "figures": period.figures,
            "drawn": period.shown,
            "weighted": period.weighted,
            "change": period.change,
        }
        for period in reversed(figures.periods)
    ]
