"""Olga runs the platform: she opens and closes companies and mends what lies still, and never meets a customer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pyotp
import pytest

from leumund.audit import noting
from leumund.files import opening, reading
from leumund.kit import clock, ground, knocking, language, outbox, passwords, places
from leumund.kit.knocking import Knock
from leumund.operating import creating, office, sessions, signing_in, watching
from leumund.operating.creating import Created
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import FRESH_SECONDS, Tenant
from leumund.worker import working
from leumund.worker.working import Worked
from tests.conftest import NOON
from tests.journeys.guests import Guest

OpenCompany = Callable[[str], Awaitable[Tenant]]
PLATFORM: Any = SimpleNamespace(host="leumund.example")
NOWHERE: Any = SimpleNamespace(host="nowhere.leumund.example")
PASSWORD = "vier Wolken tragen Kastanien"
PAGES = ("/operator", "/operator/companies/new", "/operator/jobs", "/operator/log")
FROM_MALLORY = {"origin": "https://mallory.example", "sec-fetch-site": "cross-site"}


class Desk(Guest):
    """Olga's browser at the platform's own host."""

    def __init__(self, door: Any, account: Created, *, peer: str = "127.0.0.1") -> None:
        super().__init__(door, PLATFORM, language="en", peer=peer)
        self.account = account
        self.code = ""

    async def sign_in(self, **instead: str) -> None:
        self.code = instead.get("code", pyotp.TOTP(self.account.secret).now())
        await self.open("/operator/login")
        await self.submit(
            "/operator/login", **{"email": self.account.email, "password": PASSWORD} | instead | {"code": self.code}
        )


@pytest.fixture
async def account(deployment: Deployment) -> Created:
    """A new operator for each test, since a code is good once."""
    email = f"olga-{uuid4().hex[:8]}@leumund.example"
    return await creating.create_operator(deployment, email=email, password=PASSWORD, at=clock.now())


@pytest.fixture
async def desk(door: Any, account: Created) -> AsyncIterator[Desk]:
    """A browser nobody has signed in with yet."""
    browser = Desk(door, account)
    yield browser
    await browser.close()


@pytest.fixture
async def olga(desk: Desk) -> Desk:
    """Signed in."""
    await desk.sign_in()
    assert desk.answer.url.path == "/operator", desk.page
    return desk


@pytest.fixture
async def worker_pool(deployment: Deployment) -> AsyncIterator[asyncpg.Pool]:
    pool = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=2)
    await pool.execute("DELETE FROM outbox.job")
    yield pool
    await pool.close()


@pytest.fixture
async def served(deployment: Deployment) -> Tenant:
    """A company of this test's own that has a home page, since it was described by a folder."""
    folder = reading.read(places.tenants() / "birke")
    plain = msgspec.structs.replace(folder.company, hosts=[], slug=f"birke-{uuid4().hex[:8]}")
    own = msgspec.structs.replace(folder, company=plain)
    await opening.apply_folder(deployment, own)
    return await deployment.directory.by_slug(own.slug)


async def actions(deployment: Deployment, tenant: Tenant) -> list[str]:
    sql = "SELECT action FROM operator_entry WHERE tenant = $1 ORDER BY at, id"
    return [row["action"] for row in await deployment.operators.fetch(sql, tenant.id)]


async def state(deployment: Deployment, tenant: Tenant) -> str:
    return (await deployment.directory.by_slug(tenant.slug)).state


async def test_password_and_code_open_the_desk_and_leaving_closes_it(olga: Desk):
    cookie = next(iter(olga.client.cookies.jar))
    assert (cookie.name, cookie.secure, cookie.path, cookie.domain) == ("__Host-operator", True, "/", "leumund.example")
    kept = olga.client.cookies["__Host-operator"]
    await olga.submit("/operator/logout")
    assert olga.answer.url.path == "/operator/login"
    olga.client.cookies.set("__Host-operator", kept, domain="leumund.example")
    assert (await olga.open("/operator")).url.path == "/operator/login", "an old cookie is worth nothing"


