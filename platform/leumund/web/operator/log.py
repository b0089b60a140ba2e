"""What operators did."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.operating import listing
from leumund.web import paging
from leumund.web.operator import entering


class LogController(Controller):
    """``/operator/log``."""

    path = "/operator/log"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.operator(request)
        async with entering.reading(request) as desk:
            page = await listing.page(desk, after=paging.after(request), limit=paging.ROWS)
        return entering.page(request, who, "operator_log.html", entries=page.rows, pages=paging.onward(request, page))
