"""Prove the books: they are right by themselves, and say of each reward and payout what those rooms say.

Every night, after a restore, after a company moved in, and when somebody asks. What was found is noted in the log, and
whoever answers for the money is told by mail where anything is.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from leumund.audit import noting, watching
from leumund.audit.watching import Watched
from leumund.kit import actors, linking
from leumund.ledger import closing, verifying
from leumund.ledger.chaining import BOOKS
from leumund.ledger.verifying import Fault, Verdict
from leumund.messages import alerting
from leumund.payouts import reconciling as payouts
from leumund.rewards import reconciling as rewards

KIND, MAIL = "ledger.prove", "books_untrue"
_RIGHT = "ledger.export"
_ACTION = "ledger.verified"
# Each room whose deeds are booked looks at its own.
_CHECKS: tuple[Callable[[], Awaitable[list[Fault]]], ...] = (rewards.check, payouts.check)


async def prove(*, at: datetime, actor: str = actors.WORKER) -> Verdict:
    """Link what waits, close the days that are over, look at everything, note it, and tell of what was found."""
    await linking.link(BOOKS)
    await closing.close(at=at)
    verdict = await look()
    detail = {"postings": verdict.postings, "faults": len(verdict.faults)}
    await noting.note(actor=actor, action=_ACTION, detail=detail, at=at)
    if verdict.faults:
        await alerting.alert(kind=MAIL, right=_RIGHT, at=at)
    return verdict


async def look() -> Verdict:
    """Look at everything and change nothing."""
    verdict = await verifying.verify()
    for check in _CHECKS:
        verdict = verdict.beside(await check())
    return verdict


async def newest(*, at: datetime) -> Watched | None:
    """The newest proof of the last days; None where there was none."""
    return await watching.newest(at=at, action=_ACTION)
