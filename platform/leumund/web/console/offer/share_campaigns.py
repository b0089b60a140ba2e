"""Campaigns that links can name: made, listed and ended; how often each was clicked is told with the clicks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.referrals import campaigning
from leumund.referrals.campaigning import Wanted
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.offer.share import HERE, MANAGE, SEE
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_HOME = f"{HERE}/campaigns"


class NoMoment(Refused):
    """What was sent is no day and time."""


class ShareCampaignController(Controller):
    """``/console/share/campaigns``, and the end of one below it."""

    path = "/share/campaigns"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await _page(request, who, forms.done(request, ("made", "ended")))

    @post(status_code=200)
    async def make(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent, say = (
            await entering.member(request, MANAGE),
            await forms.filled(request),
            await saying.here(request),
        )
        at = clock.now()
        try:
            wanted = Wanted(
                key=sent.get("key", ""),
                name=sent.get("name", ""),
                begins_at=_moment(sent, "begins_at", say) or at,
                ends_at=_moment(sent, "ends_at", say),
            )
            async with entering.inside(request):
                await campaigning.make(wanted=wanted, by=who.id, at=at)
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HOME}?done=made")

    @post("/{campaign:uuid}/end")
    async def end(self, request: Request[Any, Any, Any], campaign: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, MANAGE)
        async with entering.inside(request):
            await campaigning.end(campaign=campaign, by=who.id, at=clock.now())
        return entering.redirect(request, f"{_HOME}?done=ended")


def _moment(sent: Mapping[str, str], name: str, say: Saying) -> datetime | None:
    """What a field of day and time means by the company's clocks; None where it is empty. Raises NoMoment."""
    text = sent.get(name, "")
    moment = say.meant(text) if text else None
    if text and moment is None:
        raise NoMoment("errors.campaigns.moment", field=name)
    return moment


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """One query, however many campaigns there are."""
    say, at = await saying.here(request), clock.now()
    async with entering.reading(request):
        found = await campaigning.campaigns()
    return await entering.page(
        request,
        who,
        "console_share_campaigns.html",
        say=say,
        campaigns=[(each, _state(each, at)) for each in found],
        longest_key=campaigning.LONGEST_KEY,
        longest_name=campaigning.LONGEST_NAME,
        **tried.shown(key="", name="", begins_at="", ends_at=""),
    )


def _state(campaign: campaigning.Campaign, at: datetime) -> str:
    if campaign.runs(at=at):
        return "runs"
    return "planned" if at < campaign.begins_at else "over"
