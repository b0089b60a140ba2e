"""How much advertising one person gets: all together, and for each purpose."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refusals
from leumund.messages.gate import limiting
from leumund.staff.members import Member
from leumund.web import forms
from leumund.web.console import entering
from leumund.web.console.messages.messages import SEE
from leumund.web.forms import UNTRIED, Tried

CHANGE = "mail.manage"
_DONE = ("saved",)


class MessageLimitController(Controller):
    """``/console/messages/limits``."""

    path = "/messages/limits"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, SEE), forms.done(request, _DONE))

    @post(status_code=200)
    async def change(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, CHANGE), await forms.filled(request)
        try:
            async with entering.inside(request):
                await limiting.limit(
                    purpose=sent.get("purpose", ""),
                    most=forms.whole(sent, "most", otherwise=-1),
                    within_days=forms.whole(sent, "within_days"),
                    actor=who.actor,
                    at=clock.now(),
                )
        except Refusals as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, "/console/messages/limits?done=saved")


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        limits = await limiting.limits()
    page, shown = "console_message_limits.html", tried.shown()
    return await entering.page(request, who, page, limits=[*limits.values()], **shown)
