"""Two of the company's people work on one thing at once: one of them is told, and nothing of the other's is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.kit import ground
from leumund.kit.faults import Overtaken
from leumund.messages.words.letters import Words
from leumund.occasions import drafting as occasions
from leumund.occasions import publishing as running
from leumund.occasions import reading
from leumund.occasions.drafting import Meanwhile
from leumund.surveys.asking import planning, wording
from leumund.surveys.asking.planning import NotADraft, Plan
from leumund.surveys.questions import starting
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import drafting, issuing, publishing
from leumund.surveys.studio.drafting import ChangedSince
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.journeys import locks
from tests.rooms import occasioned, whole

MARTA, BERT = uuid4(), uuid4()
ACTOR = f"staff:{MARTA}"
BEGUN = starting.template("nps", languages=["de", "en"])
RENAMED = msgspec.structs.replace(BEGUN, titles={"de": "Nach dem Umzug", "en": "After you moved"})
Deed = Callable[[], Awaitable[object]]
AtOnce = Callable[[Deed, Deed], Awaitable[list[object]]]


@pytest.fixture
async def at_once(deployment: Deployment, company: Tenant) -> AtOnce:
    """The second deed begins while the first is done and not yet committed; what became of each."""

    async def second(deed: Deed) -> object:
        async with deployment.scopes.inside(company):
            return await deed()

    async def both(one: Deed, other: Deed) -> list[object]:
        outside = copy_context()
        async with deployment.scopes.inside(company):
            done = await one()
            waiting = asyncio.create_task(second(other), context=outside)
            await locks.until_behind(deployment, by=waiting)
        return [done, *await asyncio.gather(waiting, return_exceptions=True)]

    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await drafting.begin(key="umzug", definition=BEGUN, named=True, member=MARTA, at=NOON)
    return both


async def seen() -> str:
    return (await drafting.in_work(key="umzug")).seen


async def change(wanted: Definition, *, of: str, by: UUID) -> object:
    return await drafting.change(key="umzug", seen=of, by=lambda _: (wanted, True), member=by, at=NOON)


async def test_a_wave_released_just_now_is_neither_thrown_away_nor_released_again_nor_worded_otherwise(
    deployment: Deployment, company: Tenant, at_once: AtOnce
):
    async def release(wave: UUID) -> object:
        return await planning.release(wave=wave, actor=ACTOR, at=NOON)

    async with deployment.scopes.inside(company):
        waves = [await planning.plan(plan=Plan(key="nps", languages=["de"]), actor=ACTOR, at=NOON) for _ in range(3)]
    told = await at_once(lambda: release(waves[0]), lambda: planning.discard(wave=waves[0]))
    told += await at_once(lambda: release(waves[1]), lambda: release(waves[1]))
    words = Words(None, "Ihr Umzug", "Sie sind umgezogen.\n\n{{ question }}")
    told += await at_once(
        lambda: release(waves[2]),
        lambda: wording.word(wave=waves[2], language="de", words=words, by=BERT, at=NOON),
    )
    assert [type(each) for each in told] == [type(None), NotADraft] * 3
    async with deployment.scopes.reading(company):
        rows = await ground.fetch("SELECT id FROM survey_wave WHERE released_at IS NOT NULL")
        noted = await ground.fetch("SELECT subject FROM audit_entry WHERE action = 'surveys.wave_released'")
    assert {row["id"] for row in rows} == {*waves}
    assert len(noted) == 3


@pytest.mark.parametrize("deed", ["issue", "discard"])
async def test_a_draft_changed_just_now_is_neither_published_as_it_was_nor_thrown_away(
    deployment: Deployment, company: Tenant, at_once: AtOnce, deed: str
):
    async with deployment.scopes.reading(company):
        read = await seen()

    async def end() -> object:
        if deed == "issue":
            return await issuing.issue(key="umzug", seen=read, actor=ACTOR, at=NOON)
        return await drafting.discard(key="umzug", seen=read)

    _, refused = await at_once(lambda: change(RENAMED, of=read, by=BERT), end)
    assert isinstance(refused, ChangedSince)
    async with deployment.scopes.reading(company):
        work = await drafting.in_work(key="umzug")
    assert (work.definition, work.published) == (RENAMED, None)


async def test_of_two_who_publish_one_draft_the_second_is_told(
    deployment: Deployment, company: Tenant, at_once: AtOnce
):
    async with deployment.scopes.reading(company):
        read = await seen()
    issue = [lambda: issuing.issue(key="umzug", seen=read, actor=ACTOR, at=NOON)] * 2
    _, refused = await at_once(*issue)
    assert isinstance(refused, ChangedSince)
    async with deployment.scopes.reading(company):
        assert len(await publishing.versions(key="umzug")) == 1


async def test_an_occasion_runs_as_it_was_read_or_not_at_all(inside: ground.Ground):
    await whole.company(at=NOON)
    occasion = await occasions.start(template="birthday", lang="de", by=MARTA, at=NOON)
    read = await reading.known(occasion=occasion)
    kept = {"occasion": occasion, "name": "Geburtstag", "at": NOON}
    marta = await occasions.keep(definition=read.draft, after=read.revision, by=MARTA, **kept)
    await occasions.keep(definition=msgspec.structs.replace(read.draft, hour=11), after=marta, by=BERT, **kept)
    with pytest.raises(Meanwhile) as told:
        await running.publish(occasion=occasion, revision=marta, by=MARTA, at=NOON)
    assert isinstance(told.value, Overtaken), "answered by 409"
    assert (await reading.known(occasion=occasion)).version is None
    assert await occasioned.published(occasion, at=NOON) == 1
