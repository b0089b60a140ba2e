"""Where whoever was told a code types it in, as a card or a stand at the counter says."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.referrals import finding
from leumund.referrals.codes import reading
from leumund.web import answering, entering, forms, paging
from leumund.web.forms import UNTRIED, Tried

_LONGEST = reading.LONGEST


class CodeController(Controller):
    """``/r``: a code that leads somewhere is followed as its link would be; nothing is kept of one that does not."""

    path = "/r"

    @get()
    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        typed, lang = paging.asked(request, "code"), await entering.language(request)
        if not typed:
            return await _page(request)
        try:
            async with entering.reading(request):
                await finding.look_up(code=typed, at=clock.now())
        except Refused as fault:
            return await _page(request, forms.refused({"code": typed[:_LONGEST]}, fault, lang))
        return entering.redirect(request, f"/r/{reading.normal(typed)}")


async def _page(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    return await answering.page(request, "code.html", **tried.shown(code=""), longest=_LONGEST)
