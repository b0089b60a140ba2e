"""The demo's closing figures, read by the very code the console shows them with."""

from datetime import datetime

from leumund.insight import counting, proving
from leumund.kit import actors
from leumund.ledger import balancing
from leumund.scoring import listing
from leumund.surveys.figures import asked as asking
from leumund.surveys.figures import breakdowns, measuring
from leumund.surveys.figures.loyalty import Rule
from leumund.surveys.figures.sampling import Estimate
from leumund.surveys.studio import publishing


async def answers(name: str) -> str:
    """Answers and NPS with its interval of the open company, such as ``airport: 2746 answers, NPS ...``."""
    nps = await measuring.nps()
    if nps.nps is None or nps.low is None or nps.high is None:
        return f"{name}: no answers yet"
    return f"{name}: {nps.answers} answers, NPS {nps.nps:.2f} [{nps.low:.2f}, {nps.high:.2f}]"


async def weighted(name: str, *, time_zone: str, year: int) -> str:
    """NPS of a year by the answers' weights, and what those are worth."""
    asked = await asking.asked(key=publishing.FIRST)
    nps = (await measuring.report(asked=asked, rule=Rule(), time_zone=time_zone, year=year)).nps
    if nps is None or nps.weighted is None:
        return f"{name} {year}: no weights"
    return f"{name} {year}: weighted NPS {_estimate(nps.weighted)}, worth {nps.size:.0f} answers of equal weight"


async def parts(name: str, *, fact: str, time_zone: str) -> list[str]:
    """NPS by a fact of the answers, as they were given and by their weights."""
    found = await breakdowns.broken_down(key=publishing.FIRST, fact=fact, time_zone=time_zone)
    return [
        f"{name}, {fact} {part.value or 'not told'}: {part.nps.answers} answers, NPS {_estimate(part.nps.plain)}"
        + (f", weighted {_estimate(part.nps.weighted)}" if part.nps.weighted else "")
        for part in found.parts
        if part.nps is not None
    ]


async def scores(name: str) -> str:
    """How many customers of the open company agreed to be scored, and whom of them one could ask to recommend."""
    scored, free = await listing.counts()
    return f"{name}: {scored} customers have a score, {free} of them could be asked to recommend"


def _estimate(found: Estimate) -> str:
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


async def money(name: str) -> str:
    """Conversions, rewards and what all postings of the open company add up to."""
    counted = await counting.funnel()
    total = sum((await balancing.totals()).values())
    conversions = f"{counted.conversions} conversion{'' if counted.conversions == 1 else 's'}"
    rewards = f"{counted.rewards} reward{'' if counted.rewards == 1 else 's'}"
    return f"{name}: {conversions}, {rewards} booked, ledger sum {total}"


async def books(name: str, *, at: datetime) -> str:
    """What ``leumund ledger verify`` finds in the books of the open company."""
    verdict = await proving.prove(at=at, actor=actors.COMMAND_LINE)
    found = ", ".join(f"{fault.kind} {fault.which}".rstrip() for fault in verdict.faults) or "nothing wrong"
    return f"{name}: {verdict.postings} postings in one chain, {verdict.accounts} accounts, {found}"
