"""Programs are drafted, published and steered: what was promised stays as it was, whatever is published later."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.audit import listing as audit
from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.kit.ground import Ground
from leumund.programs import drafting, issuing, moving, offering, publishing, steering
from leumund.programs.drafting import ChangedSince, KeyTaken, KeyUnfit, ProgramUnknown
from leumund.programs.issuing import NotReady
from leumund.programs.offering import NoProgram
from leumund.programs.offers import Rule, Terms
from leumund.programs.publishing import CurrencyFixed
from leumund.programs.steering import BudgetBelow, EndsBefore, Frame, NotSo
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.journeys import locks
from tests.rooms import whole

DAY = timedelta(days=1)
MARTA, BERT = uuid4(), uuid4()
ACTOR = f"staff:{MARTA}"
SPOKEN = {"de": {"headline": "Nachbarn werben"}, "en": {"headline": "Bring a neighbour"}}
WANTED = msgspec.structs.replace(whole.TERMS, key="nachbarn", state="draft", texts=SPOKEN)
STANDS = """
SELECT (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'updated_at' ORDER BY id), '[]') FROM program p)
    || (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY id), '[]') FROM program_version v)
    || (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY id), '[]') FROM reward_rule r)
    || (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY id), '[]') FROM program_move m)
    || (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY id), '[]') FROM program_draft d) AS rows
