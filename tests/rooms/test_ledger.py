"""The ledger moves money once per cause and never invents any, whatever is done to orders and rewards in what order."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.ledger import balancing, opening, posting
from leumund.ledger.opening import Account
from leumund.rewards import converting, refunding, releasing, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.refusing import Refusal
from leumund.rewards.releasing import StillHeld
from tests import books, opened
from tests.conftest import NOON, RollBack
from tests.rooms import whole

AFTER_THE_HOLD = NOON + timedelta(days=15)


async def accounts(owner: UUID, currency: str = "EUR") -> tuple[UUID, UUID]:
    """A budget and what somebody may expect of it."""
    budget, anna = (Account(kind, owner, currency) for kind in ("program_budget", "reward_pending"))
    found = await opening.open_all(accounts=[budget, anna])
    return found[budget], found[anna]


async def post(debit: UUID, credit: UUID, cents: int = 2500, *, currency: str = "EUR", cause: str = "referral 7"):
    return await posting.post(debit=debit, credit=credit, cents=cents, currency=currency, cause=cause, at=NOON)


async def test_what_one_account_gives_the_other_gets(inside: ground.Ground):
    owner = uuid4()
    await post(*await accounts(owner))
    assert await balancing.held(kind="program_budget", owner=owner, currency="EUR") == -2500
    assert await balancing.held(kind="reward_pending", owner=owner, currency="EUR") == 2500
    assert await balancing.held(kind="clawback", owner=owner, currency="EUR") == 0, "never opened"


async def test_the_sum_of_each_currency_is_zero(inside: ground.Ground):
    for currency, cents in (("EUR", 2500), ("CHF", 2400), ("JPY", 1)):
        await post(*await accounts(uuid4(), currency), cents, currency=currency, cause=f"in {currency}")
    assert await balancing.totals() == {"EUR": 0, "CHF": 0, "JPY": 0}


async def test_the_same_cause_moves_money_once(inside: ground.Ground):
    owner = uuid4()
    budget, anna = await accounts(owner)
    first = await post(budget, anna)
    assert (await post(budget, anna)).id == first.id
    assert await balancing.held(kind="reward_pending", owner=owner, currency="EUR") == 2500


async def test_the_same_cause_with_other_figures_is_a_fault(inside: ground.Ground):
    budget, anna = await accounts(uuid4())
    await post(budget, anna)
    for debit, credit, cents in ((budget, anna, 2501), (anna, budget, 2500)):
        with pytest.raises(posting.CauseReused):
            await post(debit, credit, cents)


async def test_currencies_never_mix(inside: ground.Ground):
    owner = uuid4()
    euros, _ = await accounts(owner)
    _, francs = await accounts(owner, "CHF")
    for currency in ("EUR", "CHF"):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with ground.savepoint():
                await post(euros, francs, currency=currency)


@pytest.mark.parametrize("cents", [0, -1])
async def test_a_posting_moves_something(inside: ground.Ground, cents: int):
    budget, anna = await accounts(uuid4())
    with pytest.raises(AssertionError):
        await post(budget, anna, cents)
    with pytest.raises(asyncpg.CheckViolationError):
        await ground.execute(
            "INSERT INTO ledger_posting (debit, credit, currency, cents, cause, posted_at) "
            "VALUES ($1, $2, 'EUR', $3, 'a', now())",
            budget,
            anna,
            cents,
        )


async def test_nobody_gives_to_themselves(inside: ground.Ground):
    budget, _ = await accounts(uuid4())
    with pytest.raises(asyncpg.CheckViolationError):
        await post(budget, budget)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE ledger_posting SET cents = 1",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting",
        "UPDATE ledger_account SET owner = gen_random_uuid()",
        "DELETE FROM ledger_account",
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "DROP TABLE ledger_posting",
    ],
)
async def test_what_is_posted_stays(inside: ground.Ground, attack: str):
    await post(*await accounts(uuid4()))
    with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
        async with ground.savepoint():
            await ground.execute(attack)
    assert refused.value.sqlstate == "42501"


# From here on a small company lives through anything that can happen to three friends' orders, in any order. Its budget
# reaches for one referral and a part of the next.

FRIENDS = [f"friend{n}@people.example" for n in range(3)]
BUDGET_CENTS = 7500 + 5000
TABLES = ("conversion", "referral", "reward", "ledger_account", "ledger_posting", "message", "audit_entry", "customer")
_ALL = " UNION ALL ".join(
    f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS rows FROM {table} t"
    for table in TABLES
)
friend, order = st.integers(0, 2), st.integers(0, 4)
cents, currencies = st.sampled_from([90_000, 90_000, 600_000]), st.sampled_from(["EUR", "EUR", "EUR", "CHF"])
convert = st.tuples(st.just("convert"), friend, order, cents, currencies)
release = st.tuples(st.just("release"), st.integers(0, 3), st.sampled_from([True, True, False]))
refund = st.tuples(st.just("refund"), order)
decide = st.tuples(st.sampled_from(["approve", "refuse"]), friend)
steps = st.one_of(convert, convert, convert, release, release, refund, decide)


class Story:
    """What can happen."""

    @staticmethod
    async def convert(who: int, order: int, cents: int, currency: str) -> None:
        customer = CustomerRef(email=FRIENDS[who])
        told = Order(order_id=f"A-{order}", cents=cents, currency=currency, customer=customer, occurred_at=NOON)
        first = await converting.convert(order=told, at=NOON)
        before = await everything()
        assert await converting.convert(order=told, at=AFTER_THE_HOLD) == first
        assert await everything() == before, "told again, nothing moves"

    @staticmethod
    async def refund(place: int) -> None:
        rows = await ground.fetch("SELECT order_id FROM conversion ORDER BY referral IS NULL, order_id")
        orders = [*(row["order_id"] for row in rows), "nobody told of this one"]
        order_id = orders[place % len(orders)]
        first = await refunding.refund(order_id=order_id, at=NOON, actor="key:shop")
        before = await everything()
        assert await refunding.refund(order_id=order_id, at=AFTER_THE_HOLD, actor="key:shop") == first
        assert await everything() == before, "told again, nothing moves"

    @staticmethod
    async def release(place: int, hold_is_over: bool) -> None:
        rewards = await ground.fetch("SELECT id FROM reward ORDER BY conversion, side")
        if rewards:
            at = AFTER_THE_HOLD if hold_is_over else NOON
            await releasing.release(reward=rewards[place % len(rewards)]["id"], at=at)

    @staticmethod
    async def approve(who: int) -> None:
        await reviewing.approve(referral=await referral_of(who), by=uuid4(), at=NOON)

    @staticmethod
    async def refuse(who: int) -> None:
        await reviewing.refuse(referral=await referral_of(who), refusal=Refusal(category="terms"), by=uuid4(), at=NOON)


async def referral_of(who: int) -> UUID:
    rows = await ground.fetch("SELECT id FROM referral WHERE friend = $1", await opened.customer(FRIENDS[who]))
    found: UUID = rows[0]["id"]
    return found


async def everything() -> list[dict[str, Any]]:
    """A digest of every row there is."""
    return await ground.fetch(_ALL)


async def the_books_are_right() -> None:
    assert set((await balancing.totals()).values()) <= {0}
    held: dict[str, int] = {}
    for line in await books.lines():
        held[line.kind] = held.get(line.kind, 0) + line.cents
        assert line.kind == "program_budget" or line.cents >= 0, "nobody is owed less than nothing"
    assert 0 <= -held.get("program_budget", 0) <= BUDGET_CENTS
    sums = (
        await ground.fetch(
            "SELECT coalesce(sum(cents), 0)::bigint AS earned, "
            "coalesce(sum(cents) FILTER (WHERE state = 'pending'), 0)::bigint AS pending, "
            "coalesce(sum(cents) FILTER (WHERE state = 'approved'), 0)::bigint AS approved, "
            "coalesce(sum(cents) FILTER (WHERE state IN ('paid', 'redeemed')), 0)::bigint AS paid FROM reward"
        )
    )[0]
    assert sums["paid"] <= sums["approved"] <= sums["earned"]
    assert held.get("reward_pending", 0) == sums["pending"]
    assert held.get("reward_available", 0) == sums["approved"]
    assert (
        await ground.fetch(
            "SELECT w.id FROM reward w LEFT JOIN conversion c ON c.id = w.conversion AND c.referral = w.referral "
            "JOIN referral r ON r.id = w.referral WHERE c.id IS NULL OR w.state <> 'canceled' AND "
            "(c.refunded_at IS NOT NULL OR r.state <> 'approved' OR r.advocate = r.friend)"
        )
        == []
    ), "no reward without an approved conversion that stands"
    twice = "SELECT referral, side FROM reward GROUP BY referral, side HAVING count(*) > 1"
    assert await ground.fetch(twice) == []


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """What happens in here is a story that was only told."""
    try:
        async with ground.savepoint():
            yield
            raise RollBack
    except RollBack:
        pass


@pytest.fixture
async def small_company(inside: ground.Ground) -> None:
    """Anna recommended, and all friends confirmed."""
    await whole.company(at=NOON, terms=msgspec.structs.replace(whole.TERMS, budget_cents=BUDGET_CENTS))
    code = await whole.advocate("anna@people.example", at=NOON)
    for email in FRIENDS:
        await whole.friend(code, email, at=NOON)


@settings(max_examples=80)
@given(told=st.lists(steps, min_size=8, max_size=24))
async def test_no_story_upsets_the_books(small_company: None, told: list[tuple[Any, ...]]):
    async with undone():
        for name, *how in told:
            await live_through(getattr(Story, name), how)


async def live_through(step: Callable[..., Awaitable[None]], how: list[Any]) -> None:
    before = await everything()
    try:
        async with ground.savepoint():
            await step(*how)
    except (Refused, StillHeld):
        assert await everything() == before, "what is refused leaves everything as it was"
    await the_books_are_right()
