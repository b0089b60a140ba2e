"""Links: how often they are followed and by which campaign, and the pages of the company's own they may lead to."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.insight import following
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.programs import offering
from leumund.referrals import pages, targeting
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.forms import UNTRIED, Tried

SEE, MANAGE = "program.see", "links.manage"
_HERE = "/console/links"
_DONE = ("allowed", "removed", "chosen")
_DAYS = 30


class LinkController(Controller):
    """``/console/links``, its ``pages`` that are allowed, and the ``destinations`` of programs."""

    path = "/links"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, SEE), forms.done(request, _DONE))

    @post("/pages", status_code=200)
    async def allow(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """With a code: where links lead, everybody follows."""
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        try:
            forms.require_filled(sent, fields=("page", "code"))
            deed = partial(targeting.allow, typed=sent["page"], actor=who.actor, at=clock.now())
            await confirming.with_code(request, who, sent["code"], deed)
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=allowed")

    @post("/pages/{target:uuid}/removal")
    async def remove(self, request: Request[Any, Any, Any], target: FromPath[UUID]) -> Redirect:
        who = await entering.member(request, MANAGE)
        async with entering.inside(request):
            await targeting.remove(target=target, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=removed")

    @post("/destinations/{program:uuid}", status_code=200)
    async def lead(self, request: Request[Any, Any, Any], program: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        try:
            async with entering.inside(request):
                await targeting.lead(program=program, typed=sent.get("url", ""), actor=who.actor, at=clock.now())
        except (pages.NoPage, targeting.NotOnTheList) as fault:
            tried = forms.refused(sent, fault, entering.language(request))
            return await _page(request, who, tried, wrong=str(program))
        return entering.redirect(request, f"{_HERE}?done=chosen")


async def _page(
    request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED, *, wrong: str = ""
) -> Response[str]:
    """``wrong`` is the program whose page is none.

    Five queries beside the session's; those of figures read thirty days of counts."""
    say = await saying.here(request)
    since_date = (clock.now().astimezone(say.zone) - timedelta(days=_DAYS - 1)).date()
    async with entering.reading(request):
        days = await following.days(since_date=since_date)
        campaigns = await following.campaigns(since_date=since_date)
        targets, led = await targeting.targets(), await targeting.destinations()
        programs = [each for each in await offering.all_offers() if each.state != "ended"]
    return await entering.page(
        request,
        who,
        "console_links.html",
        say=say,
        span=_DAYS,
        days=days,
        campaigns=campaigns,
        targets=targets,
        programs=programs,
        titles={each.id: each.text("headline", say.lang) or each.key for each in programs},
        led=led,
        may_change=who.may(MANAGE),
        most=targeting.MOST,
        wrong_program=wrong,
        **tried.shown(url="", page=""),
    )
