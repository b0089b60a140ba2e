"""A test company is the twin of one company, for good, and nothing that is tried in it leaves the house."""

import io
import tarfile
from hashlib import sha256
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from leumund.kit import clock, ground, tokens
from leumund.staff import sessions
from leumund.tenancy import announcing, provisioning
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import State, Tenant
from leumund.tenancy.leaving import erasing
from leumund.tenancy.moving import loading, tables
from leumund.tenancy.moving.archive import Part
from leumund.tenancy.moving.loading import Damaged
from leumund.worker import nightly
from tests import served
from tests.conftest import NOON
from tests.isolation import callers, tally
from tests.isolation.callers import asked
from tests.journeys import guests, staffing
from tests.journeys.twins import Pair

MODES = "SELECT livemode FROM money_mode ORDER BY livemode"


@pytest.fixture
def live(linden: Tenant) -> Tenant:
    """The company whose test company ``twin`` is."""
    return linden


async def test_the_directory_and_the_ground_tell_a_twin_from_its_company(
    deployment: Deployment, live: Tenant, twin: Tenant
):
    assert (twin.twin_of, twin.is_twin, live.twin_of, live.is_twin) == (live.id, True, None, False)
    for tenant in (live, twin):
        async with deployment.scopes.reading(tenant) as here:
            assert here.is_twin == tenant.is_twin


async def test_a_twin_knows_test_money_alone(deployment: Deployment, live: Tenant, twin: Tenant):
    modes = {}
    for tenant in (live, twin):
        async with deployment.scopes.reading(tenant):
            modes[tenant.id] = [row["livemode"] for row in await ground.fetch(MODES)]
    assert modes == {live.id: [False, True], twin.id: [False]}


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO money_mode (livemode) VALUES (true)",
        "UPDATE money_mode SET livemode = true",
        "DELETE FROM money_mode",
        "TRUNCATE money_mode CASCADE",
        "ALTER TABLE stripe_account DROP CONSTRAINT stripe_account_livemode_fkey",
        "UPDATE platform.tenant SET twin_of = NULL",
    ],
)
async def test_no_company_makes_itself_another_mode(deployment: Deployment, live: Tenant, twin: Tenant, attack: str):
    for tenant in (live, twin):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with deployment.scopes.inside(tenant):
                await ground.execute(attack)


async def keep_a_key(deployment: Deployment, tenant: Tenant, *, livemode: bool) -> None:
    """As whoever found a way around every rule but the database's, and takes it back."""
    try:
        async with deployment.scopes.inside(tenant):
            await ground.execute(
                "INSERT INTO stripe_account (id, account, country, livemode, key_sealed, key_end, kept_at) "
                "VALUES ($1, 'acct_linden', 'DE', $2, 'sealed', 'abcd', $3)",
                uuid4(),
                livemode,
                NOON,
            )
            raise KeyError("undone")
    except KeyError:
        pass


async def test_the_database_itself_takes_no_live_key_in_a_twin(deployment: Deployment, live: Tenant, twin: Tenant):
    await keep_a_key(deployment, live, livemode=True)
    await keep_a_key(deployment, twin, livemode=False)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await keep_a_key(deployment, twin, livemode=True)


@pytest.mark.parametrize("value", ["NULL", "id"])
async def test_none_of_our_processes_turns_a_twin_into_the_real_thing_or_back(
    deployment: Deployment, live: Tenant, twin: Tenant, value: str
):
    server = deployment.server
    for role in server.serving_roles:
        async with servers.logged_in(server, deployment.settings, role) as process:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await process.execute(f"UPDATE platform.tenant SET twin_of = {value} WHERE id = $1", twin.id)
    assert (await deployment.directory.by_id(twin.id)).twin_of == live.id


async def test_a_company_has_one_twin_and_a_twin_has_none(deployment: Deployment, live: Tenant, twin: Tenant):
    for of in (live.id, twin.id, uuid4()):
        with pytest.raises(provisioning.NoTwin):
            await served.made(deployment.server, deployment.settings, slug="second-test", name="Second", twin_of=of)
    async with servers.as_owner(deployment.server) as owner:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await owner.execute("DELETE FROM platform.tenant WHERE id = $1", live.id)


