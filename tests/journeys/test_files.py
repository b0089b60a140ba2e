"""A company is its folder: applied twice it stays, written back it is the same, and a wrong one changes nothing."""

import asyncio
import shutil
import sys
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import tomlkit

from leumund.company import describing
from leumund.consent import confirming, publishing, requesting
from leumund.consent import reading as consents
from leumund.demo import staging
from leumund.files import exporting, opening, reading
from leumund.files.faults import Faulty
from leumund.kit import clock, ground, places
from leumund.kit.settings import Settings
from leumund.programs import offering
from leumund.tenancy import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant
from tests.rooms import whole

SLUGS = ("linden", "birke", "airport")
NOTHING = [opening.NOTHING]
Rows = dict[str, list[str]]


class Folder:
    """A company's folder in a place of its own, under a slug nobody had before."""

    def __init__(self, at: Path, of: str) -> None:
        self.slug = f"{of}-{uuid4().hex[:8]}"
        self.path = Path(shutil.copytree(places.tenants() / of, at / self.slug))

    def change(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Write company.toml anew after ``change``."""
        file = self.path / "company.toml"
        company = tomllib.loads(file.read_text("utf-8"))
        change(company)
        file.write_text(tomlkit.dumps(company), "utf-8")

    def spoil(self) -> None:
        """Put three faults in, each into another place."""
        self.change(lambda company: company.update(country="Germany"))
        self.change(lambda company: company["program"].update(hold_days=-1))
        (self.path / "texts" / "terms.en.md").unlink()


THREE = {
    ("company.toml", "country", "Germany is no ISO 3166-1 code such as DE"),
    ("company.toml", "program.hold_days", "Expected `int` >= 0"),
    ("texts/terms.en.md", "file", "is missing"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "linden")


@pytest.fixture
def rows(deployment: Deployment) -> Callable[[Folder], Awaitable[Rows]]:
    """Every row of a company, of the directory and of the outbox, by table."""

    async def all_rows(folder: Folder) -> Rows:
        owner = await servers.connect_owner(deployment.server)
        try:
            schemas = await owner.fetch("SELECT schema_name FROM platform.tenant WHERE slug = $1", folder.slug)
            tables = await owner.fetch(
                "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = ANY($1)",
                ["platform", "outbox", *(row["schema_name"] for row in schemas)],
            )
            said = {}
            for table in tables:
                found = await owner.fetch(f"SELECT t::text AS said FROM {table['name']} t")
                said[table["name"]] = sorted(row["said"] for row in found)
            return said
        finally:
            await owner.close()

    return all_rows


async def faults(deployment: Deployment, folder: Folder) -> set[tuple[str, str, str]]:
    with pytest.raises(Faulty) as raised:
        await opening.apply(deployment, folder.path)
    return {(fault.file, fault.key, fault.reason) for fault in raised.value.faults}


async def tenant_of(deployment: Deployment, folder: Folder) -> Tenant:
    return await deployment.directory.by_slug(folder.slug)


async def exported(deployment: Deployment, folder: Folder, to: Path) -> Path:
    """The company written back, under the same slug."""
    tenant = await tenant_of(deployment, folder)
    hosts = await deployment.directory.hosts(tenant.id)
    async with deployment.scopes.reading(tenant):
        await exporting.export(to / folder.slug, hosts=[host for host in hosts if host != tenant.host])
    return to / folder.slug


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_folder_applied_twice_changes_nothing_the_second_time(
    deployment: Deployment, tmp_path: Path, slug: str, rows: Callable[[Folder], Awaitable[Rows]]
):
    folder = Folder(tmp_path, slug)
    assert (await opening.apply(deployment, folder.path))[0] == "opened"
    before = await rows(folder)
    assert await opening.apply(deployment, folder.path) == NOTHING
    assert await rows(folder) == before
    assert (await tenant_of(deployment, folder)).is_open


@pytest.mark.parametrize("slug", SLUGS)
async def test_what_is_written_back_is_the_same_and_changes_nothing(deployment: Deployment, tmp_path: Path, slug: str):
    folder = Folder(tmp_path, slug)
    folder.change(lambda company: company.update(hosts=[f"z.{folder.slug}.example", f"a.{folder.slug}.example"]))
    await opening.apply(deployment, folder.path)
    back = await exported(deployment, folder, tmp_path / "back")
    assert reading.read(back) == reading.read(folder.path)
    for file in [*folder.path.glob("texts/*.md"), folder.path / "logo.svg"]:
        assert (back / file.relative_to(folder.path)).read_bytes() == file.read_bytes()
    assert {path.name for path in back.glob("texts/*")} == {path.name for path in folder.path.glob("texts/*")}
    assert await opening.apply(deployment, back) == NOTHING
    # Written over itself it is the same once more.
    again = await exported(deployment, folder, tmp_path / "back")
    assert reading.read(again) == reading.read(folder.path)


async def test_each_change_is_named_and_made(deployment: Deployment, folder: Folder):
    await opening.apply(deployment, folder.path)

    def change(company: dict[str, Any]) -> None:
        company["name"] = "Linden Strom"
        company["hosts"] = [f"freunde.{folder.slug}.example"]
        company["program"]["budget_cents"] = 1
        company["program"]["rewards"][0]["cents"] = 7_500
        company["survey"]["texts"]["de"]["followup"] = "Warum?"

    folder.change(change)
    terms = folder.path / "texts" / "terms.de.md"
    terms.write_text(terms.read_text("utf-8") + "\nNeu.\n", "utf-8")
    assert await opening.apply(deployment, folder.path) == [
        "profile",
        "text terms.de",
        "survey",
        "program: budget_cents",
        "program: rule for advocate",
        "name",
        "hosts",
    ]
    tenant = await tenant_of(deployment, folder)
    assert tenant.name == "Linden Strom"
    assert await deployment.directory.hosts(tenant.id) == [tenant.host, f"freunde.{folder.slug}.example"]
    async with deployment.scopes.reading(tenant):
        assert (await describing.profile()).name == "Linden Strom"
        assert (await publishing.current(kind="terms", language="de")).version == 2
        noted = await ground.fetch("SELECT actor FROM audit_entry WHERE action = 'company.applied'")
    assert [row["actor"] for row in noted] == ["operator:cli", "operator:cli"]
    assert await opening.apply(deployment, folder.path) == NOTHING


async def test_three_faults_are_named_and_change_nothing(
    deployment: Deployment, folder: Folder, rows: Callable[[Folder], Awaitable[Rows]]
):
    await opening.apply(deployment, folder.path)
    before = await rows(folder)
    folder.change(lambda company: company.update(name="Somebody Else"))
    folder.spoil()
    assert await faults(deployment, folder) == THREE
    assert await rows(folder) == before


async def test_the_command_names_three_faults_and_leaves_no_company(settings: Settings, folder: Folder):
    folder.spoil()
    code, said = await command(settings, "tenant", "apply", str(folder.path))
    assert code == 1
    assert set(said.splitlines()) == {": ".join(fault) for fault in THREE}
    assert folder.slug not in (await command(settings, "tenant", "list"))[1]


async def test_the_commands_apply_write_back_and_apply_again(settings: Settings, folder: Folder, tmp_path: Path):
    code, said = await command(settings, "tenant", "apply", str(folder.path))
    assert (code, said.splitlines()[0]) == (0, f"{folder.slug}: opened")
    back = tmp_path / "back" / folder.slug
    assert (await command(settings, "tenant", "export", folder.slug, str(back)))[0] == 0
    assert await command(settings, "tenant", "apply", str(back)) == (0, f"{folder.slug}: nothing changed\n")
    (back / "texts" / "mine.md").write_text("Not the company's.")
    code, said = await command(settings, "tenant", "export", folder.slug, str(back))
    assert (code, "texts/mine.md" in said) == (1, True)


async def test_past_answers_come_in_by_command_once(settings: Settings, tmp_path: Path):
    airport = Folder(tmp_path, "airport")
    assert (await command(settings, "tenant", "apply", str(airport.path)))[0] == 0
    guests = [airport.slug, str(airport.path / "guests.csv"), "--blank", "11", "--answered-on", "2017-05-15"]
    columns = [word for pair in ("ref=RESPNUM", "score=NETPRO", "weight=WEIGHT") for word in ("--column", pair)]
    for new, before in ((2746, 0), (0, 2746)):
        said = f"{airport.slug}: {new} new, {before} here before, 85 without a mark, 0 refused\n"
        assert await command(settings, "surveys", "import", *guests, *columns) == (0, said)


async def test_a_host_of_another_company_is_refused_before_anything_is_opened(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    mine = f"shop.{folder.slug}.example"
    folder.change(lambda company: company.update(hosts=[mine]))
    await opening.apply(deployment, folder.path)
    mallory = Folder(tmp_path, "birke")
    mallory.change(lambda company: company.update(hosts=["ok.example", mine]))
    assert await faults(deployment, mallory) == {("company.toml", "hosts[2]", f"{mine} is another company's")}
    with pytest.raises(UnknownTenant):
        await tenant_of(deployment, mallory)


@pytest.mark.parametrize("host", ["{base}", "www.{base}", "{other}.{base}", "a.{slug}.{base}", "{slug}.{base}"])
async def test_hosts_under_the_base_domain_are_not_a_companys_to_name(
    deployment: Deployment, folder: Folder, linden: Tenant, host: str
):
    base = deployment.settings.base_domain
    asked = host.format(base=base, slug=folder.slug, other=linden.slug)
    folder.change(lambda company: company.update(hosts=[asked]))
    assert {(file, key) for file, key, _ in await faults(deployment, folder)} == {("company.toml", "hosts[1]")}
    with pytest.raises(UnknownTenant):
        await tenant_of(deployment, folder)


async def test_faults_of_the_folder_and_of_the_deployment_are_told_together(deployment: Deployment, folder: Folder):
    folder.change(lambda company: company.update(hosts=[deployment.settings.base_domain]))
    folder.spoil()
    found = await faults(deployment, folder)
    assert found > THREE
    assert {key for _, key, _ in found - THREE} == {"hosts[1]"}


async def test_a_fault_half_way_leaves_no_new_company_behind(
    deployment: Deployment, folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    async def fail(**_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(offering, "offer", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        await opening.apply(deployment, folder.path)
    with pytest.raises(UnknownTenant):
        await tenant_of(deployment, folder)
    monkeypatch.undo()
    assert (await opening.apply(deployment, folder.path))[0] == "opened"


async def test_a_fault_half_way_leaves_an_open_company_as_it_was(
    deployment: Deployment,
    folder: Folder,
    rows: Callable[[Folder], Awaitable[Rows]],
    monkeypatch: pytest.MonkeyPatch,
):
    await opening.apply(deployment, folder.path)
    before = await rows(folder)
    folder.change(lambda company: company.update(name="Linden Strom", hosts=[f"x.{folder.slug}.example"]))

    async def fail(**_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(offering, "offer", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        await opening.apply(deployment, folder.path)
    assert await rows(folder) == before


async def test_a_closed_company_is_not_changed(deployment: Deployment, folder: Folder):
    await opening.apply(deployment, folder.path)
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute("UPDATE platform.tenant SET state = 'closed' WHERE slug = $1", folder.slug)
    finally:
        await owner.close()
    assert await faults(deployment, folder) == {
        (folder.slug, "folder", "the company is closed; open it first"),
    }


async def test_a_purpose_taken_out_is_not_asked_for_and_stays_withdrawable(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    await opening.apply(deployment, folder.path)
    tenant = await tenant_of(deployment, folder)
    at = clock.now()
    async with deployment.scopes.inside(tenant):
        anna = await whole.person("anna@people.example", at=at)
        bert = await whole.person("bert@people.example", at=at, name="Bert")
        request = await requesting.request(
            customer=anna,
            email="anna@people.example",
            purposes=[("recommendation", True)],
            language="de",
            source="test",
            at=at,
        )
        await confirming.confirm(request=request, at=at)

    folder.change(lambda company: company["consents"].pop("recommendation"))
    for lang in ("de", "en"):
        (folder.path / "texts" / f"consent-recommendation.{lang}.md").rename(tmp_path / lang)
    retired = [f"text consent-recommendation.{lang} retired" for lang in ("de", "en")]
    assert await opening.apply(deployment, folder.path) == retired
    assert await opening.apply(deployment, folder.path) == NOTHING
    async with deployment.scopes.reading(tenant):
        asked = {text.purpose for text in await publishing.all_current() if text.kind == "consent"}
        annas = {each.purpose: each.given for each in await consents.standing(customer=anna, language="de")}
        berts = {each.purpose for each in await consents.standing(customer=bert, language="de")}
    assert asked == berts == {"survey"}
    assert annas == {"survey": [], "recommendation": ["email"]}
    assert reading.read(await exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)

    folder.change(lambda company: company["consents"].update(recommendation={"channels": ["email"]}))
    for lang in ("de", "en"):
        (tmp_path / lang).rename(folder.path / "texts" / f"consent-recommendation.{lang}.md")
    assert await opening.apply(deployment, folder.path) == [
        "text consent-recommendation.de",
        "text consent-recommendation.en",
    ]


async def test_a_language_taken_out_is_gone_from_what_is_written_back(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    await opening.apply(deployment, folder.path)

    def without_english(company: dict[str, Any]) -> None:
        company["languages"] = ["de"]
        for area in ("survey", "program"):
            del company[area]["texts"]["en"]

    folder.change(without_english)
    for text in folder.path.glob("texts/*.en.md"):
        text.unlink()
    await opening.apply(deployment, folder.path)
    assert reading.read(await exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)
    assert await opening.apply(deployment, folder.path) == NOTHING


async def test_a_program_under_another_key_ends_the_one_before(deployment: Deployment, folder: Folder, tmp_path: Path):
    await opening.apply(deployment, folder.path)
    folder.change(lambda company: company["program"].update(key="nachbarn"))
    assert await opening.apply(deployment, folder.path) == ["program: program", "program freunde ended"]
    assert await opening.apply(deployment, folder.path) == NOTHING
    async with deployment.scopes.reading(await tenant_of(deployment, folder)):
        assert (await offering.current()).key == "nachbarn"
        assert {offer.key: offer.state for offer in await offering.all_offers()} == {
            "freunde": "ended",
            "nachbarn": "live",
        }
    assert reading.read(await exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)


async def command(settings: Settings, *words: str) -> tuple[int, str]:
    """Run ``leumund`` as a process of its own; its exit code and all it said."""
    environment = staging.environment_of(settings.model_copy(update={"public_port": 443}))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "leumund.cli",
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()
