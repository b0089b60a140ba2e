"""A company moves to another deployment: for a short time it is only read, and then all of it is there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from leumund import asgi
from leumund.cli import noting
from leumund.customers.records import finding
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground
from leumund.ledger import balancing
from leumund.referrals.clicking import Where
from leumund.tenancy import directory
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import rotating
from leumund.tenancy.keys.rotating import Pace
from leumund.tenancy.keys.wrapping import Masters
from leumund.tenancy.moving import holding
from leumund.tenancy.moving.holding import NotHeld
from leumund.web.console import entering
from leumund.web.public import clicks
from leumund.web.public.passing import Passing
from leumund.worker import working
from leumund.worker.working import Worked
from tests.isolation import two_companies
from tests.isolation.two_companies import Side
from tests.journeys import desks, elsewhere, locks, regulars
from tests.journeys.guests import Guest
from tests.journeys.staffing import PASSWORD

OpenCompany = Callable[[str], Awaitable[Tenant]]


class DiskFull(Exception):
    """What keeps an archive from being written."""


@pytest.fixture(scope="session")
def door_there(there: Deployment) -> Any:
    opened = asgi.create()
    opened.use(there)
    return opened


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is given time to hear of it."""
    monkeypatch.setattr(directory, "FRESH_SECONDS", 0.0)


@pytest.fixture
async def side(deployment: Deployment, open_company: OpenCompany) -> Side:
    """A company with every kind of row there is."""
    return await two_companies.furnish(deployment, open_company, "linden")


async def test_a_company_is_the_same_there_and_nothing_of_it_is_lost_on_the_way(
    deployment: Deployment, door: Any, there: Deployment, door_there: Any, side: Side, tmp_path: Path
):
    tenant, here = side.tenant, Guest(door, side.tenant, language="de")
    share, survey = f"/r/{side.words['code']}", f"/s/{side.signed['survey']}"
    before = [(await here.open(path)).text for path in (share, survey, "/")]
    jobs = await waiting(deployment, tenant)
    assert jobs, "somebody was promised something"

    await holding.hold(deployment.server, tenant, at=clock.now(), note=noting.note)
    await reads_go_on_and_writes_are_put_off(deployment, here, side)
    packed = await elsewhere.archived(deployment, tenant, tmp_path)
    assert await waiting(deployment, tenant) == jobs, "the worker left them alone"
    await elsewhere.taken_in(there, tmp_path)

    arrived = await there.directory.by_slug(tenant.slug)
    assert (arrived.id, arrived.host, arrived.state) == (tenant.id, tenant.host, "open")
    assert arrived.schema_name != tenant.schema_name
    assert await waiting(there, arrived) == jobs
    guest = Guest(door_there, arrived, language="de")
    after = [(await guest.open(path)).text for path in (share, survey, "/")]
    assert [without_forms(page) for page in after] == [without_forms(page) for page in before]
    await people_get_in(guest, side)
    async with there.scopes.reading(arrived):
        assert set((await balancing.totals()).values()) == {0}
        claims = await ground.fetch("SELECT name, verified_at FROM hosting.own_claims()")
    assert claims == [{"name": f"{side.marker}.example", "verified_at": None}]
    again = await elsewhere.archived(there, arrived, tmp_path, "again")
    moved = {part.name: part for part in again.manifest.tables}
    # Signing in there has changed the staff's tables and the log; verdicts and grants ended where it came from.
    changed = ("staff_", "audit_", "isolation_", "support_")
    same = [part for part in packed.manifest.tables if not part.name.startswith(changed)]
    assert len(same) > 25
    assert [moved[part.name] for part in same] == same
    assert {"consent_event", "ledger_posting"} <= {part.name for part in same if part.rows}


async def test_a_company_whose_data_key_has_turned_can_move(
    deployment: Deployment, there: Deployment, company: Tenant, tmp_path: Path
):
    pace = Pace(heard=timedelta(0), clocks=timedelta(0), writers=timedelta(seconds=5))
    (anna,) = await desks.come(deployment, company, Record(email="anna@people.example", given_name="Anna"))
    turns = rotating.rotate(deployment.server, Masters(deployment.settings), [company], pace=pace)
    assert [turn.version async for turn in turns] == [2]
    await elsewhere.archived(deployment, await deployment.directory.by_slug(company.slug), tmp_path)
    await elsewhere.taken_in(there, tmp_path)
    async with there.scopes.reading(await there.directory.by_slug(company.slug)):
        assert (await finding.known(customer=anna)).given_name == "Anna"


