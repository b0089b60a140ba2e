"""However refunds, their ends, releases and payouts follow each other: every euro is paid once, and none is lost."""

from datetime import timedelta
from random import Random

import pytest

from leumund.insight import proving
from leumund.kit import ground
from leumund.payouts.batching import NothingDue
from leumund.rewards import owing, refunding, restoring
from tests.rooms import whole
from tests.rooms.paying import LATER, NOON
from tests.rooms.promising import BERT, SHARE, buys, promised
from tests.rooms.test_restoring import LAST, arrives, is_released

pytestmark = pytest.mark.usefixtures("inside")
CLARA = "clara@people.example"
_STEPS = 20
# In most of these a debt is set off against another order before what caused it counts again.
SEEDS = (0, 1, 10, 23, 34, 35, 37, 44)
# Below the least order, at it, with a share to round, and above the most a share may be.
_CENTS = (1_900, 2_000, 3_333, 10_000, 60_000)
_STANDING = "SELECT id FROM reward WHERE state NOT IN ('canceled', 'expired')"
_PAID = "SELECT coalesce(sum(cents), 0)::bigint AS cents FROM payout WHERE state = 'confirmed'"


async def bought(chance: Random, orders: dict[str, int], order: str, friend: str) -> None:
    orders[order] = chance.choice(_CENTS)
    await buys(order, orders[order], email=friend)


async def restored(told: dict[str, str], name: str, *, step: int) -> None:
    at = LAST + timedelta(seconds=step)
    await restoring.restore(order_id=told.pop(name), told_as=name, actor="key:shop", at=at)


async def is_paid() -> None:
    try:
        await arrives()
    except NothingDue:
        return


async def walked(chance: Random, orders: dict[str, int]) -> dict[str, str]:
    """Some steps in any order, after each of which the books are true; the refunds that stand, with their orders."""
    told: dict[str, str] = {}
    for step in range(_STEPS):
        deed = chance.choice(("buy", "back", "back", "again", "again", "release", "pay", "pay"))
        if deed == "buy" and not told:
            await bought(chance, orders, f"B-{step}", chance.choice((BERT, CLARA)))
        elif deed == "back":
            order, name = chance.choice(list(orders)), f"R-{step}"
            whole_cents = orders[order]
            cents = chance.choice((None, whole_cents, whole_cents // 2, whole_cents // 3, 1))
            at = LATER + timedelta(seconds=step)
            await refunding.refund(order_id=order, cents=cents, told_as=name, actor="key:shop", at=at)
            told[name] = order
        elif deed == "again" and told:
            await restored(told, chance.choice(list(told)), step=step)
        elif deed == "release":
            await is_released()
        elif deed == "pay":
            await is_paid()
        assert (await proving.look()).faults == [], (step, deed)
    return told


@pytest.mark.parametrize("seed", SEEDS)
async def test_when_nothing_was_given_back_after_all_each_order_has_paid_what_was_promised_and_no_cent_more(seed: int):
    chance = Random(seed)
    code = await promised([SHARE])
    for friend in (BERT, CLARA):
        await whole.friend(code, friend, at=NOON)
    orders: dict[str, int] = {}
    # Each has bought before anything happens: what a friend buys while nothing of theirs stands counts for nobody.
    for number, friend in enumerate((BERT, CLARA)):
        await bought(chance, orders, f"A-{number}", friend)
    told = await walked(chance, orders)
    for step, name in enumerate(list(told), _STEPS):
        await restored(told, name, step=step)
    earned = sum(min(cents // 10, 5_000) for cents in orders.values() if cents >= 2_000)
    standing = [row["id"] for row in await ground.fetch(_STANDING)]
    assert sum((await owing.owed(rewards=standing)).values()) == earned
    await is_released()
    await is_paid()
    assert await ground.fetch(_PAID) == [{"cents": earned}]
