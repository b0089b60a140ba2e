"""The preference centre behind a mail's link: without a login, since giving needed none; opening it changes nothing."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.customers.changing.choosing import WordingChanged
from leumund.kit import clock
from leumund.messages.gate import preferring as deeds
from leumund.web import entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import pacing, preferring

_TEMPLATE = "preferences.html"


class PreferenceController(Controller):
    """``/preferences/<token>``, a choice under it, and the button that stops everything."""

    path = "/preferences/{token:str}"

    @get()
    async def show(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        return await _page(request, token)

    @post("/stop", status_code=200)
    async def stop(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        return await _stop(request, token)

    @post("/{purpose:str}", status_code=200)
    async def choose(
        self, request: Request[Any, Any, Any], token: FromPath[str], purpose: FromPath[str]
    ) -> Response[str]:
        sent, told = await forms.filled(request), await preferring.told(request, source=deeds.SOURCE)
        choice = preferring.chosen(sent, purpose)
        if preferring.stops_all(request, choice):
            return await _stop(request, token)
        if choice.allow:
            await pacing.count(request)
        try:
            async with entering.inside(request):
                checked = await deeds.choose(token=token, choice=choice, page=told, at=clock.now())
        except WordingChanged as fault:
            return await _page(request, token, forms.refused(sent, fault, told.language))
        return await _page(request, token, Tried(done="checked" if checked else "saved"))


async def _stop(request: Request[Any, Any, Any], token: str) -> Response[str]:
    told = await preferring.told(request, source=deeds.SOURCE)
    async with entering.inside(request):
        await deeds.stop(token=token, page=told, at=clock.now())
    return await _page(request, token, Tried(done="stopped"))


async def _page(request: Request[Any, Any, Any], token: str, tried: Tried = UNTRIED) -> Response[str]:
    lang = await entering.language(request)
    async with entering.reading(request):
        seen = await preferring.look(await deeds.reader(token=token), lang)
    return await preferring.page(request, seen, tried, base=f"/preferences/{token}", template=_TEMPLATE)
