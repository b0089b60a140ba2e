"""The command that makes a company's test company: from its folder as it stands, and again with what changed."""

import json
import re
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from leumund.audit import listing as auditing
from leumund.company import agreeing, describing
from leumund.consent.texts import publishing
from leumund.files import reading
from leumund.kit import clock, ground
from leumund.operating import office, watching
from leumund.staff import leaving, members
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant
from tests import served, shell
from tests.journeys import elsewhere, folders, staffing
from tests.journeys.folders import Folder

ANNA = "anna@linden.example"
MARK = " (Testbetrieb)"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "linden")


@pytest.fixture
async def live(deployment: Deployment, folder: Folder) -> Tenant:
    await folders.apply(deployment, folder.path)
    tenant = await folders.tenant_of(deployment, folder)
    await served.agree(deployment, tenant, at=clock.now())
    return tenant


async def twin(deployment: Deployment, *words: str) -> tuple[int, str]:
    return await shell.told(deployment.settings, "tenant", "twin", *words)


async def made(deployment: Deployment, live: Tenant) -> Tenant:
    code, said = await twin(deployment, live.slug, "--owner", ANNA)
    assert code == 0, said
    return await deployment.directory.twin_of(live.id)


async def test_it_is_made_from_the_folder_and_holds_nobody_and_no_key_of_the_companys(
    deployment: Deployment, live: Tenant, folder: Folder, tmp_path: Path
):
    async with deployment.scopes.reading(live):
        legal_name, accepted = (await describing.profile()).legal_name, await agreeing.acceptances()
    tried_out = await made(deployment, live)
    assert (tried_out.slug, tried_out.twin_of, tried_out.is_open) == (f"{live.slug}-test", live.id, True)
    async with deployment.scopes.reading(tried_out):
        assert (await describing.profile()).legal_name == legal_name + MARK
        assert [each.sha256 for each in await agreeing.acceptances()] == [each.sha256 for each in accepted]
        notice = next(text for text in await publishing.all_current() if text.kind == "notice")
        assert legal_name + MARK in notice.wording
        assert [each.email for each in await members.everybody()] == [ANNA]
        for table in ("customer", "staff_api_key", "stripe_account", "event_endpoint", "message"):
            assert await ground.fetch(f"SELECT FROM {table}") == [], table
    async with deployment.scopes.reading(live):
        noted = [entry for entry in (await auditing.page()).rows if entry.action == "company.twinned"]
    assert [entry.detail for entry in noted] == [{"slug": tried_out.slug}]
    folder.slug = tried_out.slug
    back = reading.read(await folders.exported(deployment, folder, tmp_path))
    assert back.company.legal_name == legal_name


async def test_the_printed_link_sets_up_an_account_there_and_none_in_the_live_company(
    deployment: Deployment, live: Tenant, door: object
):
    code, said = await twin(deployment, live.slug, "--owner", ANNA, "--name", "Anna")
    assert code == 0, said
    (link,) = re.findall(r"https?://\S+/console/enrol/\S+", said)
    transport = httpx.ASGITransport(app=door)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport) as browser:
        assert (await browser.get(link)).status_code == 200
        elsewhere = link.replace(f"{live.slug}-test.", f"{live.slug}.")
        assert elsewhere != link
        assert (await browser.get(elsewhere)).status_code == 404
        # Whoever lost it gets another, and the first one is worth nothing any more.
        again = await twin(deployment, live.slug, "--owner", ANNA)
        (second,) = re.findall(r"https?://\S+/console/enrol/\S+", again[1])
        assert [(await browser.get(one)).status_code for one in (link, second)] == [404, 200]


async def test_called_again_it_brings_what_changed_and_nothing_else(
    deployment: Deployment, live: Tenant, folder: Folder
):
    tried_out = await made(deployment, live)
    assert await twin(deployment, live.slug) == (0, f"{tried_out.slug}: nothing changed\n")
    folder.change(lambda company: company.update(name="Linden Strom"))
    await folders.apply(deployment, folder.path)
    code, said = await twin(deployment, live.slug)
    assert (code, said.splitlines()[0]) == (0, f"{tried_out.slug}: profile")
    async with deployment.scopes.reading(tried_out):
        assert (await describing.profile()).name == "Linden Strom"


