"""A worker takes a file of purchases between whatever else there is to do; others wait for a bite at most."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.customers.records.registering import Record
from leumund.kit import clock, ground, outbox
from leumund.rewards.purchases import keeping
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import claiming, purchases, working
from leumund.worker.working import Errand, Inside, Worked
from tests.journeys.desks import come
from tests.rooms import brought

DUE = datetime.fromisoformat("2020-01-01T00:00:00Z")


@pytest.fixture
async def pool(deployment: Deployment) -> AsyncIterator[asyncpg.Pool]:
    """A worker's connections, and an outbox of this test's own."""
    opened = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=2)
    await opened.execute("DELETE FROM outbox.job")
    yield opened
    await opened.execute("DELETE FROM outbox.job")
    await opened.close()


async def test_of_two_hands_at_one_file_each_row_is_one_ones(deployment: Deployment, birke: Tenant):
    """As where a worker took a bite and died before it could say that its job is done."""
    await come(deployment, birke, Record(external_id="K-7"))
    async with deployment.scopes.inside(birke):
        rows = [f"K-7;;A-{n // 2};1;20.11.2026" for n in range(20)]
        file = await brought.keep(*rows, "K-7;;A-0;2;20.11.2026", at=clock.now())
    inside = partial(deployment.scopes.inside, birke)
    await asyncio.gather(*(purchases.ERRAND.run(inside, file, clock.now()) for _ in range(3)))
    await purchases.ERRAND.run(inside, file, clock.now())
    async with deployment.scopes.reading(birke):
        assert await brought.figures(file) == {"state": "done", "taken": 10, "known": 10, "refused": 1, "given_back": 0}
        noted = await ground.fetch("SELECT FROM audit_entry WHERE action = 'purchases.imported'")
    assert len(noted) == 1


async def test_others_have_their_turn_between_two_bites_of_a_file(
    deployment: Deployment,
    birke: Tenant,
    open_company: Callable[[str], Awaitable[Tenant]],
    pool: asyncpg.Pool,
):
    other, done = await open_company("linden"), list[str]()
    rows = keeping.ROWS_A_PART * 2 + 1
    await come(deployment, birke, Record(external_id="K-7"))
    async with deployment.scopes.inside(birke):
        file = await brought.keep(*(f"K-7;;A-{n};1;20.11.2026" for n in range(rows)), at=clock.now())
    async with deployment.scopes.inside(other):
        await outbox.enqueue_all(kind="test.deed", subjects=[uuid4() for _ in range(3)], due_at=DUE, bulk=True)
        await outbox.enqueue(kind="test.mail", subject=uuid4(), due_at=DUE)

    async def bite(inside: Inside, subject: UUID, at: datetime) -> None:
        await purchases.ERRAND.run(inside, subject, at)
        done.append("bite")

    async def deed(_: UUID, __: datetime) -> None:
        done.append("deed")

    async def mail(_: UUID, __: datetime) -> None:
        done.append("mail")

    known, turn = {keeping.KIND: Errand(bite), "test.deed": deed, "test.mail": mail}, claiming.Turn()
    while await working.work_one(deployment, pool, known, turn=turn) is not Worked.NOTHING_DUE:
        assert len(done) < 20, "it ends"
    assert done[0] == "mail", "what somebody waits for goes first"
    assert done.count("bite") == 3
    assert "bite bite" not in " ".join(done[:-1]), "as long as the other company has something to do"
    async with deployment.scopes.reading(birke):
        assert (await brought.figures(file))["taken"] == rows
