"""What SQL of a company's own can do to claims: order its list, and touch nothing that was proven or is another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains.claiming import KIND, Claim
from leumund.tenancy.domains.proving import Found
from tests import proofs

pytestmark = pytest.mark.usefixtures("without_claims")
DENIED = asyncpg.InsufficientPrivilegeError
INSERT = "INSERT INTO hosting.claim"


@pytest.fixture
async def theirs(deployment: Deployment, birke: Tenant) -> Claim:
    """A domain of Birke's, proven and served."""
    return await proofs.proven(deployment, birke, proofs.fresh_name())


@pytest.fixture
async def own(deployment: Deployment, mallory: Tenant) -> Claim:
    """A domain Mallory only claims."""
    return await proofs.claim(deployment, mallory, proofs.fresh_name("mallory"))


@pytest.fixture
async def hand(deployment: Deployment, mallory: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """Mallory at a prompt, logged in as his company's role."""
    connection = await servers.connect_as(deployment.server, deployment.settings, mallory.schema_name)
    yield connection
    await connection.close()


async def test_claims_of_others_are_neither_seen_nor_changed_nor_dropped(
    hand: asyncpg.Connection, owner: asyncpg.Connection, theirs: Claim, own: Claim
):
    assert [row["id"] for row in await hand.fetch("SELECT id FROM hosting.own_claims()")] == [own.id]
    assert await hand.fetch("SELECT FROM hosting.own_claims() WHERE token = $1", theirs.token) == []
    before = await owner.fetchrow("SELECT * FROM hosting.claim WHERE id = $1", theirs.id)
    for each in (theirs, own):
        await hand.execute("SELECT hosting.prefer_claim($1)", each.id)
    assert await owner.fetchval("SELECT place FROM hosting.claim WHERE id = $1", own.id) < own.place, (
        "its own it reaches"
    )
    assert not await hand.fetchval("SELECT hosting.drop_claim($1)", theirs.id)
    assert await hand.fetchval("SELECT hosting.drop_claim($1)", own.id)
    assert await owner.fetchrow("SELECT * FROM hosting.claim WHERE id = $1", theirs.id) == before
    assert await owner.fetchval("SELECT count(*) FROM platform.host WHERE claim = $1", theirs.id) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hosting.claim SET verified_at = now()",
        "UPDATE hosting.claim SET name = 'leumund.example'",
        "UPDATE hosting.claim SET token = 'mine'",
        "UPDATE hosting.claim SET company_role = 'theirs'",
        "UPDATE hosting.claim SET skeleton = 'x', method = 'dns'",
        "UPDATE hosting.claim SET due_at = now()",
        "UPDATE hosting.claim SET place = 0",
        "SELECT FROM hosting.claim",
        "SELECT FROM hosting.claim FOR UPDATE",
        "EXPLAIN SELECT FROM hosting.claim",
        INSERT + " (name, slot) VALUES ('a.example', 9) RETURNING token",
        INSERT + " (name, slot, token) VALUES ('a.example', 9, 'the one in their DNS')",
        INSERT + " (name, slot, verified_at) VALUES ('a.example', 9, now())",
        INSERT + " (name, slot, company_role) VALUES ('a.example', 9, 'theirs')",
        INSERT + " (id, name, slot) VALUES (gen_random_uuid(), 'a.example', 9)",
        "INSERT INTO hosting.family (skeleton, company_role) VALUES ('a.example', session_user)",
        "SELECT * FROM hosting.family",
        "DELETE FROM hosting.family",
        "TRUNCATE hosting.claim",
        "DELETE FROM hosting.claim",
        "BEGIN; LOCK TABLE hosting.claim IN ACCESS EXCLUSIVE MODE",
        "BEGIN; LOCK TABLE hosting.claim IN SHARE MODE",
        "BEGIN; LOCK TABLE hosting.claim IN ACCESS SHARE MODE",
        "BEGIN; LOCK TABLE hosting.family IN ACCESS SHARE MODE",
        "ALTER TABLE hosting.claim DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON hosting.claim",
        "CREATE POLICY mine ON hosting.claim USING (true)",
        "CREATE TABLE hosting.claim_too (id int PRIMARY KEY)",
        "INSERT INTO platform.host (name, tenant, verified_at) VALUES ('a.example', gen_random_uuid(), now())",
        "SELECT * FROM platform.host",
    ],
)
async def test_what_the_database_stamps_and_the_worker_says_is_not_the_companys_to_say(
    hand: asyncpg.Connection, owner: asyncpg.Connection, own: Claim, statement: str
):
    with pytest.raises(DENIED):
        await hand.execute(statement)
    await hand.execute("ROLLBACK")
    assert await hand.execute(INSERT + " (name, slot) VALUES ('plain-mallory.example', 2)") == "INSERT 0 1"
    assert await owner.fetchval("SELECT count(*) FROM hosting.claim WHERE verified_at IS NOT NULL") == 0