@pytest.mark.parametrize("state", [State.CLOSED, State.LEAVING])
async def test_a_twin_is_served_while_its_company_is(deployment: Deployment, live: Tenant, twin: Tenant, state: State):
    directory = deployment.directory
    async with servers.as_owner(deployment.server) as owner:
        await turn(owner, live, state)
        try:
            directory.forget()
            assert await directory.by_host(twin.host) is None
            assert (await directory.by_id(twin.id)).state is State.CLOSED
            assert not await directory.standing(schemas=[], tenants=[twin.id])
            assert await planned(owner, twin) == 0
        finally:
            await turn(owner, live, State.OPEN)
        directory.forget()
        assert await directory.by_host(twin.host) == twin
        assert len(await directory.standing(schemas=[], tenants=[twin.id])) == 1
        assert await planned(owner, twin) == 1


async def turn(owner: asyncpg.Connection, tenant: Tenant, state: State) -> None:
    async with owner.transaction():
        await owner.execute("UPDATE platform.tenant SET state = $2 WHERE id = $1", tenant.id, state)
        await announcing.announce(owner)


async def planned(owner: asyncpg.Connection, tenant: Tenant) -> int:
    """Of how many jobs the night of ``tenant`` is, were it planned now."""
    undone = owner.transaction()
    await undone.start()
    try:
        await owner.execute("SET LOCAL search_path = platform, outbox")
        await nightly.plan(owner, at=NOON)
        return int(await owner.fetchval("SELECT count(*) FROM outbox.job WHERE subject = $1", tenant.id))
    finally:
        await undone.rollback()


async def test_a_twin_goes_and_its_company_stays(deployment: Deployment, company: Tenant):
    gone = await served.twin(deployment, company, at=NOON)
    await erasing.erase(deployment.server, gone, at=NOON)
    assert (await deployment.directory.by_id(company.id)).is_open
    assert (await served.twin(deployment, company, at=NOON)).twin_of == company.id


async def test_what_opens_one_of_the_two_is_nothing_in_the_other(deployment: Deployment, door: Any, pair: Pair):
    for here, there in (pair, pair[::-1]):
        clara = await guests.surveyed(deployment, here)
        anna = await staffing.enrolled(deployment, here)
        async with deployment.scopes.inside(here):
            session = await sessions.begin(member=anna.member, at=clock.now())
        cookies = [{"cookie": f"{callers.CONSOLE}={token}"} for token in (session, tokens.fresh())]
        assert (await asked(door, clara.link, host=here.host)).status_code == 200, "the attack can succeed"
        assert (await asked(door, clara.link, host=there.host)).status_code == 404
        assert (await asked(door, "/console", host=here.host, extra=cookies[0])).status_code == 200
        brought, made_up = [await asked(door, "/console", host=there.host, extra=cookie) for cookie in cookies]
        assert (brought.status_code, brought.text) == (made_up.status_code, made_up.text)
        assert brought.status_code == 303
        tally.note("cookies")


async def test_no_archive_says_which_money_a_company_knows(deployment: Deployment, twin: Tenant):
    """Mallory brings one along that would have a twin know live money, as if it were one table more."""
    async with servers.as_owner(deployment.server) as owner:
        ours = [one for one in await tables.of(owner, twin.schema_name) if not one.is_ending]
        assert "money_mode" not in {one.name for one in ours}
        rows = {"rows": 1, "bytes": 2, "sha256": sha256(b"t\n").hexdigest()}
        names = [(one.name, list(one.columns)) for one in ours] + [("money_mode", ["livemode"])]
        parts = [Part(name=name, columns=columns, **rows) for name, columns in names]
        empty = io.BytesIO(bytes(tarfile.BLOCKSIZE * 2))
        with tarfile.open(fileobj=empty, mode="r|") as tar, pytest.raises(Damaged, match="tables are not those"):
            await loading.load_tables(owner, tar, parts, schema_name=twin.schema_name)