async def test_a_code_opens_once(door: Any, account: Created, olga: Desk):
    mallory = Desk(door, account)
    # The very code that was used: half a minute may turn between the two, and then there is a new one.
    await mallory.sign_in(code=olga.code)
    assert mallory.answer.status_code == 422
    assert "__Host-operator" not in mallory.client.cookies
    await mallory.close()


async def test_an_operator_signs_in_however_the_address_is_written(deployment: Deployment, door: Any):
    name = f"Olga-{uuid4().hex[:8]}"
    made = await creating.create_operator(
        deployment, email=f" {name}@Müller.example", password=PASSWORD, at=clock.now()
    )
    assert made.email == f"{name.lower()}@xn--mller-kva.example"
    desk = Desk(door, made)
    await desk.sign_in(email=f"{name}@müller.example")
    assert desk.answer.url.path == "/operator", desk.page
    await desk.close()


@pytest.mark.parametrize("email", ["olga", "jürgen@leumund.example"])
async def test_an_operator_has_an_address_mails_can_name(deployment: Deployment, email: str):
    for deed in (creating.create_operator, creating.reset_operator):
        with pytest.raises(creating.AddressInvalid):
            await deed(deployment, email=email, password=PASSWORD, at=clock.now())


async def test_every_failure_gets_the_same_sentence(desk: Desk):
    pages = set()
    for instead in (
        {"password": "a guess that is long enough"},
        {"code": "000000"},
        {"code": ""},
        {"email": "nobody@leumund.example"},
        {"email": "jürgen@leumund.example"},
        {"email": "", "password": "", "code": ""},
    ):
        await desk.sign_in(**instead)
        assert desk.answer.status_code == 422
        pages.add(desk.page.replace(instead.get("email") or desk.account.email, ""))
    assert len(pages) == 1
    assert language.text("errors.operating.sign_in_refused", "en") in pages.pop()
    assert not desk.client.cookies


async def test_a_place_that_fails_too_often_waits_and_no_other_does(door: Any, account: Created, olga: Desk):
    mallory = Desk(door, account, peer="203.0.113.9")
    for _ in range(knocking.ATTEMPTS_OF_PEER):
        await mallory.sign_in(password="a guess that is long enough")
        assert mallory.answer.status_code == 422
    await mallory.sign_in(password="a guess that is long enough")
    assert mallory.answer.status_code == 429
    assert int(mallory.answer.headers["retry-after"]) > 0
    await mallory.close()
    await olga.submit("/operator/logout")
    await olga.sign_in(code="000000")
    assert olga.answer.status_code == 422, "looked at, and refused for its code"


async def test_wrong_codes_after_the_right_password_are_slowed_down(deployment: Deployment, account: Created):
    async def tried(code: str, at_seconds: int) -> str | None:
        at = NOON + timedelta(seconds=at_seconds)
        knocks = Knock(email=account.email, code=code, peer=str(uuid4()))
        async with office.inside(deployment) as desk:
            kept = await signing_in.knock(desk, email=account.email, peer=knocks.peer, at=at)
            password = await passwords.judge(kept, PASSWORD)
            return await signing_in.sign_in(desk, knocks=knocks, password=password, at=at)

    right = pyotp.TOTP(account.secret).at(NOON)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(6):
        assert await tried(wrong, 0) is None
    assert await tried(right, 1) is None, "the right code too has to wait"
    assert await tried(right, 10) is not None


async def test_signing_in_again_ends_what_the_old_cookie_opened(deployment: Deployment, door: Any, olga: Desk):
    old = olga.client.cookies["__Host-operator"]
    async with office.inside(deployment) as desk:
        await desk.connection.execute("UPDATE operator SET totp_last_step = 0 WHERE email = $1", olga.account.email)
    await olga.sign_in()
    assert olga.client.cookies["__Host-operator"] != old
    thief = Desk(door, olga.account)
    thief.client.cookies.set("__Host-operator", old, domain="leumund.example")
    assert (await thief.open("/operator")).url.path == "/operator/login"
    await thief.close()