async def test_the_walls_row_by_row_cannot_be_switched_off(hand: asyncpg.Connection, theirs: Claim, own: Claim):
    await hand.execute("SET row_security = off")
    with pytest.raises(DENIED):
        await hand.execute(INSERT + " (name, slot) VALUES ('a.example', 9)")
    await hand.execute("SET row_security = on")
    for leak in ("SET SESSION AUTHORIZATION DEFAULT", "RESET ROLE", "SET search_path = hosting"):
        await hand.execute(leak)
        assert [row["id"] for row in await hand.fetch("SELECT id FROM hosting.own_claims()")] == [own.id]
    with pytest.raises(DENIED):
        # A condition that tells what it sees is asked after the wall, and the function is the company's nowhere.
        await hand.execute("CREATE FUNCTION hosting.leak(text) RETURNS bool LANGUAGE sql COST 0.001 AS 'SELECT true'")


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ("('a.example', 21)", asyncpg.CheckViolationError),
        ("('a.example', 0)", asyncpg.CheckViolationError),
        ("('b.example', 1)", asyncpg.UniqueViolationError),
        ("('A.example', 2)", asyncpg.CheckViolationError),
        ("('a.example.', 2)", asyncpg.CheckViolationError),
        ("('a.example:80', 2)", asyncpg.CheckViolationError),
        ("('localhost', 2)", asyncpg.CheckViolationError),
        ("('127.0.0.1', 2)", asyncpg.CheckViolationError),
        ("(repeat('a.', 126) || 'example', 2)", asyncpg.CheckViolationError),
        ("(E'a.example\\nb.example', 2)", asyncpg.CheckViolationError),
    ],
)
async def test_the_database_takes_plain_hosts_into_twenty_places(
    hand: asyncpg.Connection, own: Claim, values: str, refusal: type[Exception]
):
    with pytest.raises(refusal):
        await hand.execute(f"{INSERT} (name, slot) VALUES {values}")


async def test_a_name_another_company_has_sounds_like_any_other(hand: asyncpg.Connection, theirs: Claim):
    """Whether a name is proven elsewhere shows at the proof, to whoever has the name's DNS."""
    assert await hand.execute(INSERT + " (name, slot) VALUES ($1, 2)", theirs.name) == "INSERT 0 1"


def counted(plan: list[asyncpg.Record]) -> bool:
    """Whether the server told of rows it read and showed nobody."""
    return any("Rows Removed by Filter" in row[0] for row in plan)


async def test_how_a_claim_is_looked_for_tells_nothing_of_what_others_claim(
    deployment: Deployment, hand: asyncpg.Connection, owner: asyncpg.Connection, birke: Tenant, own: Claim
):
    """Row security hides a row from the answer and not from EXPLAIN; what somebody only claims nobody else knows."""
    await proofs.claim(deployment, birke, proofs.fresh_name())
    await hand.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    asked = "EXPLAIN (ANALYZE) SELECT FROM {} WHERE company_role = $1"

    async def told(place: str) -> list[bool]:
        return [counted(await hand.fetch(asked.format(place), role)) for role in (birke.schema_name, "nobody")]

    with pytest.raises(DENIED):
        await told("hosting.claim")
    # The function hands over one's own claims, and of these none is anybody else's.
    assert await told("hosting.own_claims()") == [True, True]
    await owner.execute("GRANT SELECT ON hosting.claim TO PUBLIC")
    try:
        assert await told("hosting.claim") == [True, False], "the negative control"
    finally:
        await owner.execute("REVOKE SELECT ON hosting.claim FROM PUBLIC")


