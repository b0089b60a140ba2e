"""A referral and a reward live forward only, and the rows say so themselves: no deed moves one where it may not go."""

from itertools import permutations
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from leumund.kit import ground, personal
from leumund.kit.ground import Ground
from leumund.referrals import moving as referrals
from leumund.referrals import rules as of_referrals
from leumund.rewards import converting, listing, reviewing
from leumund.rewards import moving as rewards
from leumund.rewards import rules as of_rewards
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from leumund.rewards.refusing import Refusal
from tests.conftest import NOON
from tests.rooms import whole

ROOMS = Path(converting.__file__).parent.parent


@pytest.fixture
async def bought(inside: Ground) -> Converted:
    """Bert has bought for so much that a person must look first."""
    await whole.company(at=NOON)
    await whole.friend(await whole.advocate("anna@people.example", at=NOON), "bert@people.example", at=NOON)
    bert = CustomerRef(email="bert@people.example")
    order = Order(order_id="A-1", cents=600_000, currency="EUR", customer=bert, occurred_at=NOON)
    return await converting.convert(order=order, at=NOON)


async def test_a_referral_goes_nowhere_but_forward(bought: Converted):
    assert bought.referral is not None
    for was, wished in permutations(listing.REFERRAL_STATES, 2):
        await force("referral", bought.referral, was)
        if of_referrals.may_become(was, wished):
            await referrals.move(referral=bought.referral, to=wished, reason="weil", at=NOON)
        else:
            with pytest.raises(AssertionError):
                await referrals.move(referral=bought.referral, to=wished, reason="weil", at=NOON)
        went = wished if of_referrals.may_become(was, wished) else was
        assert await state("referral", bought.referral) == went


async def test_a_reward_goes_nowhere_but_forward(bought: Converted):
    assert bought.referral is not None
    await reviewing.approve(referral=bought.referral, by=uuid4(), at=NOON)
    (reward, _) = await ground.fetch("SELECT id FROM reward ORDER BY side")
    for was, wished in permutations(listing.REWARD_STATES, 2):
        await force("reward", reward["id"], was)
        if of_rewards.may_become(was, wished):
            await rewards.move(reward=reward["id"], to=wished, reason="weil", at=NOON)
        else:
            with pytest.raises(AssertionError):
                await rewards.move(reward=reward["id"], to=wished, reason="weil", at=NOON)
        went = wished if of_rewards.may_become(was, wished) else was
        assert await state("reward", reward["id"]) == went


async def test_nobody_is_moved_who_is_not_there(inside: Ground):
    with pytest.raises(AssertionError):
        await referrals.move(referral=uuid4(), to="qualified", at=NOON)
    with pytest.raises(AssertionError):
        await rewards.move(reward=uuid4(), to="approved", at=NOON)


async def test_a_decision_says_who_and_when_and_a_rule_names_nobody(bought: Converted):
    assert bought.referral is not None
    assert await told(bought.referral) == {"reason": "", "decided_by": None, "decided_at": None, "qualified_at": NOON}
    member = uuid4()
    await reviewing.refuse(
        referral=bought.referral, refusal=Refusal(category="terms", words="gewerblich"), by=member, at=NOON
    )
    assert await told(bought.referral) == {
        "reason": "gewerblich",
        "decided_by": member,
        "decided_at": NOON,
        "qualified_at": NOON,
    }


@pytest.mark.parametrize("table", ["referral", "reward"])
def test_one_place_moves_each(table: str):
    """Whoever writes a state past ``move`` writes it past its life."""
    told = {path.relative_to(ROOMS).as_posix(): path.read_text() for path in ROOMS.rglob("*.py")}
    movers = [path for path, text in told.items() if f"UPDATE {table} SET state" in text]
    assert movers == [f"{table}s/moving.py"]
    assert not [path for path, text in told.items() if path.startswith(f"{table}s/") and ".save()" in text]


async def force(table: str, row: UUID, state: str) -> None:
    why = {"reward": "reason = 'weil'", "referral": "reason_sealed = 'weil'"}[table]
    await ground.execute(f"UPDATE {table} SET state = $2, {why} WHERE id = $1", row, state)


async def state(table: str, row: UUID) -> str:
    return (await ground.fetch(f"SELECT state FROM {table} WHERE id = $1", row))[0]["state"]


async def told(referral: UUID) -> dict[str, object]:
    rows = await ground.fetch(
        "SELECT reason_sealed, decided_by, decided_at, qualified_at FROM referral WHERE id = $1", referral
    )
    key = (await personal.keys(people=[referral])).get(referral)
    return {"reason": referrals.why(rows[0].pop("reason_sealed"), referral, key=key), **rows[0]}