async def test_sessions_that_are_over_are_cleared_when_somebody_comes_to_the_door(deployment: Deployment, olga: Desk):
    kept = olga.client.cookies["__Host-operator"]
    # A while past every limit, and long before it: a slow machine and a clock that is set right change nothing.
    at, while_ago = clock.now(), timedelta(minutes=1)
    ages = {"idle": timedelta(minutes=31), "old": timedelta(hours=12, minutes=1), "left": while_ago}
    async with office.inside(deployment) as desk:
        operator = await desk.connection.fetchval("SELECT id FROM operator WHERE email = $1", olga.account.email)
        for name, age in ages.items():
            await desk.connection.execute(
                "INSERT INTO operator_session (operator, token_hash, created_at, seen_at, ended_at) "
                "VALUES ($1, $2, $3, $4, $5)",
                operator,
                name,
                at - age,
                at - (while_ago if name == "old" else age),
                at - while_ago if name == "left" else None,
            )
        for peer, ends_at in (("over", at - while_ago), ("still on", at + timedelta(hours=1))):
            await desk.connection.execute(
                "INSERT INTO operator_attempt (peer_hash, attempts, ends_at) VALUES ($1, 1, $2)", peer, ends_at
            )
    await olga.sign_in(code="000000")
    assert olga.answer.status_code == 422, "she came to the door"
    async with office.reading(deployment) as desk:
        places = await desk.connection.fetch(
            "SELECT peer_hash FROM operator_attempt WHERE peer_hash IN ('over', 'still on')"
        )
        rows = await desk.connection.fetch("SELECT token_hash FROM operator_session WHERE operator = $1", operator)
        stays = sessions.kept(desk, kept)
    assert [row["token_hash"] for row in rows] == [stays], "only what is alive stays"
    assert [row["peer_hash"] for row in places] == ["still on"]


async def test_a_slow_password_holds_no_connection(
    deployment: Deployment, door: Any, account: Created, olga: Desk, monkeypatch: pytest.MonkeyPatch
):
    looking, go_on = asyncio.Event(), asyncio.Event()
    judge = passwords.judge

    async def slowly(stored: str | None, password: str) -> passwords.Verdict:
        looking.set()
        await go_on.wait()
        return await judge(stored, password)

    monkeypatch.setattr(passwords, "judge", slowly)
    mallory = Desk(door, account, peer="203.0.113.10")
    trying = asyncio.create_task(mallory.sign_in(password="a guess that is long enough"))
    await asyncio.wait_for(looking.wait(), 60)
    pool = deployment.operators
    assert pool.get_size() == pool.get_idle_size(), "nobody sits in the office meanwhile"
    go_on.set()
    await trying
    assert mallory.answer.status_code == 422
    await mallory.close()


@pytest.mark.parametrize(("column", "age"), [("seen_at", timedelta(minutes=31)), ("created_at", timedelta(hours=12))])
async def test_a_session_ends_when_it_idles_and_when_it_is_old(
    deployment: Deployment, olga: Desk, column: str, age: timedelta
):
    assert (await olga.open("/operator")).url.path == "/operator"
    owner = await servers.connect_owner(deployment.server)
    await owner.execute(f"UPDATE platform.operator_session SET {column} = $1", clock.now() - age)
    await owner.close()
    assert (await olga.open("/operator")).url.path == "/operator/login"


