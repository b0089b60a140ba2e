"""The program as it stands: what is offered, by which rules, from which budget and in which words."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.company import agreeing
from leumund.consent.texts import publishing
from leumund.insight import counting
from leumund.programs import offering
from leumund.web import saying
from leumund.web.console import entering


class ProgramController(Controller):
    """``/console/program``, to read; the company's folder changes it."""

    path = "/program"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, "program.see"), await saying.here(request)
        async with entering.reading(request):
            offers = await offering.all_offers()
            spent = await counting.spent(offers=offers)
            texts, agreed = await publishing.all_current(), await agreeing.has_agreed()
        return await entering.page(
            request,
            who,
            "console_program.html",
            say=say,
            offers=offers,
            spent=spent,
            texts=texts,
            agreed=agreed,
        )