async def reads_go_on_and_writes_are_put_off(deployment: Deployment, here: Guest, side: Side) -> None:
    """What a visitor, a member, a shop and the worker meet meanwhile."""
    await anciently_seen(deployment, side.tenant)
    here.client.cookies.set(entering.NAME, side.sessions["owner"], domain=side.tenant.host, path="/")
    key = {"authorization": f"Bearer {side.api_key}"}
    for path in ("/", f"/r/{side.words['code']}", "/console", "/console/customers"):
        assert (await here.open(path)).status_code == 200, path
    assert (await here.client.get("/api/v1/rewards", headers=key)).status_code == 200

    await here.open(f"/r/{side.words['code']}")
    sent = {"given_name": "Bert", "family_name": "Beispiel", "email": "bert@people.example"}
    answer = await here.submit(f"/r/{side.words['code']}", ticked={"terms"}, **sent)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")
    assert "Wir ziehen gerade um" in desks.said(answer.text)
    body = {"external_id": "K-9", "email": "neu@people.example"}
    answer = await here.client.post("/api/v1/customers", json=body, headers=key | {"idempotency-key": "1"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    await the_worker_waits(deployment, side.tenant)


async def the_worker_waits(deployment: Deployment, tenant: Tenant) -> None:
    async def must_fail(*_: object) -> None:
        raise AssertionError("nothing is done for a company that moves")

    kinds = {kind for _, kind in await waiting(deployment, tenant)}
    pool = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=2)
    owner = await servers.connect_owner(deployment.server)
    try:
        # The others' jobs are not looked at here.
        await owner.execute("UPDATE outbox.job SET due_at = 'tomorrow' WHERE company_role <> $1", tenant.schema_name)
        while (
            done := await working.work_one(deployment, pool, dict.fromkeys(kinds, must_fail))
        ) is not Worked.NOTHING_DUE:
            assert done is Worked.PUT_OFF
    finally:
        await owner.close()
        await pool.close()


async def people_get_in(guest: Guest, side: Side) -> None:
    """Sessions stayed behind; passwords, second factors and keys came along."""
    guest.client.cookies.set(entering.NAME, side.sessions["owner"], domain=side.tenant.host, path="/")
    await guest.open("/console")
    assert guest.answer.url.path == "/console/login"
    sent = {"email": side.owner.email, "password": PASSWORD, "code": side.owner.code(steps_ahead=1)}
    assert (await guest.submit("/console/login", **sent)).url.path == "/console"
    assert side.marker in (await guest.open("/console/customers")).text
    key = {"authorization": f"Bearer {side.api_key}"}
    assert (await guest.client.get("/api/v1/rewards", headers=key)).status_code == 200


async def test_the_database_refuses_to_write_whoever_has_not_heard(
    deployment: Deployment, birke: Tenant, at_once: None
):
    deaf = await servers.connect_as(deployment.server, deployment.settings, birke.schema_name)
    write = "INSERT INTO job_done VALUES (gen_random_uuid(), now())"
    before = await rights(deployment, birke)
    await deaf.execute(write)
    await holding.hold(deployment.server, birke, at=clock.now(), note=noting.note)
    await holding.hold(deployment.server, birke, at=clock.now(), note=noting.note)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await deaf.execute(write)
    assert await deaf.fetchval("SELECT count(*) FROM job_done") == 1
    await holding.let_go(deployment.server, birke, at=clock.now(), note=noting.note)
    await deaf.execute(write)
    assert await rights(deployment, birke) == before
    with pytest.raises(NotHeld):
        await holding.let_go(deployment.server, birke, at=clock.now(), note=noting.note)
    await deaf.close()


async def test_whoever_was_writing_is_waited_for_and_comes_along(
    deployment: Deployment, birke: Tenant, at_once: None, tmp_path: Path
):
    writer = await servers.connect_as(deployment.server, deployment.settings, birke.schema_name)
    begun = writer.transaction()
    await begun.start()
    await writer.execute("INSERT INTO job_done VALUES (gen_random_uuid(), now())")
    held = asyncio.create_task(holding.hold(deployment.server, birke, at=clock.now(), note=noting.note))
    await locks.until_waited_for(deployment, birke, "job_done", by=held)
    await begun.commit()
    await held
    packed = await elsewhere.archived(deployment, birke, tmp_path)
    assert next(part.rows for part in packed.manifest.tables if part.name == "job_done") == 1
    await writer.close()


async def test_what_cannot_be_archived_is_written_again_unless_it_was_held_before(
    deployment: Deployment, birke: Tenant, at_once: None
):
    """By then it may be written elsewhere."""
    before = await rights(deployment, birke)
    for held_before, state in ((False, "open"), (True, "moving")):
        if held_before:
            await holding.hold(deployment.server, birke, at=clock.now(), note=noting.note)
        with pytest.raises(DiskFull):
            await held_in_vain(deployment, birke)
        assert (await deployment.directory.by_slug(birke.slug)).state == state
        assert (await rights(deployment, birke) == before) is not held_before


async def test_clicks_are_kept_until_a_company_is_written_again(deployment: Deployment, energy: Tenant, at_once: None):
    anna = await regulars.advocate(deployment, energy)
    (link,) = await regulars.rows(deployment, energy, "SELECT id FROM share_link WHERE advocate = $1", anna.customer)
    counted = "SELECT clicks FROM click_count WHERE link = $1"
    await holding.hold(deployment.server, energy, at=clock.now(), note=noting.note)
    where = Where(link["id"], clock.now().date(), "")
    clicks.note(tenant=await deployment.directory.by_slug(energy.slug), where=where, who=Passing(False, None))
    await clicks.flush(deployment)
    await holding.let_go(deployment.server, energy, at=clock.now(), note=noting.note)
    assert await regulars.rows(deployment, energy, counted, link["id"]) == []
    await clicks.flush(deployment)
    assert await regulars.rows(deployment, energy, counted, link["id"]) == [{"clicks": 1}]


async def test_whoever_does_not_end_keeps_a_company_from_being_held(
    deployment: Deployment, birke: Tenant, at_once: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(holding, "_LONGEST_WRITE", "100ms")
    writer = await servers.connect_as(deployment.server, deployment.settings, birke.schema_name)
    async with writer.transaction():
        await writer.execute("INSERT INTO job_done VALUES (gen_random_uuid(), now())")
        with pytest.raises(NotHeld):
            await held_in_vain(deployment, birke)
    assert (await deployment.directory.by_slug(birke.slug)).is_open
    await writer.execute("INSERT INTO job_done VALUES (gen_random_uuid(), now())")
    await writer.close()


async def held_in_vain(deployment: Deployment, tenant: Tenant) -> None:
    async with holding.held(deployment.server, tenant, at=clock.now(), note=noting.note):
        assert (await deployment.directory.by_slug(tenant.slug)).is_moving
        raise DiskFull


async def waiting(deployment: Deployment, tenant: Tenant) -> list[tuple[object, str]]:
    owner = await servers.connect_owner(deployment.server)
    try:
        rows = await owner.fetch(
            "SELECT id, kind FROM outbox.job WHERE company_role = $1 ORDER BY id", tenant.schema_name
        )
    finally:
        await owner.close()
    return [tuple(row) for row in rows]


async def rights(deployment: Deployment, tenant: Tenant) -> set[tuple[str, str, str]]:
    owner = await servers.connect_owner(deployment.server)
    try:
        rows = await owner.fetch(
            "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges "
            "WHERE grantee = $1",
            tenant.schema_name,
        )
    finally:
        await owner.close()
    return {tuple(row) for row in rows}


async def anciently_seen(deployment: Deployment, tenant: Tenant) -> None:
    """So long ago that each use would be noted, where one may write."""
    owner = await servers.connect_owner(deployment.server)
    try:
        for table, column in (
            ("staff_session", "seen_at"),
            ("customer_session", "seen_at"),
            ("staff_api_key", "used_at"),
        ):
            await owner.execute(f"UPDATE {tenant.schema_name}.{table} SET {column} = now() - interval '5 minutes'")
    finally:
        await owner.close()


def without_forms(page: str) -> str:
    """A page without what is signed anew each time it is asked for."""
    return "\n".join(line for line in page.splitlines() if 'type="hidden"' not in line)
