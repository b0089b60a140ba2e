"""Surveys: what answers say together, what each says, and inviting everybody who may be asked."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.company import agreeing
from leumund.company.agreeing import NotAgreed
from leumund.kit import clock
from leumund.staff.members import Member
from leumund.surveys.answers import listing
from leumund.surveys.asking import inviting
from leumund.surveys.asking.inviting import Invited
from leumund.surveys.figures import measuring, trends
from leumund.surveys.studio import publishing
from leumund.surveys.studio.publishing import NoSurvey, Published
from leumund.web import dressing, forms, paging, saying
from leumund.web.console import entering, naming, overview
from leumund.web.forms import UNTRIED, Mistyped, Tried


class SurveyController(Controller):
    """``/console/surveys``, and ``/console/surveys/invitations`` to invite."""

    path = "/surveys"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, "surveys.see"))

    @get("/invitations")
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, "surveys.invite")
        try:
            async with entering.reading(request):
                due = await inviting.count(at=clock.now())
        except (NotAgreed, NoSurvey):
            return await _page(request, who, status=409)
        return await _ask(request, who, due)

    @post("/invitations", status_code=200)
    async def invite(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Their number is typed out, so that nobody writes to more people than they were told of."""
        who, sent = await entering.member(request, "surveys.invite"), await forms.filled(request)
        languages = (await dressing.dress_of(request)).profile.languages
        try:
            async with entering.inside(request):
                invited = await inviting.invite(languages=languages, actor=who.actor, at=clock.now())
                # Only now it is sure how many they are; another number undoes it all.
                forms.require_typed(sent, name=str(invited.invited))
        except (NotAgreed, NoSurvey):
            # No agreement, or nothing published yet: the page says so where the button would be.
            return await _page(request, who, status=409)
        except Mistyped as fault:
            return await _ask(request, who, invited, forms.refused(sent, fault, entering.language(request)))
        return await _page(request, who, invited=invited)


async def _ask(request: Request[Any, Any, Any], who: Member, due: Invited, tried: Tried = UNTRIED) -> Response[str]:
    return await entering.page(
        request,
        who,
        "console_invite.html",
        say=await saying.here(request),
        due=due,
        rest_days=inviting.QUARANTINE.days,
        # Where nobody is left to invite there is no number to type.
        **(tried if due.invited else UNTRIED).shown(typed=""),
    )


async def _page(
    request: Request[Any, Any, Any], who: Member, *, status: int = 200, invited: Invited | None = None
) -> Response[str]:
    say = await saying.here(request)
    kind, commented = naming.chosen(request, "class", listing.CLASSES), paging.asked(request, "said") == "yes"
    async with entering.reading(request):
        nps = await measuring.nps()
        course = await trends.course(time_zone=say.zone.key)
        page = await listing.answers(kind=kind, commented=commented, after=paging.after(request))
        survey, agreed = await _published(), await agreeing.has_agreed()
    return await entering.page(
        request,
        who,
        "console_surveys.html",
        status=status,
        say=say,
        nps=nps,
        course=overview.course(course, say),
        answers=page.rows,
        ways=paging.onward(request, page),
        kind=kind,
        classes=listing.CLASSES,
        commented=commented,
        survey=survey,
        agreed=agreed,
        invited=invited,
        rest_days=inviting.QUARANTINE.days,
    )


async def _published() -> Published | None:
    try:
        return await publishing.current()
    except NoSurvey:
        return None
