"""A job is done in the company that added it, whatever else its worker did before and whoever says otherwise."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.audit import noting
from leumund.kit import clock, ground, outbox
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import erasing
from leumund.worker import claiming, deeds, nightly, working
from leumund.worker.working import Deed, Worked
from tests.conftest import NOON
from tests.isolation import tally
from tests.isolation.two_companies import Side

OpenCompany = Callable[[str], Awaitable[Tenant]]
DUE = NOON.replace(year=2020)


@pytest.fixture
async def pool(deployment: Deployment, owner: asyncpg.Connection) -> AsyncIterator[asyncpg.Pool]:
    """A worker's connections, and an outbox of this test's own."""
    opened = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=4)
    for table in ("outbox.job", "outbox.night"):
        await owner.execute(f"DELETE FROM {table}")
    yield opened
    await opened.close()
    await owner.execute("DELETE FROM outbox.job")


async def note(subject: UUID, at: datetime) -> None:
    await noting.note(actor="system:test", action="test.done", subject=subject, at=at)


async def note_and_go_on(subject: UUID, at: datetime) -> None:
    """A job that leaves the next one, as a deed of several steps does."""
    await note(subject, at)
    await outbox.enqueue(kind="test.note", subject=subject, due_at=DUE)


async def fail(subject: UUID, at: datetime) -> None:
    await note(subject, at)
    raise ConnectionResetError


DEEDS: Mapping[str, Deed] = {"test.note": note, "test.chain": note_and_go_on, "test.fail": fail}


async def add(deployment: Deployment, tenant: Tenant, kind: str, subject: UUID) -> None:
    async with deployment.scopes.inside(tenant):
        await outbox.enqueue(kind=kind, subject=subject, due_at=DUE)


async def done(deployment: Deployment, tenant: Tenant, subject: UUID) -> int:
    async with deployment.scopes.reading(tenant):
        return len(await ground.fetch("SELECT FROM audit_entry WHERE subject = $1", subject))


async def work(deployment: Deployment, pool: asyncpg.Pool, known: Mapping[str, Deed] = DEEDS) -> list[Worked]:
    """All that is due, by one worker."""
    worked, turn = [], claiming.Turn()
    while (one := await working.work_one(deployment, pool, known, turn=turn)) is not Worked.NOTHING_DUE:
        worked.append(one)
        assert len(worked) < 200, "it ends"
    assert not ground.is_open(), "no company is open between two jobs"
    return worked


async def test_one_worker_does_each_companys_jobs_in_that_company(
    deployment: Deployment, pool: asyncpg.Pool, ours: Side, theirs: Side
):
    """Under one id, so that a job done in the wrong place is one too many there."""
    subject = uuid4()
    for kind in ("test.note", "test.chain", "test.fail", "test.note"):
        for side in (ours, theirs):
            await add(deployment, side.tenant, kind, subject)
    worked = await work(deployment, pool)
    assert worked.count(Worked.FAILED) == 2
    for side in (ours, theirs):
        assert await done(deployment, side.tenant, subject) == 4, (
            "two notes, a chain of two, and nothing of what failed"
        )
    tally.note("jobs", 8)


async def test_a_job_that_is_tried_again_or_raised_from_the_dead_is_still_its_companys(
    deployment: Deployment, pool: asyncpg.Pool, ours: Side, theirs: Side
):
    subject = uuid4()
    await add(deployment, ours.tenant, "test.fail", subject)
    last = claiming.ATTEMPTS_BEFORE_DEAD
    for attempts in (0, last - 1):
        await pool.execute("UPDATE outbox.job SET attempts = $1, due_at = now()", attempts)
        await add(deployment, theirs.tenant, "test.note", subject)
        await work(deployment, pool)
    assert await pool.fetchval("SELECT state FROM outbox.job") == "dead"
    await pool.execute("UPDATE outbox.job SET state = 'waiting', due_at = now()")
    assert await work(deployment, pool, {"test.fail": note}) == [Worked.DONE]
    assert (await done(deployment, ours.tenant, subject), await done(deployment, theirs.tenant, subject)) == (1, 2)
    tally.note("jobs", 3)


@pytest.mark.parametrize("role", ["t_0000000000000000", "platform", "{gone}", "{theirs} ", "postgres"])
async def test_a_job_of_nobody_is_done_nowhere(
    deployment: Deployment,
    owner: asyncpg.Connection,
    pool: asyncpg.Pool,
    ours: Side,
    theirs: Side,
    open_company: OpenCompany,
    role: str,
):
    gone = await open_company("gone") if "gone" in role else ours.tenant
    if "gone" in role:
        await erasing.erase(deployment.server, gone, at=clock.now())
    forged = role.format(gone=gone.schema_name, theirs=theirs.tenant.schema_name)
    subject = uuid4()
    await owner.execute(
        "INSERT INTO outbox.job (company_role, kind, subject, due_at) VALUES ($1, 'test.note', $2, $3)",
        forged,
        subject,
        DUE,
    )
    assert await work(deployment, pool) == [Worked.FAILED]
    assert await pool.fetchrow("SELECT state, fault FROM outbox.job") == ("dead", "UnknownTenant")
    for side in (ours, theirs):
        assert await done(deployment, side.tenant, subject) == 0
    tally.note("forged jobs")


@pytest.mark.parametrize(
    ("column", "value"), [("company_role", ""), ("attempts", -1), ("fault", "anna@people.example")]
)
async def test_a_job_nobody_would_claim_or_that_says_more_than_a_name_is_no_job(
    owner: asyncpg.Connection, column: str, value: object
):
    add = f"INSERT INTO outbox.job (kind, subject, {column}) VALUES ('test.note', gen_random_uuid(), $1)"
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(add, value)
    tally.note("forged jobs")


async def test_no_company_adds_a_job_in_anothers_name(deployment: Deployment, ours: Side, theirs: Side):
    for forged in ("company_role", "company_role, state"):
        values = f"'{theirs.tenant.schema_name}'" + (", 'waiting'" if "state" in forged else "")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with deployment.scopes.inside(ours.tenant):
                await ground.execute(
                    f"INSERT INTO outbox.job (kind, subject, {forged}) VALUES ('a.b', gen_random_uuid(), {values})"
                )
        tally.note("forged jobs")


async def test_a_row_of_theirs_is_no_subject_of_a_job_of_ours(
    deployment: Deployment, pool: asyncpg.Pool, ours: Side, theirs: Side
):
    """Whoever knows a message's id at another company gets a dead letter for it."""
    for kind, table in (("messages.send", "message"), ("rewards.release", "reward")):
        await add(deployment, ours.tenant, kind, theirs.ids[table][0])
        assert await work(deployment, pool, deeds.deeds(deployment.settings, pool)) == [Worked.FAILED]
        assert await pool.fetchval("SELECT state FROM outbox.job") == "dead"
        await pool.execute("DELETE FROM outbox.job")
        tally.note("forged jobs")


async def test_a_night_that_fails_at_one_company_is_a_night_at_the_other(
    deployment: Deployment, pool: asyncpg.Pool, ours: Side, theirs: Side
):
    nights: list[str] = []

    async def tidy(_: UUID, at: datetime) -> None:
        here = (await ground.fetch("SELECT current_user::text AS me"))[0]["me"]
        nights.append(here)
        if here == ours.tenant.schema_name:
            raise ZeroDivisionError

    async with pool.acquire() as connection:
        await nightly.plan(connection, at=clock.now())
    both = [ours.tenant.schema_name, theirs.tenant.schema_name]
    await pool.execute("DELETE FROM outbox.job WHERE company_role <> ALL ($1)", both)
    assert sorted((await work(deployment, pool, {nightly.KIND: tidy})), key=str) == [Worked.DONE, Worked.FAILED]
    assert sorted(nights) == sorted(both)
    tally.note("nights", 2)
