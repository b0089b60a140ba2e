"""The company's host without a path: people who come here look for their recommendations."""

from typing import Any

from litestar import Controller, MediaType, Request, get
from litestar.response import Redirect

from leumund.web import entering

_ROBOTS = "User-agent: *\nDisallow: /\n"


class HomeController(Controller):
    """``/`` and what crawlers ask first: every page here is for whoever holds its link."""

    @get("/", status_code=303)
    async def home(self, request: Request[Any, Any, Any]) -> Redirect:
        return entering.redirect(request, "/portal")

    @get("/robots.txt", media_type=MediaType.TEXT)
    async def robots(self) -> str:
        return _ROBOTS
