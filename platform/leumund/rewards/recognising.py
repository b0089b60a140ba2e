"""Somebody says who recommended them: what they have bought by then is judged as if it had been said in time."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.referrals.claims import asking, rules, settling, telling
from leumund.rewards import attributing, buying, earning
from leumund.rewards.attributing import CLOCKS_DIFFER

# Nobody has more orders within the time in which a person's word still comes in time.
_MOST = 100
# Whoever gives one of them back meanwhile waits, or is waited for: what is left of it is judged.
_UNCOUNTED = f"""
SELECT id FROM conversion
WHERE customer = $1 AND referral IS NULL AND refunded_at IS NULL AND kind <> 'sign_up' AND occurred_at >= $2
ORDER BY occurred_at, number LIMIT {_MOST} FOR NO KEY UPDATE
"""  # noqa: S608 - a number of ours


async def choose(*, customer: UUID, code: str, at: datetime) -> None:
    """Keep whom the person names by ``code``, and settle it at what they bought; else it waits for what they buy next.

    Raises what asking.hear raises, and CustomerUnknown for whoever is gone.
    """
    told = await asking.hear(customer=customer, code=code, at=at)
    assert told.advocate is not None, "its link was found"
    if not await attributing.hold(friend=customer, also=[told.advocate]):
        raise buying.CustomerUnknown("errors.rewards.customer_unknown", field="customer")
    if not await asking.is_open(customer=customer, at=at):
        raise asking.SettledAlready("errors.attribution.settled", field="code")
    await telling.keep(customer=customer, told=[told], at=at)
    await settle(customer=customer, at=at)


async def settle(*, customer: UUID, at: datetime) -> UUID | None:
    """Judge the orders nobody's recommendation counted for, the first one first, until one of them makes a referral.

    From there on they earn, in the same order, what was promised. The referral that was made, if any. Whoever calls
    holds the customer, and whoever is said to have recommended them.
    """
    made = None
    for row in await ground.fetch(_UNCOUNTED, customer, at - rules.LATE):
        if made is None:
            made = await settling.settle(conversion=row["id"], clocks_differ=CLOCKS_DIFFER, at=at)
        if made is not None:
            await earning.earn(conversion=row["id"], at=at)
    return made
