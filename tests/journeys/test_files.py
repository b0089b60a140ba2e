"""A company is its folder: applied twice it stays, written back it is the same, and a wrong one changes nothing."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from leumund.audit import listing as audit
from leumund.company import describing
from leumund.consent.texts import publishing
from leumund.files import exporting, reading
from leumund.kit import clock, language
from leumund.kit.settings import Settings
from leumund.messages.tables import Message
from leumund.messages.words import writing
from leumund.operating import listing, office
from leumund.programs import publishing as programs
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant
from leumund.theming import themes
from tests import proofs, served, shell
from tests.journeys import folders
from tests.journeys.folders import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "linden")


@pytest.mark.parametrize("slug", folders.SLUGS)
async def test_a_folder_applied_twice_changes_nothing_the_second_time(
    deployment: Deployment,
    tmp_path: Path,
    slug: str,
):
    folder = Folder(tmp_path, slug)
    assert (await folders.apply(deployment, folder.path))[0] == "opened"
    before = await folders.rows_of(deployment, folder)
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    assert await folders.rows_of(deployment, folder) == before
    assert (await folders.tenant_of(deployment, folder)).is_open


@pytest.mark.parametrize("slug", folders.SLUGS)
async def test_what_is_written_back_is_the_same_and_changes_nothing(deployment: Deployment, tmp_path: Path, slug: str):
    folder = Folder(tmp_path, slug)
    folder.change(lambda company: company.update(hosts=[f"z.{folder.slug}.example", f"a.{folder.slug}.example"]))
    await folders.apply(deployment, folder.path)
    back = await folders.exported(deployment, folder, tmp_path / "back")
    assert reading.read(back) == reading.read(folder.path)
    for file in [*folder.path.glob("texts/*.md"), folder.path / "logo.svg"]:
        assert (back / file.relative_to(folder.path)).read_bytes() == file.read_bytes()
    assert {path.name for path in back.glob("texts/*")} == {path.name for path in folder.path.glob("texts/*")}
    assert await folders.apply(deployment, back) == folders.NOTHING
    # Written over itself it is the same once more.
    again = await folders.exported(deployment, folder, tmp_path / "back")
    assert reading.read(again) == reading.read(folder.path)


async def test_a_company_is_not_written_over_another_one(deployment: Deployment, folder: Folder, tmp_path: Path):
    await folders.apply(deployment, folder.path)
    other = Folder(tmp_path / "other", "linden")
    other.path.rename(tmp_path / "exp")
    before = {path: path.read_bytes() for path in (tmp_path / "exp").rglob("*") if path.is_file()}
    with pytest.raises(exporting.NotWritten, match="another company's"):
        await folders.exported(deployment, folder, tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "exp").rglob("*") if path.is_file()} == before


async def test_each_change_is_named_and_made(deployment: Deployment, folder: Folder):
    await folders.apply(deployment, folder.path)

    def change(company: dict[str, Any]) -> None:
        company["name"] = "Linden Strom"
        company["hosts"] = [f"freunde.{folder.slug}.example"]
        company["program"]["budget_cents"] = 1
        company["program"]["rewards"][0]["cents"] = 7_500
        company["survey"]["texts"]["de"]["followup"] = "Warum?"

    folder.change(change)
    terms = folder.path / "texts" / "terms.de.md"
    terms.write_text(terms.read_text("utf-8") + "\nNeu.\n", "utf-8")
    assert await folders.apply(deployment, folder.path) == [
        "profile",
        "text terms.de",
        "survey",
        "program: budget_cents",
        "program: rule for advocate",
        "name",
        "hosts",
    ]
    tenant = await folders.tenant_of(deployment, folder)
    assert tenant.name == "Linden Strom"
    assert await deployment.directory.hosts(tenant.id) == [tenant.host], (
        "a domain of its own is served once it is proven"
    )
    async with deployment.scopes.reading(tenant):
        assert (await describing.profile()).name == "Linden Strom"
        assert (await publishing.current(kind="terms", language="de")).version == 2
        noted = [entry for entry in (await audit.page()).rows if entry.action == "company.applied"]
    assert [entry.actor for entry in noted] == ["operator:cli", "operator:cli"]
    assert noted[0].changes["company"][1] == "Linden Strom"
    assert noted[1].changes == {}, "what was there before it was opened is nothing"
    assert await folders.apply(deployment, folder.path) == folders.NOTHING


async def test_three_faults_are_named_and_change_nothing(
    deployment: Deployment,
    folder: Folder,
):
    await folders.apply(deployment, folder.path)
    before = await folders.rows_of(deployment, folder)
    folder.change(lambda company: company.update(name="Somebody Else"))
    folder.spoil()
    assert await folders.faults(deployment, folder) == folders.THREE
    assert await folders.rows_of(deployment, folder) == before


async def test_the_command_names_three_faults_and_leaves_no_company(settings: Settings, folder: Folder):
    folder.spoil()
    code, said = await shell.told(settings, "tenant", "apply", str(folder.path))
    assert code == 1
    assert set(said.splitlines()) == {": ".join(fault) for fault in folders.THREE}
    assert folder.slug not in (await shell.told(settings, "tenant", "list"))[1]


async def test_of_several_folders_each_is_applied_or_told_by_its_name(
    deployment: Deployment, settings: Settings, folder: Folder, tmp_path: Path
):
    other = folder.path.parent / "wrong"
    shutil.copytree(folder.path, other)
    (other / "company.toml").write_text("slug = 1")
    code, said = await shell.told(settings, "tenant", "apply", str(other), str(folder.path), "--jobs", "2")
    assert code == 1
    assert f"{folder.slug}: opened\n" in said
    assert "wrong: company.toml: slug: " in said
    assert (await folders.tenant_of(deployment, folder)).is_open


async def test_the_commands_apply_write_back_and_apply_again(
    deployment: Deployment, settings: Settings, folder: Folder, tmp_path: Path
):
    code, said = await shell.told(settings, "tenant", "apply", str(folder.path))
    assert (code, said.splitlines()[0]) == (0, f"{folder.slug}: opened")
    # What it is called is no name: it stays the same company.
    back = tmp_path / "exp"
    assert (await shell.told(settings, "tenant", "export", folder.slug, str(back)))[0] == 0
    assert await shell.told(settings, "tenant", "apply", str(back)) == (0, f"{folder.slug}: nothing changed\n")
    assert not re.search(r"^exp ", (await shell.told(settings, "tenant", "list"))[1], re.MULTILINE)
    (back / "texts" / "mine.md").write_text("Not the company's.")
    code, said = await shell.told(settings, "tenant", "export", folder.slug, str(back))
    assert (code, "texts/mine.md" in said) == (1, True)


async def test_what_commands_do_to_a_company_stands_in_the_operators_log(
    deployment: Deployment, settings: Settings, folder: Folder
):
    for _ in range(2):
        assert (await shell.told(settings, "tenant", "apply", str(folder.path)))[0] == 0
    tenant = await deployment.directory.by_slug(folder.slug)
    folder.change(lambda company: company.update(time_zone="Europe/Vienna"))
    for command in (("apply", str(folder.path)), ("erase", folder.slug, "--yes", "--no-archive", "a test")):
        code, said = await shell.told(settings, "tenant", *command)
        assert code == 0, said
    async with office.reading(deployment) as desk:
        noted = (await listing.page(desk, tenant=tenant.id)).rows
    assert [each.action for each in reversed(noted)] == ["company.created", "company.applied", "company.leaving"]
    assert {(each.actor, each.slug) for each in noted} == {("operator:cli", folder.slug)}


async def test_past_answers_come_in_by_command_once(deployment: Deployment, settings: Settings, tmp_path: Path):
    airport = Folder(tmp_path, "airport")
    assert (await shell.told(settings, "tenant", "apply", str(airport.path)))[0] == 0
    await served.agree(deployment, await folders.tenant_of(deployment, airport), at=clock.now())
    guests = [airport.slug, str(airport.path / "guests.csv"), "--blank", "11", "--answered-on", "2017-05-15"]
    columns = [word for pair in ("ref=RESPNUM", "score=NETPRO", "weight=WEIGHT") for word in ("--column", pair)]
    for new, before in ((2746, 0), (0, 2746)):
        said = f"{airport.slug}: {new} new, {before} here before, 85 without a mark, 0 refused\n"
        assert await shell.told(settings, "surveys", "import", *guests, *columns) == (0, said)


async def test_a_host_of_another_company_is_refused_before_anything_is_opened(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    mine = f"shop.{folder.slug}.example"
    folder.change(lambda company: company.update(hosts=[mine]))
    await folders.apply(deployment, folder.path)
    await proofs.prove_all(deployment, await folders.tenant_of(deployment, folder))
    assert await folders.apply(deployment, folder.path) == folders.NOTHING, "what is proven stays so"
    mallory = Folder(tmp_path, "birke")
    mallory.change(lambda company: company.update(hosts=["ok.example", mine]))
    refused = f"{mine}: {language.text('errors.domains.taken', 'en')}"
    assert await folders.faults(deployment, mallory) == {("company.toml", "hosts[2]", refused)}
    with pytest.raises(UnknownTenant):
        await folders.tenant_of(deployment, mallory)


@pytest.mark.parametrize("host", ["{base}", "www.{base}", "{other}.{base}", "a.{slug}.{base}", "{slug}.{base}"])
async def test_hosts_under_the_base_domain_are_not_a_companys_to_name(
    deployment: Deployment, folder: Folder, linden: Tenant, host: str
):
    base = deployment.settings.base_domain
    asked = host.format(base=base, slug=folder.slug, other=linden.slug)
    folder.change(lambda company: company.update(hosts=[asked]))
    assert {(file, key) for file, key, _ in await folders.faults(deployment, folder)} == {("company.toml", "hosts[1]")}
    with pytest.raises(UnknownTenant):
        await folders.tenant_of(deployment, folder)


@pytest.mark.parametrize(("slug", "named"), [("linden-told", {"hosts[1]"}), ("Linden", {"slug", "hosts[1]"})])
async def test_faults_of_the_folder_and_of_the_deployment_are_told_together(
    deployment: Deployment, folder: Folder, slug: str, named: set[str]
):
    folder.change(lambda company: company.update(hosts=[deployment.settings.base_domain], slug=slug))
    folder.spoil()
    found = await folders.faults(deployment, folder)
    assert found > folders.THREE
    assert {key for _, key, _ in found - folders.THREE} == named


async def test_a_fault_half_way_leaves_no_new_company_behind(
    deployment: Deployment, folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    async def fail(**_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(programs, "publish", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        await folders.apply(deployment, folder.path)
    with pytest.raises(UnknownTenant):
        await folders.tenant_of(deployment, folder)
    monkeypatch.undo()
    assert (await folders.apply(deployment, folder.path))[0] == "opened"


async def test_a_fault_half_way_leaves_an_open_company_as_it_was(
    deployment: Deployment,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
):
    await folders.apply(deployment, folder.path)
    before = await folders.rows_of(deployment, folder)
    folder.change(lambda company: company.update(name="Linden Strom", hosts=[f"x.{folder.slug}.example"]))

    async def fail(**_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(programs, "publish", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        await folders.apply(deployment, folder.path)
    assert await folders.rows_of(deployment, folder) == before


async def test_two_who_apply_one_company_at_once_come_one_after_the_other(deployment: Deployment, folder: Folder):
    await folders.apply(deployment, folder.path)
    terms = folder.path / "texts" / "terms.de.md"
    for number in range(3):
        hosts, budget = [f"freunde{number}.{folder.slug}.example"], {"budget_cents": 1_000 + number}
        folder.change(lambda company, hosts=hosts: company.update(hosts=hosts))
        folder.change(lambda company, budget=budget: company["program"].update(budget))
        terms.write_text(f"{terms.read_text('utf-8')}\nNeu {number}.\n", "utf-8")
        done = await asyncio.gather(*(folders.apply(deployment, folder.path) for _ in range(3)))
        assert sorted(done, key=len) == [
            folders.NOTHING,
            folders.NOTHING,
            ["text terms.de", "program: budget_cents", "hosts"],
        ]


async def test_whoever_tunes_nothing_mails_in_the_themes_colours_and_is_written_back_without(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    folder.change(lambda company: company.update(theme={"name": "hearth", "tokens": {"color-accent": "#f0b04b"}}))
    await folders.apply(deployment, folder.path)
    message = Message(kind="portal_login", subject_id=uuid4(), language="de", message_id="<1@linden.example>")
    async with deployment.scopes.reading(await folders.tenant_of(deployment, folder)):
        mail = await writing.write(message=message, to="anna@people.example", name="", at=clock.now())
    html = mail.mail.get_body(("html",))
    assert html is not None
    hearth = themes.find("hearth").tokens
    assert {hearth["color-brand"], hearth["color-paper"]} <= set(re.findall(r"#[0-9a-f]{6}", html.get_content()))
    assert reading.read(await folders.exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)


async def test_a_closed_company_is_not_changed(deployment: Deployment, folder: Folder):
    await folders.apply(deployment, folder.path)
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute("UPDATE platform.tenant SET state = 'closed' WHERE slug = $1", folder.slug)
    finally:
        await owner.close()
    assert await folders.faults(deployment, folder) == {
        ("company.toml", "slug", f"{folder.slug} is closed; open it first"),
    }
