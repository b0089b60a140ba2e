"""What was given back is taken back once, and counts again once where it was not given back after all."""

from pathlib import Path

from leumund.insight import proving
from leumund.kit import ground
from leumund.payouts import recording
from leumund.rewards import booking, owing, reconciling, refunding
from leumund.rewards.booking import Worth
from leumund.rewards.refunding import Refunded
from tests.rooms import paying, whole
from tests.rooms.paying import ACCOUNTANT, LATER, NOON

# What the migration does for what was booked before it.
_BACKFILL = Path("migrations/tenant/0049_causes_of_what_was_taken_back.sql").read_text().partition("NOT NULL;")[2]


async def back(order_id: str = "A-1", cents: int | None = None, *, told_as: str = "") -> Refunded:
    return await refunding.refund(order_id=order_id, cents=cents, told_as=told_as, actor="key:shop", at=LATER)


async def paid(order_id: str = "A-1") -> None:
    """Anna's fifty euros for that order have arrived."""
    await paying.earned(order_id)
    await recording.arrived(batch=await paying.sent(), reference="Auszug 12", by=ACCOUNTANT, at=LATER)


async def test_what_was_paid_is_taken_back_by_the_first_refund_of_all_and_by_no_second_one(inside: ground.Ground):
    await whole.company(at=NOON)
    await paid()
    told = [await back(told_as=name) for name in ("R-1", "R-2", "R-1")]
    assert [len(each.clawed_back) for each in told] == [1, 0, 1]
    assert await paying.held("reward_available") == -5000
    (reward,) = told[0].clawed_back
    assert await owing.owed(rewards=[reward]) == {reward: 0}
    assert (await proving.look()).faults == []


async def test_what_was_booked_before_causes_named_their_refund_is_read_as_it_was(inside: ground.Ground):
    await whole.company(at=NOON)
    await paid()
    rows = await ground.fetch(
        "SELECT id AS reward, program, beneficiary, cents, currency FROM reward WHERE side = 'advocate'"
    )
    await ground.execute(
        "INSERT INTO refund (order_id, told_as, told_at, conversion) SELECT order_id, '', $1, id FROM conversion", LATER
    )
    await booking.clawed_back(Worth(**rows[0]), at=LATER)
    assert (await back()).clawed_back == [rows[0]["reward"]]
    assert await owing.owed(rewards=[rows[0]["reward"]]) == {rows[0]["reward"]: 5000}
    await ground.execute(_BACKFILL)
    assert await owing.owed(rewards=[rows[0]["reward"]]) == {rows[0]["reward"]: 0}
    assert await reconciling.check() == []
