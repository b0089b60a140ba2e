"""Rewards: what was earned, where each one stands, and that the ledger's sides agree."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.insight import counting
from leumund.ledger import balancing
from leumund.rewards import listing
from leumund.web import paging, saying
from leumund.web.console import entering, naming

# Whoever moves rewards on also sees what the books say.
_BOOKS = "rewards.decide"


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
            balances = await balancing.by_kind() if who.may(_BOOKS) else None
        return await entering.page(
            request,
            who,
            "console_rewards.html",
            say=say,
            rewards=page.rows,
            sums=sums,
            balances=balances,
            totals=None if balances is None else balancing.summed(balances),
            ways=paging.onward(request, page),
            q=text,
            state=state,
            states=listing.REWARD_STATES,
        )