async def test_a_folder_applied_to_it_takes_the_mark_off_neither_there_nor_puts_one_on_a_live_company(
    deployment: Deployment, live: Tenant, folder: Folder
):
    tried_out = await made(deployment, live)
    folder.change(lambda company: company.update(legal_name="Linden Strom GmbH" + MARK + MARK))
    await folders.apply(deployment, folder.path)
    async with deployment.scopes.reading(live):
        assert (await describing.profile()).legal_name == "Linden Strom GmbH"
    folder.change(lambda company: company.update(slug=tried_out.slug, legal_name="Linden Strom GmbH"))
    await folders.apply(deployment, folder.path)
    async with deployment.scopes.reading(tried_out):
        assert (await describing.profile()).legal_name == "Linden Strom GmbH" + MARK


async def test_no_test_company_before_the_agreement_and_none_of_a_test_company(deployment: Deployment, folder: Folder):
    await folders.apply(deployment, folder.path)
    code, said = await twin(deployment, folder.slug, "--owner", ANNA)
    assert (code, "agreement" in said) == (1, True)
    with pytest.raises(UnknownTenant):
        await deployment.directory.by_slug(f"{folder.slug}-test")
    await served.agree(deployment, await folders.tenant_of(deployment, folder), at=clock.now())
    tried_out = await made(deployment, await folders.tenant_of(deployment, folder))
    code, said = await twin(deployment, tried_out.slug)
    assert (code, "is one itself" in said) == (1, True)


async def test_its_name_is_its_companys_and_no_new_company_may_take_such_a_name(
    deployment: Deployment, live: Tenant, company: Tenant, folder: Folder
):
    code, said = await twin(deployment, live.slug, "--owner", ANNA, "--as", company.slug)
    assert (code, said) == (1, f"“{company.slug}” is taken.\n")
    called = f"probe-{uuid4().hex[:8]}"
    code, said = await twin(deployment, live.slug, "--owner", ANNA, "--as", called)
    assert (code, (await deployment.directory.twin_of(live.id)).slug) == (0, called)
    folder.slug = f"{folder.slug}-test"
    folder.change(lambda described: described.update(slug=folder.slug))
    with pytest.raises(Exception, match="slug_of_twin"):
        await folders.apply(deployment, folder.path)


async def test_it_goes_with_its_company_and_one_certificate_names_both(
    deployment: Deployment, live: Tenant, tmp_path: Path
):
    tried_out = await made(deployment, live)
    owner = await staffing.enrolled(deployment, live)
    async with deployment.scopes.inside(live):
        await leaving.ask(at_once=True, by=owner.member, code=owner.code(), at=clock.now())
    words = (
        "erase",
        live.slug,
        "--now",
        "--yes",
        "--no-archive",
        "was tried out",
        "--certificate",
        str(tmp_path / "c"),
    )
    code, said = await shell.told(deployment.settings, "tenant", *words)
    assert code == 0, said
    for slug in (live.slug, tried_out.slug):
        with pytest.raises(UnknownTenant):
            await deployment.directory.by_slug(slug)
    (file,) = (tmp_path / "c").glob("*.json")
    certified = json.loads(file.read_text("utf-8"))
    assert (certified["slug"], certified["twin"]["slug"]) == (live.slug, tried_out.slug)
    assert certified["twin"]["rows"]["staff_member"] == 1
    owners = await servers.connect_owner(deployment.server)
    try:
        schemas = [live.schema_name, tried_out.schema_name]
        assert await owners.fetch("SELECT FROM pg_roles WHERE rolname = ANY($1)", schemas) == []
        assert await owners.fetch("SELECT FROM pg_namespace WHERE nspname = ANY($1)", schemas) == []
    finally:
        await owners.close()


async def test_it_neither_moves_nor_gets_an_archive_and_is_no_company_of_the_operators_figures(
    deployment: Deployment, live: Tenant, tmp_path: Path
):
    async with office.reading(deployment) as desk:
        before = await watching.totals(desk)
    tried_out = await made(deployment, live)
    key = elsewhere.recipient(tmp_path)
    for command in ("archive", "move-out"):
        words = (command, tried_out.slug, str(tmp_path / "twin.age"), "--recipient", key)
        code, said = await shell.told(deployment.settings, "tenant", *words)
        assert (code, "made anew" in said) == (1, True), said
    assert not (tmp_path / "twin.age").exists()
    assert (await deployment.directory.by_slug(tried_out.slug)).is_open
    async with office.reading(deployment) as desk:
        assert await watching.totals(desk) == before
        assert [each.slug for each in (await watching.page(desk, text=live.slug)).rows] == [live.slug]
        assert (await watching.find(desk, slug=live.slug)).twin == tried_out.slug
        assert (await watching.find(desk, slug=tried_out.slug)).twin_of == live.slug