async def test_whoever_holds_a_claim_of_its_own_holds_up_no_look(
    deployment: Deployment, hand: asyncpg.Connection, own: Claim, birke: Tenant
):
    async with hand.transaction():
        await hand.execute("SELECT hosting.prefer_claim($1)", own.id)
        async with asyncio.timeout(60):
            with pytest.raises(asyncpg.LockNotAvailableError):
                await proofs.judge(deployment, own, Found("dns", None))
            await proofs.proven(deployment, birke, proofs.fresh_name())
    await proofs.judge(deployment, own, Found("dns", None))


async def test_a_name_that_is_being_dropped_holds_up_nobody_elses_proof(
    deployment: Deployment, hand: asyncpg.Connection, mallory: Tenant, birke: Tenant
):
    first = await proofs.proven(deployment, mallory, proofs.fresh_name())
    second = await proofs.claim_past_the_form(deployment, birke, first.name)
    async with hand.transaction():
        await hand.execute("SELECT hosting.drop_claim($1)", first.id)
        async with asyncio.timeout(60):
            with suppress(asyncpg.LockNotAvailableError):
                await proofs.judge(deployment, second, Found("dns", None))
    await proofs.judge(deployment, await proofs.standing(deployment, birke, second), Found("dns", None))
    assert (await proofs.standing(deployment, birke, second)).verified_at is not None


async def test_no_look_takes_the_hand_that_is_kept_free(hand: asyncpg.Connection, own: Claim):
    look = "INSERT INTO outbox.job (kind, subject, bulk) VALUES ($1, $2, $3)"
    with pytest.raises(asyncpg.CheckViolationError):
        await hand.execute(look, KIND, own.id, False)
    assert await hand.execute(look, KIND, own.id, True) == "INSERT 0 1"


@pytest.mark.parametrize("which", ["web_role", "operator_role"])
async def test_only_the_worker_says_what_is_proven(deployment: Deployment, own: Claim, which: str):
    role = getattr(deployment.server, which)
    connection = await servers.connect_as(deployment.server, deployment.settings, role)
    try:
        with pytest.raises(DENIED):
            await connection.execute("UPDATE hosting.claim SET verified_at = now() WHERE id = $1", own.id)
        with pytest.raises(DENIED):
            await connection.execute("UPDATE hosting.claim SET place = 0 WHERE id = $1", own.id)
        await connection.execute("SELECT hosting.prefer_claim($1)", own.id)
        assert await connection.fetchval("SELECT place FROM hosting.claim WHERE id = $1", own.id) == own.place
        assert not await connection.fetchval("SELECT hosting.drop_claim($1)", own.id)
        assert await connection.fetch("SELECT FROM hosting.own_claims()") == []
        assert await connection.fetchval("SELECT count(*) FROM hosting.claim WHERE id = $1", own.id) == 1
    finally:
        await connection.close()


async def test_not_even_the_worker_serves_another_name_than_the_proven_one(deployment: Deployment, own: Claim):
    server = deployment.server
    worker = await servers.connect_as(server, deployment.settings, server.worker_role)
    try:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await worker.execute(
                "INSERT INTO host (name, tenant, verified_at, claim) "
                "SELECT 'other.example', id, now(), $1 FROM tenant WHERE schema_name = "
                "(SELECT company_role FROM hosting.claim WHERE id = $1)",
                own.id,
            )
        with pytest.raises(asyncpg.CheckViolationError):
            await worker.execute("UPDATE hosting.claim SET verified_at = now() WHERE id = $1", own.id)
        with pytest.raises(DENIED):
            await worker.execute("UPDATE hosting.claim SET token = 'x' WHERE id = $1", own.id)
    finally:
        await worker.close()
