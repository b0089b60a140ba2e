"""An advocate's link as a QR code in the brand's colour: for the page, and to take along."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.exceptions import NotFoundException

from leumund.kit import qr
from leumund.tenancy.arriving import tenant_of
from leumund.theming import tokens as design
from leumund.web import answering, dressing, paging
from leumund.web.public import portal_share, visitors
from leumund.web.public.portal_share import NothingToShare


class PortalPictureController(Controller):
    """``/portal/qr.svg`` and ``/portal/qr.png``."""

    path = "/portal"
    exception_handlers = visitors.FAULTS

    @get("/qr.svg")
    async def svg(self, request: Request[Any, Any, Any]) -> Response[str]:
        link, color = await _picture(request)
        named = _named(request, "inline", "svg")
        return Response(qr.svg(link, color=color), media_type="image/svg+xml", headers=answering.PICTURE | named)

    @get("/qr.png")
    async def png(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        link, color = await _picture(request)
        size = paging.asked(request, "size")
        picture = qr.png(link, color=color, pixels=qr.SIZES.get(size, qr.SIZES["medium"]))
        named = _named(request, "attachment", "png")
        return Response(picture, media_type="image/png", headers=answering.PICTURE | named)


async def _picture(request: Request[Any, Any, Any]) -> tuple[str, str]:
    """The link's own address, which leads on whatever else is chosen, and the brand's colour.

    Raises NotFoundException while there is no link.
    """
    customer = await visitors.signed_in(request)
    try:
        kit = await portal_share.kit_of(request, customer)
    except NothingToShare:
        raise NotFoundException from None
    return kit.own, await _color(request)


def _named(request: Request[Any, Any, Any], how: str, kind: str) -> dict[str, str]:
    """The name a saved picture gets; a slug needs no quoting."""
    return {"content-disposition": f'{how}; filename="{tenant_of(request.scope).slug}-qr.{kind}"'}


async def _color(request: Request[Any, Any, Any]) -> str:
    look = (await dressing.dress_of(request)).look
    return design.tuned(theme=look.theme, tokens=look.tokens)["color-brand"]
