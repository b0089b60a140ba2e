"""Companies' systems report one purchase many times, and many purchases at once; the money moves once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.kit import ground
from leumund.ledger import balancing, posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.programs.offers import Terms
from leumund.referrals import clicking, confirming, salting
from leumund.referrals.claims.telling import Said
from leumund.referrals.clicking import Count, Where
from leumund.rewards import converting, refunding, releasing, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from leumund.rewards.refusing import Refusal
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import books
from tests.conftest import NOON
from tests.rooms import whole

BERT = "bert@people.example"
A_REFERRALS_CENTS = 7500
Result = TypeVar("Result")
Inside = Callable[[Callable[[], Awaitable[Result]]], Awaitable[Result]]


@pytest.fixture
def scoped(deployment: Deployment, company: Tenant) -> Inside:
    """Do a deed in a scope of its own and commit, as every request does."""

    async def do(deed: Callable[[], Awaitable[Result]]) -> Result:
        async with deployment.scopes.inside(company):
            return await deed()

    return do


async def open_with_friends(emails: list[str], *, terms: Terms = whole.TERMS) -> None:
    await whole.company(at=NOON, terms=terms)
    code = await whole.advocate("anna@people.example", at=NOON)
    for email in emails:
        await whole.friend(code, email, at=NOON)


def buys(order_id: str, *, email: str = BERT, cents: int = 90_000) -> Callable[[], Awaitable[Converted]]:
    customer = CustomerRef(email=email)
    order = Order(order_id=order_id, cents=cents, currency="EUR", customer=customer, occurred_at=NOON)
    return lambda: converting.convert(order=order, at=NOON)


async def booked() -> dict[str, int]:
    """How many conversions, rewards and postings there are, and what the budget has given."""
    counts = await ground.fetch(
        "SELECT (SELECT count(*) FROM conversion) AS conversions, (SELECT count(*) FROM reward) AS rewards, "
        "(SELECT count(*) FROM ledger_posting) AS postings"
    )
    assert set((await balancing.totals()).values()) <= {0}
    budget = sum(line.cents for line in await books.lines() if line.kind == "program_budget")
    return {**counts[0], "given_cents": -budget}


async def test_whoever_is_said_by_many_orders_at_once_to_have_recommended_somebody_it_was_one_of_them(scoped: Inside):
    """Two advocates' codes with twenty orders of Bert's, and each of the two says the other one recommended them."""
    anna, clara = "anna@people.example", "clara@people.example"

    async def begin() -> list[str]:
        await whole.company(at=NOON)
        await whole.person(BERT, at=NOON)
        return [await whole.advocate(each, at=NOON) for each in (anna, clara)]

    def says(order_id: str, email: str, code: str) -> Callable[[], Awaitable[Converted]]:
        told = Order(
            order_id=order_id,
            cents=90_000,
            currency="EUR",
            customer=CustomerRef(email=email),
            occurred_at=NOON,
            said=Said(code=code, conditions_shown=True),
        )
        return lambda: converting.convert(order=told, at=NOON)

    codes = await scoped(begin)
    orders = [says(f"A-{n}", BERT, codes[n % 2]) for n in range(20)]
    orders += [says("C-1", anna, codes[1]), says("C-2", clara, codes[0])]
    done = await asyncio.gather(*(scoped(each) for each in orders))
    assert [one.claim_reason for one in done[:20]].count("won") == 1
    assert [one.claim_reason for one in done[:20]].count("referral_stands") == 19
    rows = await scoped(lambda: ground.fetch("SELECT friend, count(*) AS n FROM referral GROUP BY friend"))
    assert [row["n"] for row in rows] == [1, 1, 1]
    assert (await scoped(booked))["conversions"] == 22


async def test_one_order_told_fifty_times_at_once_counts_once(scoped: Inside):
    await scoped(lambda: open_with_friends([BERT]))
    told = await asyncio.gather(*(scoped(buys("A-1")) for _ in range(50)))
    assert len({msgspec.json.encode(one) for one in told}) == 1
    assert await scoped(booked) == {"conversions": 1, "rewards": 2, "postings": 2, "given_cents": A_REFERRALS_CENTS}


async def test_two_orders_of_one_friend_at_once_earn_once(scoped: Inside):
    await scoped(lambda: open_with_friends([BERT]))
    told = await asyncio.gather(*(scoped(buys(f"A-{n}")) for n in range(20)))
    assert sorted(len(one.rewards) for one in told) == [0] * 19 + [2]
    assert await scoped(booked) == {"conversions": 20, "rewards": 2, "postings": 2, "given_cents": A_REFERRALS_CENTS}


async def test_one_order_with_other_figures_at_once_is_refused(scoped: Inside):
    await scoped(lambda: open_with_friends([BERT]))
    told = await asyncio.gather(*(scoped(buys("A-1", cents=90_000 + n % 2)) for n in range(10)), return_exceptions=True)
    assert sum(isinstance(one, converting.OrderReused) for one in told) == 5
    assert sum(isinstance(one, Converted) for one in told) == 5


async def test_a_hundred_friends_at_once_never_overspend_the_budget_and_nobody_is_turned_away(scoped: Inside):
    friends = [f"friend{n}@people.example" for n in range(100)]
    terms = msgspec.structs.replace(whole.TERMS, budget_cents=5 * A_REFERRALS_CENTS + 7_499)
    await scoped(lambda: open_with_friends(friends, terms=terms))
    told = await asyncio.gather(*(scoped(buys(email, email=email)) for email in friends))
    assert sorted(one.referral_state or "" for one in told) == ["approved"] * 5 + ["in_review"] * 95
    assert (await scoped(booked))["given_cents"] == 5 * A_REFERRALS_CENTS


async def test_release_and_refund_at_once_leave_one_of_two_true_stories(scoped: Inside):
    await scoped(lambda: open_with_friends([BERT]))
    sold = await scoped(buys("A-1"))
    later = NOON.replace(year=NOON.year + 1)
    await asyncio.gather(
        *(scoped(lambda reward=reward: releasing.release(reward=reward, at=later)) for reward in sold.rewards * 3),
        *(scoped(lambda: refunding.refund(order_id="A-1", actor="key:shop", at=later)) for _ in range(3)),
    )

    async def left() -> dict[str, int]:
        return {line.kind: line.cents for line in await books.lines() if line.cents > 0}

    # Whatever came first, nothing is left to anybody: it went back to the budget or into the clawback.
    assert await scoped(left) in ({}, {"clawback": 7500}, {"clawback": 5000}, {"clawback": 2500})


async def test_of_two_who_decide_at_once_one_decides(scoped: Inside):
    await scoped(lambda: open_with_friends([BERT]))
    referral = (await scoped(buys("A-1", cents=600_000))).referral
    assert referral is not None
    told = await asyncio.gather(
        scoped(lambda: reviewing.approve(referral=referral, by=uuid4(), at=NOON)),
        scoped(lambda: reviewing.refuse(referral=referral, refusal=Refusal(category="terms"), by=uuid4(), at=NOON)),
        scoped(lambda: reviewing.approve(referral=referral, by=uuid4(), at=NOON)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, reviewing.NotInReview) for one in told) == 2
    assert (await scoped(booked))["rewards"] in (0, 2)


async def test_a_friend_of_two_advocates_confirms_both_mails_at_once_and_belongs_to_one(scoped: Inside):
    async def sign_up() -> list[object]:
        await whole.company(at=NOON)
        codes = [await whole.advocate(f"{name}@people.example", at=NOON) for name in ("anna", "mallory")]
        return [await whole.accept(code, BERT, at=NOON) for code in codes]

    requests = await scoped(sign_up)
    await asyncio.gather(
        *(scoped(lambda one=one: confirming.confirm(request=one, at=NOON, evidence={})) for one in requests)
    )
    rows = await scoped(lambda: ground.fetch("SELECT id FROM referral WHERE confirmed_at IS NOT NULL"))
    assert len(rows) == 1


async def test_the_second_of_two_buttons_waits_for_the_first_and_then_changes_nothing(scoped: Inside):
    """Seen while it happens: the first has confirmed and not committed when the second is pressed."""

    async def sign_up() -> list[UUID]:
        await whole.company(at=NOON)
        codes = [await whole.advocate(f"{name}@people.example", at=NOON) for name in ("anna", "mallory")]
        requests = [await whole.accept(code, BERT, at=NOON) for code in codes]
        return [request for request in requests if request is not None]

    annas, mallorys = await scoped(sign_up)
    pressed, committing = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        await confirming.confirm(request=annas, at=NOON, evidence={})
        pressed.set()
        await committing.wait()

    first = asyncio.create_task(scoped(slowly))
    await pressed.wait()
    second = asyncio.create_task(scoped(lambda: confirming.confirm(request=mallorys, at=NOON, evidence={})))
    assert not (await asyncio.wait([second], timeout=0.5))[0], "it waits"
    committing.set()
    await first
    assert (await second).kind == "referral"
    rows = await scoped(lambda: ground.fetch("SELECT request FROM referral WHERE confirmed_at IS NOT NULL"))
    assert rows == [{"request": annas}]


async def test_one_cause_posted_by_many_at_once_moves_money_once(scoped: Inside):
    owner = uuid4()

    async def post() -> None:
        budget, anna = (Account(kind, owner, "EUR") for kind in ("program_budget", "reward_pending"))
        await posting.post_all(moves=[Move(budget, anna, 2500, "referral 7")], at=NOON)

    await asyncio.gather(*(scoped(post) for _ in range(30)))
    lines = await scoped(books.lines)
    assert [(line.kind, line.cents) for line in lines] == [("program_budget", -2500), ("reward_pending", 2500)]


async def test_clicks_on_many_links_counted_by_many_processes_at_once_all_count(scoped: Inside):
    async def make_links() -> list[object]:
        await whole.company(at=NOON)
        codes = [await whole.advocate(f"a{n}@people.example", at=NOON) for n in range(30)]
        return [(await whole.look_up(code)).link for code in codes]

    links = await scoped(make_links)
    await scoped(lambda: salting.begin(day_date=NOON.date(), ends_at=NOON))
    # Each process has seen two visitors of its own, and one whom all have seen.
    batches = [
        {Where(link, NOON.date(), ""): Count(3, 1, (n, n + 100, 1000)) for link in links[:: 1 if n % 2 else -1]}
        for n in range(20)
    ]
    await asyncio.gather(*(scoped(lambda b=b: clicking.count(counts=b)) for b in batches))
    counted = await scoped(lambda: ground.fetch("SELECT DISTINCT clicks, machines, visitors FROM click_count"))
    assert counted == [{"clicks": 60, "machines": 20, "visitors": 41}]
