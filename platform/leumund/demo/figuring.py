"""The demo's closing figures, read by the very code the console shows them with."""

from leumund.insight import counting
from leumund.ledger import balancing
from leumund.surveys.figures import measuring


async def answers(name: str) -> str:
    """Answers and NPS with its interval of the open company, such as ``airport: 2746 answers, NPS ...``."""
    nps = await measuring.nps()
    if nps.nps is None or nps.low is None or nps.high is None:
        return f"{name}: no answers yet"
    return f"{name}: {nps.answers} answers, NPS {nps.nps:.2f} [{nps.low:.2f}, {nps.high:.2f}]"


async def money(name: str) -> str:
    """Conversions, rewards and what all postings of the open company add up to."""
    counted = await counting.funnel()
    total = sum((await balancing.totals()).values())
    conversions = f"{counted.conversions} conversion{'' if counted.conversions == 1 else 's'}"
    rewards = f"{counted.rewards} reward{'' if counted.rewards == 1 else 's'}"
    return f"{name}: {conversions}, {rewards} booked, ledger sum {total}"