async def test_who_is_not_signed_in_sees_and_does_nothing(deployment: Deployment, desk: Desk, company: Tenant):
    for path in (*PAGES, f"/operator/companies/{company.slug}", "/operator/companies/nobody"):
        assert (await desk.open(path)).url.path == "/operator/login"
    for path in (
        f"/operator/companies/{company.slug}/close",
        "/operator/jobs/replay",
        f"/operator/jobs/{uuid4()}/replay",
    ):
        answer = await desk.client.post(path, data={"typed": company.slug})
        assert (answer.status_code, answer.headers["location"]) == (303, "/operator/login")
    assert await state(deployment, company) == "open"


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_every_page_speaks_both_languages(olga: Desk, company: Tenant, lang: str):
    for path in (*PAGES, f"/operator/companies/{company.slug}"):
        answer = await olga.open(f"{path}?lang={lang}")
        assert answer.status_code == 200
        assert f'<html lang="{lang}">' in answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_a_closed_company_is_a_host_like_any_unknown_one_until_it_is_opened_again(
    deployment: Deployment, door: Any, olga: Desk, served: Tenant, worker_pool: asyncpg.Pool
):
    page = f"/operator/companies/{served.slug}"
    home, nowhere = Guest(door, served), Guest(door, NOWHERE)
    assert (await home.open("/imprint")).status_code == 200

    await olga.open(page)
    await olga.submit("/close", typed="another")
    assert olga.answer.status_code == 422
    assert 'value="another"' in olga.page, "nothing typed is lost"
    assert await state(deployment, served) == "open"

    await olga.open(page)
    await olga.submit("/close", typed=served.slug)
    assert await state(deployment, served) == "closed"
    await asyncio.sleep(FRESH_SECONDS)
    closed, unknown = await home.open("/imprint"), await nowhere.open("/imprint")
    assert (closed.status_code, closed.content, closed.headers) == (404, unknown.content, unknown.headers)

    done = await enqueue(deployment, served)
    assert await working.work_one(deployment, worker_pool, {"test.deed": deed}) is Worked.PUT_OFF

    await olga.submit("/open")
    assert await state(deployment, served) == "open"
    await asyncio.sleep(FRESH_SECONDS)
    assert (await home.open("/imprint")).status_code == 200
    await worker_pool.execute("UPDATE outbox.job SET due_at = now()")
    assert await working.work_one(deployment, worker_pool, {"test.deed": deed}) is Worked.DONE
    assert await effects(deployment, served, done) == 1

    assert await actions(deployment, served) == ["company.created", "company.closed", "company.opened"]
    for path in (page, "/operator/log"):
        await olga.open(path)
        assert olga.account.email in olga.page
        assert "closed the company" in olga.page
    await home.close()
    await nowhere.close()


async def test_a_company_that_never_finished_opening_is_not_opened_by_hand(
    deployment: Deployment, olga: Desk, company: Tenant
):
    owner = await servers.connect_owner(deployment.server)
    await owner.execute("UPDATE platform.tenant SET state = 'opening' WHERE id = $1", company.id)
    await owner.close()
    answer = await olga.client.post(f"/operator/companies/{company.slug}/open")
    assert answer.status_code == 422
    assert await state(deployment, company) == "opening"
    assert await actions(deployment, company) == []
    await olga.open(f"/operator?state=trouble&text={company.slug}")
    assert company.slug in olga.page, "somebody should look at it"


async def test_a_dead_letter_is_seen_sent_again_and_worked_off(
    deployment: Deployment, olga: Desk, company: Tenant, worker_pool: asyncpg.Pool
):
    subject = await enqueue(deployment, company)
    assert await working.work_one(deployment, worker_pool, {}) is Worked.FAILED
    await olga.open("/operator/jobs")
    assert company.slug in olga.page
    assert "UnknownKind" in olga.page
    job = await worker_pool.fetchval("SELECT id FROM outbox.job WHERE state = 'dead'")

    await olga.submit(f"/operator/jobs/{job}/replay")
    assert olga.answer.url.path == "/operator/jobs"
    assert await working.work_one(deployment, worker_pool, {"test.deed": deed}) is Worked.DONE
    assert await effects(deployment, company, subject) == 1
    assert await actions(deployment, company) == ["job.replayed"]
    assert (await olga.client.post(f"/operator/jobs/{job}/replay")).status_code == 404


async def test_all_dead_letters_of_one_company_are_sent_again_and_no_others(
    deployment: Deployment, olga: Desk, open_company: OpenCompany, worker_pool: asyncpg.Pool
):
    linden, birke = await open_company("linden"), await open_company("birke")
    for tenant in (linden, linden, birke):
        await enqueue(deployment, tenant)
        assert await working.work_one(deployment, worker_pool, {}) is Worked.FAILED
    await olga.open(f"/operator/jobs?company={linden.slug}")
    assert birke.slug not in olga.page
    await olga.submit("/operator/jobs/replay")
    rows = await worker_pool.fetch("SELECT company_role, state FROM outbox.job ORDER BY state, company_role")
    assert [tuple(row) for row in rows] == [
        (birke.schema_name, "dead"),
        (linden.schema_name, "waiting"),
        (linden.schema_name, "waiting"),
    ]
    assert (await actions(deployment, linden), await actions(deployment, birke)) == (["job.all_replayed"], [])


