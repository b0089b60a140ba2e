"""The command that makes a company's test company: from its folder as it stands, and again with what changed."""

import json
import re
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest

from leumund.audit import listing as auditing
from leumund.company import agreeing, describing
from leumund.consent.texts import publishing
from leumund.files import exporting, reading
from leumund.kit import clock, ground
from leumund.operating import office, watching
from leumund.operating.watching import Totals
from leumund.staff import leaving, members
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant
from tests import served, shell
from tests.conftest import NOON
from tests.journeys import elsewhere, folders, staffing
from tests.journeys.folders import Folder

ANNA = "anna@linden.example"
MARK = " (Testbetrieb)"


class Made(NamedTuple):
    """The test company of ``live`` as the command made it, what it said, and the operator's totals around it."""

    twin: Tenant
    said: str
    before: Totals
    after: Totals


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """What ``live`` is applied from; a test that changes it applies it, so that the two stay alike."""
    return Folder(tmp_path_factory.mktemp("folder"), "linden")


@pytest.fixture(scope="module")
async def live(deployment: Deployment, folder: Folder) -> Tenant:
    return await opened(deployment, folder)


@pytest.fixture(scope="module")
async def made(deployment: Deployment, live: Tenant) -> Made:
    before = await totals(deployment)
    code, said = await twin(deployment, live.slug, "--owner", ANNA, "--name", "Anna")
    assert code == 0, said
    return Made(await deployment.directory.twin_of(live.id), said, before, await totals(deployment))


@pytest.fixture(scope="module")
async def new(deployment: Deployment) -> Tenant:
    """A company that has not accepted the agreement yet."""
    return await served.company(deployment, f"birke-{uuid4().hex[:8]}", name="Birke", at=NOON, agreed=False)


async def opened(deployment: Deployment, folder: Folder) -> Tenant:
    await folders.apply(deployment, folder.path)
    tenant = await folders.tenant_of(deployment, folder)
    await served.agree(deployment, tenant, at=clock.now())
    return tenant


async def totals(deployment: Deployment) -> Totals:
    async with office.reading(deployment) as desk:
        return await watching.totals(desk)


async def twin(deployment: Deployment, *words: str) -> tuple[int, str]:
    return await shell.told(deployment.settings, "tenant", "twin", *words)


async def test_it_is_made_from_the_folder_and_holds_nobody_and_no_key_of_the_companys(
    deployment: Deployment, live: Tenant, made: Made, folder: Folder, tmp_path: Path
):
    async with deployment.scopes.reading(live):
        legal_name, accepted = (await describing.profile()).legal_name, await agreeing.acceptances()
    tried_out = made.twin
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
    async with deployment.scopes.reading(tried_out):
        await exporting.export(tmp_path / "back", slug=tried_out.slug, hosts=[])
    back = reading.read(tmp_path / "back")
    assert back.company.legal_name == legal_name


async def test_the_printed_link_sets_up_an_account_there_and_none_in_the_live_company(
    deployment: Deployment, live: Tenant, made: Made, door: object
):
    (link,) = re.findall(r"https?://\S+/console/enrol/\S+", made.said)
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
    deployment: Deployment, live: Tenant, made: Made, folder: Folder
):
    tried_out = made.twin
    assert await twin(deployment, live.slug) == (0, f"{tried_out.slug}: nothing changed\n")
    folder.change(lambda company: company.update(name="Linden Strom"))
    await folders.apply(deployment, folder.path)
    code, said = await twin(deployment, live.slug)
    assert (code, said.splitlines()[0]) == (0, f"{tried_out.slug}: profile")
    async with deployment.scopes.reading(tried_out):
        assert (await describing.profile()).name == "Linden Strom"


async def test_a_folder_applied_to_it_takes_the_mark_off_neither_there_nor_puts_one_on_a_live_company(
    deployment: Deployment, live: Tenant, made: Made, folder: Folder
):
    folder.change(lambda company: company.update(legal_name="Linden Strom GmbH" + MARK + MARK))
    await folders.apply(deployment, folder.path)
    async with deployment.scopes.reading(live):
        assert (await describing.profile()).legal_name == "Linden Strom GmbH"
    folder.change(lambda company: company.update(slug=made.twin.slug, legal_name="Linden Strom GmbH"))
    await folders.apply(deployment, folder.path)
    folder.change(lambda company: company.update(slug=live.slug))
    async with deployment.scopes.reading(made.twin):
        assert (await describing.profile()).legal_name == "Linden Strom GmbH" + MARK


async def test_no_test_company_before_the_agreement_and_none_of_a_test_company(
    deployment: Deployment, new: Tenant, made: Made
):
    code, said = await twin(deployment, new.slug, "--owner", ANNA)
    assert (code, "agreement" in said) == (1, True)
    with pytest.raises(UnknownTenant):
        await deployment.directory.by_slug(f"{new.slug}-test")
    code, said = await twin(deployment, made.twin.slug)
    assert (code, "is one itself" in said) == (1, True)


async def test_the_list_of_companies_marks_it_and_says_whose_it_is(deployment: Deployment, live: Tenant, made: Made):
    code, said = await shell.told(deployment.settings, "tenant", "list")
    ends = {line.split()[0]: line.partition(".example")[2] for line in said.splitlines()}
    assert (code, ends[live.slug], ends[made.twin.slug]) == (0, "", f", test company of {live.slug}")


async def test_its_name_is_its_companys_and_no_new_company_may_take_such_a_name(
    deployment: Deployment, live: Tenant, new: Tenant, tmp_path: Path
):
    code, said = await twin(deployment, new.slug, "--owner", ANNA, "--as", live.slug)
    assert (code, said) == (1, f"“{live.slug}” is taken.\n")
    folder = Folder(tmp_path, "linden")
    folder.slug = f"{folder.slug}-test"
    folder.change(lambda described: described.update(slug=folder.slug))
    with pytest.raises(Exception, match="slug_of_twin"):
        await folders.apply(deployment, folder.path)


async def test_it_goes_with_its_company_and_one_certificate_names_both(deployment: Deployment, tmp_path: Path):
    live, called = await opened(deployment, Folder(tmp_path, "linden")), f"probe-{uuid4().hex[:8]}"
    code, said = await twin(deployment, live.slug, "--owner", ANNA, "--as", called)
    tried_out = await deployment.directory.twin_of(live.id)
    assert (code, tried_out.slug) == (0, called), said
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
    papers = [json.loads(file.read_text("utf-8")) for file in (tmp_path / "c").glob("*.json")]
    # Beside it lies what somebody who was killed in another test had still to write.
    (certified,) = [paper for paper in papers if paper["slug"] in (live.slug, tried_out.slug)]
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
    deployment: Deployment, live: Tenant, made: Made, tmp_path: Path
):
    tried_out = made.twin
    assert made.before == made.after
    key = elsewhere.recipient(tmp_path)
    for command in ("archive", "move-out"):
        words = (command, tried_out.slug, str(tmp_path / "twin.age"), "--recipient", key)
        code, said = await shell.told(deployment.settings, "tenant", *words)
        assert (code, "made anew" in said) == (1, True), said
    assert not (tmp_path / "twin.age").exists()
    assert (await deployment.directory.by_slug(tried_out.slug)).is_open
    async with office.reading(deployment) as desk:
        assert [each.slug for each in (await watching.page(desk, text=live.slug)).rows] == [live.slug]
        assert (await watching.find(desk, slug=live.slug)).twin == tried_out.slug
        assert (await watching.find(desk, slug=tried_out.slug)).twin_of == live.slug
