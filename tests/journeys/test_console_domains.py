"""An owner brings the company's own domain: claims it with a fresh code, sets a record, and sees it served."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest

from leumund.kit import clock, ground
from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming, judging, proving
from leumund.tenancy.domains.claiming import Claim
from tests import nameserver, proofs, shell
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Guest
from tests.journeys.staffing import Colleague

Visit = Callable[..., Guest]
HERE = "/console/domains"


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke)


@pytest.fixture(autouse=True)
async def _without_claims(deployment: Deployment, birke: Tenant) -> AsyncIterator[None]:
    """No job is left that looks for a domain which no test needs any more."""
    yield
    async with deployment.scopes.inside(birke):
        for claim in await claiming.every():
            await claiming.drop(claim=claim.id, note=proofs.unnoted)


@pytest.fixture
async def screen(deployment: Deployment, visit: Visit, birke: Tenant, anna: Colleague) -> Guest:
    """Anna, who owns the company, signed in."""
    return await staffing.signed_in(deployment, visit, birke, anna)


async def post(guest: Guest, path: str, **fields: str) -> Guest:
    guest.answer = await guest.client.post(path, data=fields, headers=OURS)
    return guest


async def claims(deployment: Deployment, tenant: Tenant) -> list[Claim]:
    async with deployment.scopes.reading(tenant):
        return await claiming.every()


async def log(deployment: Deployment, tenant: Tenant) -> list[str]:
    async with deployment.scopes.reading(tenant):
        rows = await ground.fetch("SELECT action FROM audit_entry WHERE action LIKE 'domain.%' ORDER BY at")
    return [row["action"] for row in rows]


async def test_from_the_claim_to_the_first_page_under_it(
    deployment: Deployment, birke: Tenant, screen: Guest, anna: Colleague
):
    name = proofs.fresh_name()
    await post(screen, HERE, name=f" {name.upper()}. ", code=anna.code())
    (claim,) = await claims(deployment, birke)
    assert screen.answer.headers["location"] == f"{HERE}/{claim.id}"
    await screen.open(f"{HERE}/{claim.id}")
    for told in (proving.record(name), proving.words(claim.token), f"http://{name}{proving.FILE}", birke.host):
        assert f'value="{told}"' in screen.page
    async with nameserver.running() as dns:
        await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
        await screen.open(HERE)
        assert "wartet auf Nachweis" in said(screen.page)
        await screen.open(f"{HERE}/{claim.id}")
        assert "Wir finden noch keinen TXT-Eintrag" in said(screen.page)
        assert "Die Domain ist nachgewiesen" not in said(screen.page)
    await proofs.prove_all(deployment, birke)
    await screen.open(f"{HERE}/{claim.id}")
    assert "Die Domain ist nachgewiesen" in said(screen.page)
    deployment.directory.forget()
    await screen.open(HERE)
    assert f"{name} Ihre Links führen hierher erreichbar" in said(screen.page)
    assert (await deployment.directory.by_slug(birke.slug)).host == name
    assert await log(deployment, birke) == ["domain.claimed"]


async def test_a_wrong_or_used_code_claims_nothing_and_is_counted(
    deployment: Deployment, birke: Tenant, screen: Guest, anna: Colleague
):
    await post(screen, HERE, name=proofs.fresh_name(), code=anna.wrong_code())
    assert (screen.answer.status_code, await claims(deployment, birke)) == (422, [])
    assert "Der Code stimmt nicht" in said(screen.answer.text)
    async with deployment.scopes.reading(birke):
        (row,) = await ground.fetch("SELECT failed_attempts FROM staff_member WHERE id = $1", anna.member)
    assert row["failed_attempts"] == 1
    code = anna.code()
    for status in (303, 422):
        await post(screen, HERE, name=proofs.fresh_name(), code=code)
        assert screen.answer.status_code == status
    assert len(await claims(deployment, birke)) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Bitte"),
        ("127.0.0.1", "keine IP-Adresse"),
        ("leumund.example", "vergibt die Plattform"),
        ("1eumund.example", "zum Verwechseln ähnlich"),
        ("birke.local", "nicht im öffentlichen Internet"),
        ("co.uk", "Bitte nennen Sie Ihre eigene"),
        ('"><b>', "Das ist keine Domain"),
    ],
)
async def test_a_wrong_name_is_told_beside_its_field_and_uses_no_code(
    deployment: Deployment, birke: Tenant, screen: Guest, anna: Colleague, name: str, told: str
):
    code = anna.code()
    await post(screen, HERE, name=name, code=code)
    assert (screen.answer.status_code, await claims(deployment, birke)) == (422, [])
    assert told in said(screen.answer.text)
    assert 'id="name-wrong"' in screen.answer.text
    await post(screen, HERE, name=proofs.fresh_name(), code=code)
    assert screen.answer.status_code == 303


async def test_another_companys_domain_is_told_to_be_taken(
    deployment: Deployment, birke: Tenant, linden: Tenant, screen: Guest, anna: Colleague
):
    theirs = await proofs.proven(deployment, linden, proofs.fresh_name("linden"))
    try:
        await post(screen, HERE, name=f"www.{theirs.name}", code=anna.code())
        assert "gehört hier schon zu einem anderen Unternehmen" in said(screen.answer.text)
        for path in ("", "/check", "/preference", "/removal"):
            for method in ("GET", "POST"):
                answer = await screen.client.request(method, f"{HERE}/{theirs.id}{path}", headers=OURS)
                assert answer.status_code in (404, 405)
        assert (await proofs.standing(deployment, linden, theirs)).place == theirs.place
    finally:
        async with deployment.scopes.inside(linden):
            await claiming.drop(claim=theirs.id, note=proofs.unnoted)


async def test_a_domain_is_removed_by_its_name_and_a_code(
    deployment: Deployment, birke: Tenant, screen: Guest, anna: Colleague
):
    claim = await proofs.proven(deployment, birke, proofs.fresh_name())
    removal = f"{HERE}/{claim.id}/removal"
    for fields in (
        {"typed": "something else", "code": anna.code()},
        {"typed": claim.name, "code": anna.wrong_code()},
        {"typed": claim.name},
    ):
        await post(screen, removal, **fields)
        assert (screen.answer.status_code, len(await claims(deployment, birke))) == (422, 1)
    await post(screen, removal, typed=claim.name, code=anna.code())
    assert screen.answer.headers["location"] == f"{HERE}?done=dropped"
    assert await claims(deployment, birke) == []
    assert await deployment.directory.hosts(birke.id) == [birke.host]
    assert await log(deployment, birke) == ["domain.dropped"]


async def test_whoever_removes_the_domain_they_stand_on_is_led_to_the_one_that_stays(
    deployment: Deployment, visit: Visit, birke: Tenant, anna: Colleague
):
    claim = await proofs.proven(deployment, birke, proofs.fresh_name())
    there = await staffing.signed_in(deployment, visit, await deployment.directory.by_slug(birke.slug), anna)
    await post(there, f"{HERE}/{claim.id}/removal", typed=claim.name, code=anna.code())
    assert there.answer.headers["location"] == f"https://{birke.host}{HERE}"


async def test_check_now_leaves_a_job_and_prefer_changes_where_links_lead(
    deployment: Deployment, birke: Tenant, screen: Guest
):
    first, second = [await proofs.proven(deployment, birke, proofs.fresh_name()) for _ in range(2)]
    before = await jobs_for(deployment, second.id)
    await post(screen, f"{HERE}/{second.id}/check")
    assert await jobs_for(deployment, second.id) == before + 1
    await post(screen, f"{HERE}/{second.id}/preference")
    deployment.directory.forget()
    assert (await deployment.directory.by_slug(birke.slug)).host == second.name
    assert await deployment.directory.hosts(birke.id) == [second.name, first.name, birke.host]
    assert await log(deployment, birke) == ["domain.preferred"]


async def test_a_proof_missing_for_a_week_is_told_on_the_page(deployment: Deployment, birke: Tenant, screen: Guest):
    claim = await proofs.proven(deployment, birke, proofs.fresh_name())
    for days, told in ((6, False), (8, True)):
        await missing_for(deployment, claim, days)
        await screen.open(HERE)
        assert ("Die Domain bleibt erreichbar" in said(screen.page)) == told


async def test_a_viewer_comes_to_no_domain(deployment: Deployment, visit: Visit, birke: Tenant):
    bert = await staffing.at_desk(deployment, visit, birke, role="viewer", name="Bert")
    for path in (HERE, f"{HERE}/{UUID(int=1)}"):
        assert (await bert.client.get(path)).status_code == 403
    await post(bert, HERE, name=proofs.fresh_name(), code="123456")
    assert bert.answer.status_code == 403


# The worker's round, and the operator's command


async def test_what_is_due_is_planned_once_and_looks_grow_rarer(deployment: Deployment, birke: Tenant):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    before = await jobs_for(deployment, claim.id)
    server = deployment.server
    worker = await servers.connect_as(server, deployment.settings, server.worker_role)
    try:
        for _ in range(2):
            await judging.schedule(worker, kind=claiming.KIND, at=clock.now())
    finally:
        await worker.close()
    assert await jobs_for(deployment, claim.id) == before + 1
    waits = []
    at = claim.claimed_at
    while (then := judging.next_look(claim, at)) is not None:
        waits.append(then - at)
        at = then
    assert waits == sorted(waits)
    assert len(waits) < 60
    assert judging.GIVEN_UP_AFTER <= at - claim.claimed_at < judging.GIVEN_UP_AFTER * 1.1


async def test_the_operator_sees_what_is_claimed_and_can_take_it_away(
    deployment: Deployment, settings: Settings, birke: Tenant, tmp_path: Path
):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    code, told = await shell.told(settings, "tenant", "domains", birke.slug)
    assert (code, told.splitlines()) == (
        0,
        [
            f"{claim.name}: not served: not looked at yet",
            f'  {proving.record(claim.name)} TXT "{proving.words(claim.token)}"',
        ],
    )
    assert await shell.told(settings, "tenant", "domains", birke.slug, "--drop", claim.name) == (
        0,
        f"{birke.slug}: claims no domain\n",
    )
    assert await claims(deployment, birke) == []
    assert await log(deployment, birke) == ["domain.dropped"]


async def jobs_for(deployment: Deployment, claim: UUID) -> int:
    owner = await servers.connect_owner(deployment.server)
    try:
        return int(await owner.fetchval("SELECT count(*) FROM outbox.job WHERE subject = $1", claim))
    finally:
        await owner.close()


async def missing_for(deployment: Deployment, claim: Claim, days: int) -> None:
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(
            "UPDATE hosting.claim SET missing_since = now() - make_interval(days => $2), fault = 'no_record' "
            "WHERE id = $1",
            claim.id,
            days,
        )
    finally:
        await owner.close()