"""


def worth(cents: int) -> Callable[[Terms], Terms]:
    """The same program with another sum for whoever recommends."""
    rules = [Rule(side="advocate", kind="cash", cents=cents), Rule(side="friend", kind="voucher", cents=2500)]
    return lambda terms: msgspec.structs.replace(terms, rules=rules, texts=SPOKEN)


async def seen(key: str = "freunde") -> str:
    return (await drafting.in_work(key=key)).seen


async def change(by: Callable[[Terms], Terms], *, key: str = "freunde", at: datetime = NOON) -> None:
    await drafting.change(key=key, seen=await seen(key), by=by, member=MARTA, at=at)


async def publish(by: Callable[[Terms], Terms], *, at: datetime) -> None:
    await change(by, at=at)
    await issuing.issue(key="freunde", seen=await seen(), actor=ACTOR, at=at)


async def deeds() -> list[str]:
    return [entry.action for entry in (await audit.page()).rows if entry.actor == ACTOR]


async def test_a_new_program_is_drafted_published_whole_and_lives_beside_the_other(inside: Ground):
    await whole.company(at=NOON)
    await drafting.begin(terms=WANTED, member=MARTA, at=NOON)
    assert [offer.key for offer in await offering.all_offers()] == ["freunde"], "nobody sees a draft"
    offer = await issuing.issue(key="nachbarn", seen=await seen("nachbarn"), actor=ACTOR, at=NOON + DAY)
    assert (offer.state, offer.version.number, offer.version.published_by) == ("live", 1, ACTOR)
    assert {each.key for each in await offering.running(at=NOON + DAY)} == {"freunde", "nachbarn"}
    assert await drafting.every() == []
    assert await deeds() == ["program.published"]


@pytest.mark.parametrize("key", ["", "Nachbarn", "nach barn", "-n", "n-", "ä", "n" * 61])
async def test_a_program_is_called_by_a_short_name(inside: Ground, key: str):
    with pytest.raises(KeyUnfit):
        await drafting.begin(terms=msgspec.structs.replace(WANTED, key=key), member=MARTA, at=NOON)


async def test_no_two_programs_are_called_alike(inside: Ground):
    await whole.company(at=NOON)
    with pytest.raises(KeyTaken):
        await drafting.begin(terms=whole.TERMS, member=MARTA, at=NOON)
    await drafting.begin(terms=WANTED, member=MARTA, at=NOON)
    with pytest.raises(KeyTaken):
        await drafting.begin(terms=WANTED, member=BERT, at=NOON)
    with pytest.raises(ProgramUnknown):
        await drafting.in_work(key="niemand")


async def test_what_is_not_right_is_not_published_and_says_all_that_is_wrong(inside: Ground):
    await whole.company(at=NOON)
    await drafting.begin(terms=msgspec.structs.replace(WANTED, texts={}, rules=[]), member=MARTA, at=NOON)
    before = await ground.fetch(STANDS)
    with pytest.raises(NotReady) as refused:
        await issuing.issue(key="nachbarn", seen=await seen("nachbarn"), actor=ACTOR, at=NOON)
    assert [each.rule for each in refused.value.objections] == ["no_headline", "no_headline", "no_rules"]
    assert await ground.fetch(STANDS) == before


async def test_a_friend_is_owed_what_was_published_when_they_came(inside: Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, "bert@people.example", at=NOON)
    await publish(worth(9000), at=NOON + DAY)
    await whole.friend(code, "clara@people.example", at=NOON + DAY)
    rows = await ground.fetch("SELECT version FROM referral ORDER BY attributed_at")
    owed = [(await offering.promised(version=row["version"])).rule("advocate") for row in rows]
    assert [rule and rule.cents for rule in owed] == [5000, 9000]
    assert await ground.fetch("SELECT number FROM participation t JOIN program_version v ON v.id = t.version") == [
        {"number": 1}
    ]


async def test_publishing_what_stands_already_makes_no_version(inside: Ground):
    await whole.company(at=NOON)
    await publish(worth(5000), at=NOON + DAY)
    await publish(worth(5000), at=NOON + 2 * DAY)
    assert (await offering.current(at=NOON + 2 * DAY)).version.number == 2, "the words were others than at first"


async def test_a_draft_does_not_undo_a_budget_that_was_set_since(inside: Ground):
    await whole.company(at=NOON)
    await change(worth(6000))
    offer = await offering.current(at=NOON)
    frame = msgspec.convert({**moving.settings(offer), "budget_cents": 77_700}, Frame)
    await steering.settle(key="freunde", seen=steering.told(offer), frame=frame, actor=ACTOR, at=NOON)
    offer = await issuing.issue(key="freunde", seen=await seen(), actor=ACTOR, at=NOON + DAY)
    assert (offer.budget_cents, offer.version.number) == (77_700, 2)


async def test_a_budget_never_falls_below_what_is_spent(inside: Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, "bert@people.example", at=NOON)
    bert = CustomerRef(email="bert@people.example")
    order = Order(order_id="4711", cents=9000, currency="EUR", customer=bert, occurred_at=NOON)
    await converting.convert(order=order, at=NOON)
    offer = await offering.current(at=NOON)
    frame = msgspec.convert({**moving.settings(offer), "budget_cents": 7499}, Frame)
    with pytest.raises(BudgetBelow):
        await steering.settle(key="freunde", seen=steering.told(offer), frame=frame, actor=ACTOR, at=NOON)
    just = msgspec.structs.replace(frame, budget_cents=7500)
    await steering.settle(key="freunde", seen=steering.told(offer), frame=just, actor=ACTOR, at=NOON)
    moves = await ground.fetch("SELECT field, was, became, by FROM program_move")
    assert moves == [{"field": "budget_cents", "was": "1000000", "became": "7500", "by": ACTOR}]


async def test_a_currency_changes_until_somebody_was_promised_a_sum_of_it(inside: Ground):
    await whole.company(at=NOON)
    francs = msgspec.structs.replace(whole.TERMS, currency="CHF")
    assert "currency" in await publishing.publish(terms=francs, at=NOON)
    await whole.join("anna@people.example", at=NOON)
    before = await ground.fetch("SELECT * FROM program")
    with pytest.raises(CurrencyFixed) as refused:
        await publishing.publish(terms=whole.TERMS, at=NOON + DAY)
    assert refused.value.field == "currency"
    assert await ground.fetch("SELECT * FROM program") == before
    await publishing.publish(terms=msgspec.structs.replace(francs, budget_cents=77_700), at=NOON + DAY)


async def test_a_period_holds_to_the_second_and_needs_no_job(inside: Ground):
    await whole.company(at=NOON)
    offer = await offering.current(at=NOON)
    begins, ends = NOON + DAY, NOON + 3 * DAY
    frame = msgspec.convert({**moving.settings(offer), "begins_at": begins, "ends_at": ends}, Frame)
    wrong = msgspec.structs.replace(frame, ends_at=begins)
    with pytest.raises(EndsBefore):
        await steering.settle(key="freunde", seen=steering.told(offer), frame=wrong, actor=ACTOR, at=NOON)
    await steering.settle(key="freunde", seen=steering.told(offer), frame=frame, actor=ACTOR, at=NOON)
    instant = timedelta(microseconds=1)
    for moment, runs in ((begins - instant, False), (begins, True), (ends - instant, True), (ends, False)):
        assert await offering.is_live(at=moment) == runs
    with pytest.raises(NoProgram):
        await offering.current(at=ends)


async def test_a_program_goes_forward_only_and_each_step_is_noted(inside: Ground):
    await whole.company(at=NOON)
    for state in ("paused", "live", "ended"):
        await steering.become(key="freunde", state=state, actor=ACTOR, at=NOON)
    for state in ("live", "paused", "ended"):
        with pytest.raises(NotSo):
            await steering.become(key="freunde", state=state, actor=ACTOR, at=NOON)
    assert sorted(await deeds()) == ["program.ended", "program.paused", "program.resumed"]
    moves = await ground.fetch("SELECT was, became FROM program_move WHERE field = 'state' ORDER BY became")
    assert [(row["was"], row["became"]) for row in moves] == [("live", "ended"), ("paused", "live"), ("live", "paused")]


@pytest.mark.parametrize("table", ["program_version", "reward_rule", "program_move"])
async def test_not_even_the_company_itself_can_change_what_it_promised(inside: Ground, table: str):
    await whole.company(at=NOON)
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET id = gen_random_uuid()"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with ground.savepoint():
                await ground.execute(sql)


STEPS = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from([5000, 7000, 9000])),
    st.tuples(st.just("publish wrong"), st.just(0)),
    st.tuples(st.just("become"), st.sampled_from(["live", "paused", "ended"])),
    st.tuples(st.just("budget"), st.sampled_from([0, 40_000, 1_000_000])),
    st.tuples(st.just("friend"), st.just(0)),
)


async def test_whatever_is_done_to_a_program_each_keeps_what_they_were_promised(inside: Ground):
    loop = asyncio.get_running_loop()

    @settings(max_examples=20)
    @given(st.lists(STEPS, min_size=3, max_size=12))
    def story(steps: list[tuple[str, Any]]) -> None:
        asyncio.run_coroutine_threadsafe(_story(steps), loop).result(60)

    await asyncio.to_thread(story)


class _Over(Exception):
    """A story is told, and undone."""


async def _story(steps: list[tuple[str, Any]]) -> None:
    with suppress(_Over):
        async with ground.savepoint():
            await whole.company(at=NOON)
            code = await whole.advocate("anna@people.example", at=NOON)
            promises: dict[UUID, Any] = {}
            for number, step in enumerate(steps):
                await _tell(step, code, number)
                await _holds(promises)
            raise _Over


async def _tell(step: tuple[str, Any], code: str, number: int) -> None:
    """One step; what is refused leaves everything as it was."""
    before, at = await ground.fetch(STANDS), NOON + number * DAY
    name, value = step
    try:
        async with ground.savepoint():
            if name == "publish":
                await publish(worth(value), at=at)
            elif name == "publish wrong":
                await publish(lambda terms: msgspec.structs.replace(terms, rules=[]), at=at)
            elif name == "become":
                await steering.become(key="freunde", state=value, actor=ACTOR, at=at)
            elif name == "budget":
                offer = (await offering.all_offers())[0]
                frame = msgspec.convert({**moving.settings(offer), "budget_cents": value}, Frame)
                await steering.settle(key="freunde", seen=steering.told(offer), frame=frame, actor=ACTOR, at=at)
            else:
                await whole.friend(code, f"friend{number}@people.example", at=at)
    except (Refused, NotReady):
        assert await ground.fetch(STANDS) == before


async def _holds(promises: dict[UUID, Any]) -> None:
    """Every promise made so far is what it was, and the newest version is the one that is offered."""
    (offer,) = await offering.all_offers()
    versions = await ground.fetch("SELECT id, number FROM program_version ORDER BY number")
    assert [row["number"] for row in versions] == list(range(1, offer.version.number + 1))
    for row in versions:
        version = (await offering.promised(version=row["id"])).version
        assert promises.setdefault(row["id"], version) == version
    referred = await ground.fetch("SELECT id, version FROM referral")
    for row in referred:
        assert promises.setdefault(row["id"], row["version"]) == row["version"]


@pytest.fixture
async def at_once(deployment: Deployment, company: Tenant) -> Callable[..., Awaitable[list[object]]]:
    """The second deed begins while the first is done and not yet committed; what became of each."""

    async def second(deed: Callable[[], Awaitable[object]]) -> object:
        async with deployment.scopes.inside(company):
            return await deed()

    async def both(one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]]) -> list[object]:
        outside = copy_context()
        async with deployment.scopes.inside(company):
            done = await one()
            waiting = asyncio.create_task(second(other), context=outside)
            await locks.until_behind(deployment, by=waiting)
        return [done, *await asyncio.gather(waiting, return_exceptions=True)]

    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await change(worth(6000))
    return both


async def test_of_two_editors_at_once_one_is_told_and_nothing_is_mixed(
    deployment: Deployment, company: Tenant, at_once: Callable[..., Awaitable[list[object]]]
):
    async with deployment.scopes.reading(company):
        before = await seen()

    def editing(cents: int, member: UUID) -> Callable[[], Awaitable[object]]:
        return lambda: drafting.change(key="freunde", seen=before, by=worth(cents), member=member, at=NOON)

    outcome = await at_once(editing(7000, MARTA), editing(8000, BERT))
    assert isinstance(outcome[1], ChangedSince)
    async with deployment.scopes.reading(company):
        draft = (await drafting.in_work(key="freunde")).draft
    assert draft is not None
    assert (draft.changed_by, draft.terms.rules[0].cents) == (MARTA, 7000)


async def test_what_one_publishes_another_does_not_publish_over(
    deployment: Deployment, company: Tenant, at_once: Callable[..., Awaitable[list[object]]]
):
    async with deployment.scopes.reading(company):
        before = await seen()

    def issuing_it(actor: str) -> Callable[[], Awaitable[object]]:
        return lambda: issuing.issue(key="freunde", seen=before, actor=actor, at=NOON + DAY)

    outcome = await at_once(issuing_it(ACTOR), issuing_it(f"staff:{BERT}"))
    assert isinstance(outcome[1], ChangedSince)
    async with deployment.scopes.reading(company):
        assert (await offering.current(at=NOON + DAY)).version.number == 2
