"""Figures as pictures: drawn in the brand's colours for day and night, wide and narrow, beside the event loop.

matplotlib writes styles into its SVG, which the pages' policy refuses; so a chart is a picture with a policy of its
own, under which it may do nothing but be looked at.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
from litestar import Controller, Request, Response, get

from leumund.insight import counting, drawing
from leumund.insight.drawing import Look
from leumund.kit import clock
from leumund.surveys.figures import trends
from leumund.theming import palettes, tokens
from leumund.web import answering, dressing, saying
from leumund.web.console import entering
from leumund.web.saying import Saying

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# One at a time: a drawing takes a tenth of a second of a whole core, and pages must not wait for it.
_PENCIL = anyio.CapacityLimiter(1)


class ChartController(Controller):
    """``/console/charts/<name>.svg`` with ``shade=dark`` and a ``shape``."""

    path = "/charts"

    @get("/funnel.svg")
    async def funnel(self, request: Request[Any, Any, Any]) -> Response[str]:
        await entering.member(request, "overview.see")
        say = await saying.here(request)
        async with entering.figures(request):
            counted = await counting.funnel()
        return await picture(partial(drawing.funnel, counted, look=await look(request, say)))

    @get("/nps.svg")
    async def nps(self, request: Request[Any, Any, Any]) -> Response[str]:
        await entering.member(request, "surveys.see")
        say = await saying.here(request)
        async with entering.figures(request):
            course = await trends.course(time_zone=say.zone.key)
        today = clock.now().astimezone(say.zone).date()
        return await picture(partial(drawing.nps, course, look=await look(request, say), today=today))


async def picture(draw: Callable[[], str]) -> Response[str]:
    """What ``draw`` draws, as nothing but a picture."""
    svg = await anyio.to_thread.run_sync(draw, limiter=_PENCIL)
    headers = {**answering.NO_STORE, "content-security-policy": _POLICY}
    return Response(svg, media_type="image/svg+xml", headers=headers)


async def look(request: Request[Any, Any, Any], say: Saying) -> Look:
    """How the company's drawings look, by the shade and shape that the address asks for."""
    worn = (await dressing.dress_of(request)).look
    whole = tokens.tuned(theme=worn.theme, tokens=worn.tokens)
    dark, shape = request.query_params.get("shade") == "dark", request.query_params.get("shape", "")
    palette = palettes.dark(whole) if dark else palettes.light(whole)
    return Look(
        # Links are the brand's colour where it can be read, which bars and lines must be too.
        brand=palette["color-link"],
        ink=palette["color-ink"],
        muted=palette["color-muted"],
        lang=say.lang,
        shape=shape if shape in drawing.SHAPES else "wide",
    )
