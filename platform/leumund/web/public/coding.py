"""Where whoever was told a code types it in, as a card or a stand at the counter says."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.messages.gate import pacing
from leumund.referrals import finding
from leumund.referrals.codes import reading
from leumund.web import answering, entering, forms, paging, peers
from leumund.web.forms import UNTRIED, Tried

_LONGEST = reading.LONGEST


class CodeController(Controller):
    """``/r``: a code that leads somewhere is followed as its link would be; nothing is kept of one that does not."""

    path = "/r"

    @get()
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The form; a code that an address brings along stands in it."""
        return await _page(request, Tried({"code": paging.asked(request, "code")[:_LONGEST]}))

    @post(status_code=200)
    async def type(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Codes of nobody's are counted by where they come from, so that nobody tries them out; right ones are not."""
        typed, at, peer = (await forms.filled(request)).get("code", ""), clock.now(), peers.place(request)
        if not typed:
            return await _page(request)
        try:
            async with entering.inside(request):
                await pacing.guess(peer=peer, at=at)
            async with entering.reading(request):
                await finding.look_up(code=typed, at=at)
        except Refused as fault:
            tried = forms.refused({"code": typed[:_LONGEST]}, fault, await entering.language(request))
            return forms.timed(await _page(request, tried), fault)
        async with entering.inside(request):
            await pacing.guessed(peer=peer)
        return entering.redirect(request, f"/r/{reading.normal(typed)}")


async def _page(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    return await answering.page(request, "code.html", **tried.shown(code=""), longest=_LONGEST)