async def test_a_form_from_elsewhere_does_nothing(deployment: Deployment, olga: Desk, company: Tenant):
    for path in (
        f"/operator/companies/{company.slug}/close",
        "/operator/jobs/replay",
        "/operator/login",
        "/operator/logout",
    ):
        answer = await olga.client.post(path, data={"typed": company.slug}, headers=FROM_MALLORY)
        assert answer.status_code == 403
    assert await state(deployment, company) == "open"
    assert (await olga.open("/operator")).url.path == "/operator", "still signed in"


async def test_a_get_closes_nothing(deployment: Deployment, olga: Desk, company: Tenant):
    assert (await olga.open(f"/operator/companies/{company.slug}/close?typed={company.slug}")).status_code == 405
    assert await state(deployment, company) == "open"


async def test_the_operators_pages_and_a_companys_stand_on_different_hosts(olga: Desk, door: Any, served: Tenant):
    for path in (
        "/",
        "/console",
        "/portal",
        "/api/v1/conversions",
        "/imprint",
        "/operator/companies/%00",
        "/operator/x",
    ):
        answer = await olga.open(path)
        assert answer.status_code == 404, path
        assert "content-security-policy" in answer.headers
    home = Guest(door, served)
    home.client.cookies.set("__Host-operator", olga.client.cookies["__Host-operator"])
    for path in (*PAGES, "/operator/login"):
        assert (await home.open(path)).status_code == 404, path
    await home.close()


async def test_our_own_fault_shows_an_id_and_nothing_else(deployment: Deployment, olga: Desk):
    owner = await servers.connect_owner(deployment.server)
    role = deployment.server.operator_role
    await owner.execute(f'REVOKE SELECT ON platform.migration_failure FROM "{role}"')
    try:
        answer = await olga.open("/operator")
    finally:
        await owner.execute(f'GRANT SELECT ON platform.migration_failure TO "{role}"')
        await owner.close()
    assert answer.status_code == 500
    assert "migration_failure" not in answer.text
    assert "<code>" in answer.text, "an id to ask about"


async def test_companies_are_found_by_name_and_paged_by_slug(
    deployment: Deployment, olga: Desk, open_company: OpenCompany
):
    name = "q" + uuid4().hex[:10]
    slugs = sorted([(await open_company(name)).slug for _ in range(3)])
    async with office.reading(deployment) as desk:
        first = await watching.page(desk, text=name.upper(), limit=2)
        rest = await watching.page(desk, text=name, after=first.after or "", limit=2)
        assert [company.slug for company in (*first.rows, *rest.rows)] == slugs
        assert rest.after is None
        assert (await watching.page(desk, text="%")).rows == [], "a sign is a sign and no pattern"
        assert all(company.bytes > 100_000 for company in first.rows), "sizes without a right in the schema"
    await olga.open(f"/operator?text={name}&state=open")
    assert all(slug in olga.page for slug in slugs)


async def test_a_page_of_companies_is_one_query_however_many_there_are(deployment: Deployment, company: Tenant):
    asked: list[Any] = []
    async with office.reading(deployment) as desk:
        with desk.connection.query_logger(asked.append):
            for limit in (1, watching.LONGEST_PAGE):
                await watching.page(desk, limit=limit)
    assert len(asked) == 2


async def enqueue(deployment: Deployment, tenant: Tenant) -> UUID:
    subject = uuid4()
    async with deployment.scopes.inside(tenant):
        await outbox.enqueue(kind="test.deed", subject=subject, due_at=NOON.replace(year=2020))
    return subject


async def deed(subject: UUID, at: datetime) -> None:
    await noting.note(actor="system:test", action="test.done", subject=subject, at=at)


async def effects(deployment: Deployment, tenant: Tenant, subject: UUID) -> int:
    async with deployment.scopes.reading(tenant):
        return len(await ground.fetch("SELECT * FROM audit_entry WHERE subject = $1", subject))
