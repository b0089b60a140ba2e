"""Surveys: what answers say together, and what each says."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.company import agreeing
from leumund.staff.members import Member
from leumund.surveys.answers import listing
from leumund.surveys.figures import glancing, measuring, trends
from leumund.web import paging, saying
from leumund.web.console import entering, naming, overview


class SurveyController(Controller):
    """``/console/surveys``."""

    path = "/surveys"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, "surveys.see"))


async def _page(request: Request[Any, Any, Any], who: Member) -> Response[str]:
    say = await saying.here(request)
    kind, commented = naming.chosen(request, "class", listing.CLASSES), paging.asked(request, "said") == "yes"
    async with entering.reading(request):
        nps = await measuring.nps()
        course = await trends.course(time_zone=say.zone.key)
        page = await listing.answers(kind=kind, commented=commented, after=paging.after(request))
        surveys, agreed = await glancing.every(), await agreeing.has_agreed()
    return await entering.page(
        request,
        who,
        "console_surveys.html",
        say=say,
        nps=nps,
        course=overview.course(course, say),
        answers=page.rows,
        ways=paging.onward(request, page),
        kind=kind,
        classes=listing.CLASSES,
        commented=commented,
        surveys=surveys,
        agreed=agreed,
    )
