"""Look over a company's program at once: how far people came, how glad they are, and what waits for somebody."""

import msgspec

from leumund.insight import counting
from leumund.insight.counting import Funnel
from leumund.rewards import doubting
from leumund.surveys.figures import measuring, trends
from leumund.surveys.figures.trends import Course
from leumund.surveys.rules import Figures


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The whole way, all answers together, how they went over time, and how many referrals wait for a decision."""

    funnel: Funnel
    nps: Figures
    course: Course
    waiting: int


async def overview(*, time_zone: str) -> Overview:
    """Four queries, however much there is; ``time_zone`` says when a company's day begins."""
    return Overview(
        funnel=await counting.funnel(),
        nps=await measuring.nps(),
        course=await trends.course(time_zone=time_zone),
        waiting=await doubting.all_waiting(),
    )
