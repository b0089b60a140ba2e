"""Dead letters: jobs that were given up, and another run for them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock
from leumund.operating import replaying
from leumund.web import forms, paging
from leumund.web.operator import entering

_HERE = "/operator/jobs"


class LettersController(Controller):
    """``/operator/jobs``."""

    path = _HERE

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.operator(request)
        company = paging.asked(request, "company") or None
        async with entering.reading(request) as desk:
            page = await replaying.dead(desk, slug=company, after=paging.after(request), limit=paging.ROWS)
        return entering.page(
            request,
            who,
            "operator_jobs.html",
            letters=page.rows,
            company=company,
            pages=paging.onward(request, page),
        )

    @post("/{job:uuid}/replay")
    async def again(self, request: Request[Any, Any, Any], job: FromPath[UUID]) -> Redirect:
        who, sent = await entering.operator(request), await forms.filled(request)
        async with entering.inside(request) as desk:
            await replaying.replay(desk, job=job, actor=who.actor, at=clock.now())
        return _back(request, sent)

    @post("/replay")
    async def all_again(self, request: Request[Any, Any, Any]) -> Redirect:
        who, sent = await entering.operator(request), await forms.filled(request)
        async with entering.inside(request) as desk:
            await replaying.replay_all(desk, slug=sent.get("company") or None, actor=who.actor, at=clock.now())
        return _back(request, sent)


def _back(request: Request[Any, Any, Any], sent: dict[str, str]) -> Redirect:
    company = sent.get("company", "")
    return entering.redirect(request, f"{_HERE}?{urlencode({'company': company})}" if company else _HERE)
