"""A score comes and goes by the worker: with a yes, with a no, and over a night in which a model is learned."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from leumund.consent.evidence import recording
from leumund.consent.stopping import withdrawing
from leumund.customers.segments import evaluating
from leumund.kit import clock, ground
from leumund.scoring import keeping, reading, training
from leumund.surveys.caring import opening
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import deeds, nightly, working
from leumund.worker.working import Deed, Errand, Worked
from tests.bench import scoring_filling
from tests.journeys import regulars, scores
from tests.rooms import whole

ANNA, CLARA = "anna@people.example", "clara@people.example"
KINDS = (recording.PROFILE_DECIDED, evaluating.TOLD, opening.KIND, keeping.KIND, training.KIND)
SCORED = "SELECT count(*) AS n FROM advocate_score"


@pytest.fixture
async def pool(deployment: Deployment) -> AsyncIterator[asyncpg.Pool]:
    """A worker's connections, with an outbox of this test's own."""
    opened = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=4)
    await _forget(deployment)
    yield opened
    await opened.close()
    await _forget(deployment)


async def _forget(deployment: Deployment) -> None:
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute("DELETE FROM outbox.job")
    finally:
        await owner.close()


async def work_off(deployment: Deployment, pool: asyncpg.Pool) -> int:
    """Do the jobs about scores, and let the others go; how many of them there were."""

    async def nothing(subject: object, at: object) -> None:
        """What is no concern of scores."""

    known: dict[str, Deed | Errand] = dict(deeds.deeds(deployment.settings, pool))
    mine = {kind: deed if kind in KINDS else nothing for kind, deed in known.items()}
    done = 0
    while (result := await working.work_one(deployment, pool, mine)) is not Worked.NOTHING_DUE:
        assert result is Worked.DONE
        done += 1
    return done


async def test_a_yes_brings_a_score_and_a_no_takes_it_away(deployment: Deployment, birke: Tenant, pool: asyncpg.Pool):
    at = clock.now() - timedelta(hours=1)
    async with deployment.scopes.inside(birke):
        await scores.asked(at=at)
        anna = await whole.person(ANNA, at=at)
        await whole.answered(anna, score=10, comment="", at=at)
        await whole.allow(anna, ANNA, purpose="profile", at=at)
    await work_off(deployment, pool)
    assert (await regulars.rows(deployment, birke, SCORED))[0]["n"] == 1
    async with deployment.scopes.inside(birke):
        await withdrawing.withdraw(customer=anna, email=ANNA, purpose="profile", source="portal", at=clock.now())
    await work_off(deployment, pool)
    assert (await regulars.rows(deployment, birke, SCORED))[0]["n"] == 0


async def test_an_answer_moves_the_score_of_who_agreed_soon_after(
    deployment: Deployment, birke: Tenant, pool: asyncpg.Pool
):
    at = clock.now() - timedelta(hours=1)
    async with deployment.scopes.inside(birke):
        await scores.asked(at=at)
        anna, clara = [await whole.person(each, at=at) for each in (ANNA, CLARA)]
        await whole.allow(anna, ANNA, purpose="profile", at=at)
    await work_off(deployment, pool)
    told = []
    for mark in (10, 2):
        async with deployment.scopes.inside(birke):
            for person in (anna, clara):
                await whole.answered(person, score=mark, comment="", at=clock.now())
        await work_off(deployment, pool)
        async with deployment.scopes.reading(birke):
            scored = await reading.of(customer=anna)
            assert scored is not None
            assert await reading.of(customer=clara) is None
        assert scored.told.start + sum(reason.points for reason in scored.told.reasons) == scored.told.score
        told.append((scored.told.score, {reason.key for reason in scored.told.reasons}))
    (glad, first), (unhappy, second) = told
    assert glad > unhappy
    # The case that an unhappy answer opens counts as well, without a night between.
    assert second - first == {"cases"}


async def test_a_night_scores_everybody_and_learns_a_model_once(
    deployment: Deployment, birke: Tenant, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "CHUNK", 600)
    at = clock.now()
    async with deployment.scopes.inside(birke):
        await scores.asked(at=at)
        await scoring_filling.fill(ground.execute, first=1, last=1_500, at=at)
        await nightly.tidy(birke.id, at)
    await work_off(deployment, pool)
    scored = await regulars.rows(deployment, birke, "SELECT model, count(*) AS n FROM advocate_score GROUP BY model")
    assert [(row["model"], row["n"]) for row in scored] == [(2, 1_500)]
    async with deployment.scopes.inside(birke):
        await nightly.tidy(birke.id, at + timedelta(days=1))
    await work_off(deployment, pool)
    versions = await regulars.rows(deployment, birke, "SELECT version FROM score_model")
    assert [row["version"] for row in versions] == [2]
