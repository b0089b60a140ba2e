"""How often anybody is asked, over all surveys, and when it is quiet."""

from operator import itemgetter
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post

from leumund.company import calendaring, describing
from leumund.kit import clock, language
from leumund.kit.faults import Refusals
from leumund.messages.gate import quieting
from leumund.messages.gate.quieting import Quiet
from leumund.staff.members import Member
from leumund.surveys.asking import arranging
from leumund.surveys.asking.arranging import Limits
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.surveys.waves import ASK, SEE
from leumund.web.forms import UNTRIED, Tried

_HOURS, _TICKS = ("from_hour", "until_hour"), ("sundays", "holidays")
_DONE = ("saved",)
_NO_NUMBER = -1


class WaveLimitController(Controller):
    """``/console/surveys/waves/limits``."""

    path = "/surveys/waves/limits"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, SEE), forms.done(request, _DONE))

    @post(status_code=200)
    async def change(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, ASK), await forms.filled(request)
        numbers = {name: forms.whole(sent, name, otherwise=_NO_NUMBER) for name in (*arranging.BOUNDS, *_HOURS)}
        wanted = Limits(**{name: numbers[name] for name in arranging.BOUNDS})
        quiet = Quiet(
            from_hour=numbers["from_hour"],
            until_hour=numbers["until_hour"],
            sundays=forms.ticked(sent, "sundays"),
            holidays=forms.ticked(sent, "holidays"),
        )
        try:
            async with entering.inside(request):
                await arranging.arrange(
                    wanted=wanted, quiet=quiet, region=sent.get("region", ""), actor=who.actor, at=clock.now()
                )
        except Refusals as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, "/console/surveys/waves/limits?done=saved")


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        limits, quiet, company = await arranging.limits(), await quieting.quiet(), await describing.profile()
    before = msgspec.structs.asdict(limits) | msgspec.structs.asdict(quiet) | {"region": company.region}
    told = {name: ("yes" if value else "") if name in _TICKS else str(value) for name, value in before.items()}
    return await entering.page(
        request,
        who,
        "console_wave_limits.html",
        say=await saying.here(request),
        bounds=arranging.BOUNDS,
        region_names=_regions(company.country, entering.language(request)),
        # A box that was not ticked is not sent: what was sent stands for itself.
        **(tried.shown() if tried.sent else tried.shown(**told)),
    )


def _regions(country: str, lang: str) -> list[tuple[str, str]]:
    """States by their names."""
    named = [(each, language.text(f"asking.region.{each}", lang)) for each in calendaring.regions(country)]
    return sorted(named, key=itemgetter(1))
