"""Codes people chose: looked over, and taken down with a reason that their person reads in the portal."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.referrals.codes import listing, taking_down
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import entering
from leumund.web.console.offer.share import HERE, MANAGE, SEE
from leumund.web.forms import UNTRIED, Tried

_HOME = f"{HERE}/codes"


class ShareCodeController(Controller):
    """``/console/share/codes``, and the end of one below it."""

    path = "/share/codes"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """One query, whatever was chosen."""
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            found = await listing.listed(after=paging.after(request), limit=paging.ROWS)
        return await entering.page(
            request,
            who,
            "console_share_codes.html",
            say=say,
            codes=found.rows,
            ways=paging.onward(request, found),
            done=forms.done(request, ("taken",)).done,
        )

    @get("/{code:uuid}/takedown")
    async def ask(self, request: Request[Any, Any, Any], code: FromPath[UUID]) -> Response[str]:
        return await _page(request, await entering.member(request, MANAGE), code)

    @post("/{code:uuid}/takedown", status_code=200)
    async def take_down(self, request: Request[Any, Any, Any], code: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        try:
            async with entering.inside(request):
                await taking_down.take_down(code=code, reason=sent.get("reason", ""), by=who.id, at=clock.now())
        except taking_down.NoSuchCode:
            raise
        except (Refused, Refusals) as fault:
            return await _page(request, who, code, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HOME}?done=taken")


async def _page(request: Request[Any, Any, Any], who: Member, code: UUID, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        chosen = await listing.one(code=code)
    shown = tried.shown(reason="")
    return await entering.page(
        request, who, "console_share_code.html", code=chosen, longest=taking_down.LONGEST_REASON, **shown
    )
