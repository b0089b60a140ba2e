"""The database itself holds that a reward is in one payout that stands, and that a payout's figures never change."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.kit import ground
from leumund.payouts import rules
from leumund.rewards import converting, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests.conftest import NOON
from tests.rooms import whole


@pytest.fixture
async def reward(inside: ground.Ground) -> UUID:
    """What Anna earned, released."""
    await whole.company(at=NOON)
    await whole.friend(await whole.advocate("anna@people.example", at=NOON), "bert@people.example", at=NOON)
    bought = Order(
        order_id="A-1",
        cents=90_000,
        currency="EUR",
        customer=CustomerRef(email="bert@people.example"),
        occurred_at=NOON,
    )
    await converting.convert(order=bought, at=NOON)
    rows = await ground.fetch("SELECT id, hold_until FROM reward WHERE side = 'advocate'")
    await releasing.release(reward=rows[0]["id"], at=rows[0]["hold_until"])
    first: UUID = rows[0]["id"]
    return first


async def pay(reward: UUID) -> UUID:
    batch, payout = uuid4(), uuid4()
    await ground.execute(
        "INSERT INTO payout_batch (id, way, currency, created_at) VALUES ($1, 'manual', 'EUR', $2)", batch, NOON
    )
    await ground.execute(
        "INSERT INTO payout (id, batch, beneficiary, way, cents, currency, idempotency_key, created_at) "
        "SELECT $1, $2, beneficiary, 'manual', cents, currency, $1, $4 FROM reward WHERE id = $3",
        payout,
        batch,
        reward,
        NOON,
    )
    await ground.execute(
        "INSERT INTO payout_item (payout, reward, cents) SELECT $1, id, cents FROM reward WHERE id = $2", payout, reward
    )
    return payout


async def test_a_reward_is_in_one_payout_that_stands(reward: UUID):
    first = await pay(reward)
    with pytest.raises(asyncpg.UniqueViolationError, match="payout_item_once"):
        async with ground.savepoint():
            await pay(reward)
    await ground.execute(
        "UPDATE payout SET state = 'failed', reason = 'came_back', settled_at = $2 WHERE id = $1", first, NOON
    )
    second = await pay(reward)
    rows = await ground.fetch("SELECT payout, stands FROM payout_item")
    assert {row["payout"]: row["stands"] for row in rows} == {first: False, second: True}


@pytest.mark.parametrize(
    "changes",
    [{"cents": 1}, {"beneficiary": UUID(int=1)}, {"idempotency_key": UUID(int=1)}, {"way": "sepa"}],
    ids=lambda changes: next(iter(changes)),
)
async def test_what_is_paid_to_whom_under_which_key_never_changes(reward: UUID, changes: Mapping[str, object]):
    payout = await pay(reward)
    for column, value in changes.items():
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with ground.savepoint():
                await ground.execute(f"UPDATE payout SET {column} = $2 WHERE id = $1", payout, value)


async def test_whoever_made_a_batch_is_no_second_pair_of_eyes(reward: UUID):
    await pay(reward)
    by = uuid4()
    with pytest.raises(asyncpg.CheckViolationError):
        async with ground.savepoint():
            await ground.execute(
                "UPDATE payout_batch SET state = 'approved', four_eyes = true, checked_by = $1, checked_at = $2, "
                "approved_by = $1, approved_at = $2",
                by,
                NOON,
            )


def test_a_payout_goes_forward_only():
    for state in rules.PAYOUT_STATES:
        after = {state}
        while more := {one for each in after for one in rules.PAYOUT_STATES if rules.may_become(each, one)} - after:
            assert state not in more
            after |= more
    assert not any(rules.may_become("failed", wished) for wished in rules.PAYOUT_STATES)
    assert rules.before("confirmed") == ["submitted", "unknown"]
