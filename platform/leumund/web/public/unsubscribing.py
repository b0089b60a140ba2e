"""The way out of every mail: a page with one button, and one POST for mail programs (RFC 8058)."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.messages.gate import preferring, unsubscribing
from leumund.web import answering, entering
from leumund.web.defending import FROM_ANYWHERE


class UnsubscribeController(Controller):
    """``/unsubscribe/<token>``; scanners open links, so that only the POST ends anything."""

    path = "/unsubscribe/{token:str}"

    @get()
    async def ask(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang = await entering.language(request)
        async with entering.reading(request):
            consent = await unsubscribing.ending(token=token, language=lang)
        return await _page(request, token, consent, done=False)

    # Mail programs send this POST from anywhere and without a cookie; the token alone allows it, and allows no more.
    @post(status_code=200, opt={FROM_ANYWHERE: True})
    async def unsubscribe(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang = await entering.language(request)
        async with entering.inside(request):
            consent = await unsubscribing.unsubscribe(token=token, at=clock.now(), language=lang)
        return await _page(request, token, consent, done=True)


async def _page(request: Request[Any, Any, Any], token: str, consent: str, *, done: bool) -> Response[str]:
    # Both links name the same mail; that to all settings opens where its address is still the person's.
    async with entering.reading(request):
        preferences = f"/preferences/{preferring.link(unsubscribe=token)}"
    return await answering.page(
        request, "unsubscribe.html", action=request.url.path, consent=consent, done=done, preferences=preferences
    )
