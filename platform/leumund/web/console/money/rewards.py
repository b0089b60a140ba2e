"""Rewards: what was earned, and where each one stands."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.insight import counting
from leumund.kit import clock
from leumund.payouts import counting as codes
from leumund.programs import telling
from leumund.programs.telling import Speech
from leumund.rewards import listing
from leumund.web import paging, saying
from leumund.web.console import entering, naming


class RewardController(Controller):
    """``/console/rewards``."""

    path = "/rewards"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, "rewards.see"), await saying.here(request)
        text, state = paging.asked(request, "q"), naming.chosen(request, "state", listing.REWARD_STATES)
        async with entering.reading(request):
            page = await listing.rewards(state=state, text=text, after=paging.after(request))
            sums = await counting.rewards()
            lacking = {(each.currency, each.cents) for each in await codes.low(at=clock.now()) if each.lacking}
        return await entering.page(
            request,
            who,
            "console_rewards.html",
            say=say,
            rewards=page.rows,
            # A reward's life from its hold to what became of it, and not by the alphabet.
            sums=sorted(sums, key=lambda each: listing.REWARD_STATES.index(each.state)),
            lacking=lacking,
            ways=paging.onward(request, page),
            q=text,
            state=state,
            states=listing.REWARD_STATES,
            what_for=lambda each: telling.what_for(each["rule"], Speech(say.lang, each["currency"], say.zone.key)),
        )
