"""Two deeds that concern one order, or one program, meet half way: nobody gets more by it, and nobody is stuck."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.consent.texts import publishing as texts
from leumund.kit import ground
from leumund.programs import joining, offering, publishing
from leumund.programs.joining import Form
from leumund.programs.offers import Rule
from leumund.referrals import confirming, sharing
from leumund.rewards import recognising, reviewing
from leumund.rewards.outcomes import Converted
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.promising import BERT, LATER, SHARE, back, buys, owed, promised

Deed = Callable[[], Awaitable[Any]]
PROGRAMS = ("eins", "zwei")
DEAR = Rule(key="dear", side="advocate", kind="cash", cents=1000, minimum_order_cents=50_000)


@pytest.fixture
def scoped(deployment: Deployment, company: Tenant) -> Callable[[Deed], Awaitable[Any]]:
    """Do a deed in a scope of its own and commit, as every request does."""

    async def do(deed: Deed) -> Any:
        async with deployment.scopes.inside(company):
            return await deed()

    return do


async def meet(scoped: Callable[[Deed], Awaitable[Any]], first: Deed, *others: Deed) -> list[Any]:
    """``others`` begin when ``first`` is done and not committed yet; what they came to."""
    done, committing = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        await first()
        done.set()
        await committing.wait()

    before = asyncio.create_task(scoped(slowly))
    await done.wait()
    behind = [asyncio.create_task(scoped(other)) for other in others]
    assert not (await asyncio.wait(behind, timeout=0.3))[0], "they wait"
    committing.set()
    await before
    return await asyncio.gather(*behind, return_exceptions=True)


async def test_a_part_that_comes_back_while_somebody_approves_is_taken_off(scoped: Any):
    async def prepare() -> Converted:
        await whole.friend(await promised([SHARE]), BERT, at=NOON)
        return await buys("A-1", 600_000)

    referral = (await scoped(prepare)).referral
    approve = lambda: reviewing.approve(referral=referral, by=uuid4(), at=NOON)  # noqa: E731
    await meet(scoped, approve, lambda: back("A-1", 590_000, told_as="R-1"))
    assert await scoped(owed) == [1000]


async def test_a_part_that_comes_back_while_the_friend_says_who_recommended_them_is_taken_off(scoped: Any):
    async def prepare() -> tuple[str, UUID]:
        code, bert = await promised([SHARE]), await whole.person(BERT, at=NOON)
        for order in ("A-1", "A-2"):
            await buys(order, 40_000)
        return code, bert

    code, bert = await scoped(prepare)
    choose = lambda: recognising.choose(customer=bert, code=code, at=LATER)  # noqa: E731
    await meet(scoped, lambda: back("A-1", 30_000, told_as="R-1"), choose)
    assert await scoped(owed) == [1000, 4000]
    await scoped(lambda: back("A-2", 30_000, told_as="R-1"))
    assert await scoped(owed) == [1000, 1000]


async def test_friends_of_two_programs_each_who_buy_at_once_wait_for_each_other_in_one_order(scoped: Any):
    async def sign_up(advocate: str, friend: str, keys: tuple[str, ...]) -> None:
        """``friend`` signs up for one program after the other."""
        terms, person = (await texts.current(kind="terms", language="de")).id, await whole.person(advocate, at=NOON)
        for later, key in enumerate(keys):
            form = Form(language="de", terms=terms)
            request = await joining.join(customer=person, email=advocate, form=form, at=NOON, program=key)
            assert request is not None
            await confirming.confirm(request=request, evidence={}, at=NOON)
            offer = await offering.find(key=key)
            assert offer is not None
            code = await sharing.code_of(customer=person, program=offer.id, at=NOON)
            await whole.accept(code, friend, at=NOON + timedelta(seconds=later))
        # As it becomes where a shop tells of another code while the friend's own program rests.
        await ground.execute("UPDATE referral SET confirmed_at = attributed_at WHERE confirmed_at IS NULL")

    async def prepare() -> None:
        await whole.company(at=NOON, terms=msgspec.structs.replace(whole.TERMS, key="eins", rules=[DEAR]))
        await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, key="zwei", rules=[DEAR]), at=NOON)
        await sign_up("anna@people.example", BERT, PROGRAMS)
        await sign_up("clara@people.example", "dora@people.example", PROGRAMS[::-1])

    await scoped(prepare)
    orders = [lambda one=one: buys(one, email=one) for one in (BERT, "dora@people.example")]
    told = await meet(scoped, lambda: ground.fetch("SELECT FROM program FOR NO KEY UPDATE"), *orders)
    assert [one.rewards for one in told] == [[], []], told
    assert len(await scoped(lambda: ground.fetch("SELECT FROM judgement"))) == 4, "each was judged in both programs"
