"""The commands by which a company leaves: asked for, stopped, archived, kept or erased, and certified."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest
from typer.testing import CliRunner

from leumund.audit import listing as auditing
from leumund.cli import app, noting
from leumund.kit import actors, clock
from leumund.operating import listing, office
from leumund.staff import leaving
from leumund.tenancy import directory
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import erasing, going
from tests import shell
from tests.conftest import NOON
from tests.journeys import elsewhere, staffing
from tests.journeys.staffing import Colleague


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke, name="Anna")


async def tenant(deployment: Deployment, *arguments: str) -> tuple[int, str]:
    return await shell.told(deployment.settings, "tenant", *arguments)


async def noted(deployment: Deployment, company: Tenant) -> list[str]:
    async with office.reading(deployment) as desk:
        return [entry.action for entry in reversed((await listing.page(desk, tenant=company.id)).rows)]


async def test_it_is_archived_stopped_and_kept_by_command(deployment: Deployment, birke: Tenant, tmp_path: Path):
    file = tmp_path / "birke.tar.age"
    sent = ("erase", birke.slug, "--yes", "--archive", str(file), "--recipient", elsewhere.recipient(tmp_path))
    code, said = await tenant(deployment, *sent)
    assert code == 0, said
    assert f"sha256 {sha256(file.read_bytes()).hexdigest()}" in said
    leave = await going.find(deployment.server, birke)
    assert leave is not None
    assert leave.archive_sha256 == sha256(file.read_bytes()).hexdigest()
    assert (leave.due_at - leave.asked_at).days == 30
    assert (await tenant(deployment, "erase", "--due"))[0] == 0
    assert (await deployment.directory.by_slug(birke.slug)).state == "leaving"
    assert await tenant(deployment, "keep", birke.slug) == (0, f"{birke.slug}: stays, and is open\n")
    assert await noted(deployment, birke) == ["company.archived", "company.leaving", "company.kept"]


@pytest.mark.parametrize("command", ["archive", "move-out", "erase"])
async def test_a_company_reads_in_its_own_log_that_all_of_it_was_archived(
    deployment: Deployment, birke: Tenant, command: str, tmp_path: Path
):
    file, key = str(tmp_path / "birke.tar.age"), elsewhere.recipient(tmp_path)
    arguments = ("--yes", "--archive", file) if command == "erase" else (file,)
    code, said = await tenant(deployment, command, birke.slug, *arguments, "--recipient", key)
    assert code == 0, said
    async with deployment.scopes.reading(birke):
        newest = (await auditing.page()).rows[0]
    assert (newest.actor, newest.action) == (actors.COMMAND_LINE, "company.archived")
    assert newest.detail == {"recipients": [key]}


@pytest.mark.parametrize("wrong", ["recipient", "file", "folder"])
async def test_a_slip_of_the_pen_takes_no_company_from_the_net(
    deployment: Deployment, birke: Tenant, wrong: str, tmp_path: Path
):
    key = "age1nobody" if wrong == "recipient" else elsewhere.recipient(tmp_path)
    file = {"file": tmp_path, "folder": tmp_path / "none" / "birke"}.get(wrong, tmp_path / "birke")
    for command in (("erase", birke.slug, "--yes", "--archive", str(file)), ("move-out", birke.slug, str(file))):
        code, said = await tenant(deployment, *command, "--recipient", key)
        assert code == 1, said
        assert (await deployment.directory.by_slug(birke.slug)).state == "open"
    assert await noted(deployment, birke) == []


async def test_at_once_is_the_owners_to_say(deployment: Deployment, birke: Tenant, anna: Colleague, tmp_path: Path):
    now = ("erase", birke.slug, "--yes", "--no-archive", "they have one", "--now", "--certificate", str(tmp_path))
    code, said = await tenant(deployment, *now)
    assert (code, "when its owner has said so" in said) == (1, True)
    async with deployment.scopes.inside(birke):
        assert await leaving.ask(at_once=False, by=anna.member, code=anna.code(), at=clock.now())
    assert (await tenant(deployment, *now))[0] == 1, "with the time to turn back is not at once"
    async with deployment.scopes.inside(birke):
        assert await leaving.ask(at_once=True, by=anna.member, code=anna.code(steps_ahead=1), at=clock.now())
    assert (await deployment.directory.by_slug(birke.slug)).is_open
    code, said = await tenant(deployment, *now)
    assert code == 0, said
    with pytest.raises(directory.UnknownTenant):
        await deployment.directory.by_slug(birke.slug)
    certified(tmp_path, birke, by=f"owner:{anna.member}")
    assert await noted(deployment, birke) == ["company.leaving", "company.erased"]


def certified(folder: Path, company: Tenant, *, by: str) -> None:
    data, page = sorted(folder.glob(f"{company.slug}-*"))
    told = json.loads(data.read_text())
    assert (told["slug"], told["schema"], told["asked_by"]) == (company.slug, company.schema_name, by)
    # Read, since a whole second is written without its zeros.
    offline, erased = (datetime.fromisoformat(told[name]) for name in ("taken_offline_at", "erased_at"))
    assert offline <= erased
    assert told["unarchived_reason"] == "they have one"
    assert told["rows"]["staff_member"] == 1
    assert told["masters"] == [company.keys[0].master]
    assert len(pypdf.PdfReader(page).pages) == 1, "one page"


async def test_whoever_was_killed_before_the_certificate_was_written_has_it_written_next_time(
    deployment: Deployment, birke: Tenant, tmp_path: Path
):
    await going.begin(deployment.server, birke, asked_by="owner:x", at=NOON, due_at=NOON, note=noting.note)
    await going.unarchived(deployment.server, birke, reason="they have one")
    await erasing.erase(deployment.server, birke, at=NOON)
    for _ in range(2):
        code, said = await tenant(deployment, "erase", "--due", "--certificate", str(tmp_path))
        assert code == 0, said
    assert len(list(tmp_path.glob(f"{birke.slug}-*"))) == 2  # noqa: ASYNC240 - what was written
    assert await noted(deployment, birke) == ["company.leaving", "company.erased"]


def test_a_wish_that_is_not_clear_is_not_begun():
    for wrong in (
        ("erase",),
        ("erase", "birke", "--due", "--yes"),
        ("erase", "birke", "--yes", "--no-archive", "x", "--grace-days", "0"),
        ("erase", "birke", "--no-archive", "nobody typed the name"),
        ("move-out", "birke", "file"),
    ):
        assert CliRunner().invoke(app, ["tenant", *wrong]).exit_code != 0, wrong


async def test_without_an_archive_and_without_a_reason_nobody_is_sent_away(deployment: Deployment, birke: Tenant):
    code, said = await tenant(deployment, "erase", birke.slug, "--yes")
    assert (code, "--no-archive" in said) == (1, True)
    assert (await tenant(deployment, "keep", birke.slug))[0] == 1
    assert (await deployment.directory.by_slug(birke.slug)).is_open
    assert await noted(deployment, birke) == []


async def test_a_company_moves_by_command(deployment: Deployment, there: Deployment, birke: Tenant, tmp_path: Path):
    key, file = tmp_path / "key", tmp_path / "birke.tar.age"
    code, recipient = await tenant(deployment, "archive-key", str(key))
    assert (code, key.stat().st_mode & 0o777) == (0, 0o600)
    code, said = await tenant(deployment, "move-out", birke.slug, str(file), "--recipient", "age1nobody")
    assert (code, "a recipient is what archive-key prints" in said) == (1, True)
    assert (await deployment.directory.by_slug(birke.slug)).is_open, "what could not be archived stays"
    code, said = await tenant(deployment, "move-out", birke.slug, str(file), "--recipient", recipient.strip())
    assert code == 0, said
    assert (await deployment.directory.by_slug(birke.slug)).is_moving
    code, said = await tenant(there, "import", str(file), "--key", str(key))
    assert (code, f"served at {birke.host}" in said) == (0, True)
    assert (await tenant(there, "import", str(file), "--key", str(key)))[0] == 1
    code, said = await tenant(there, "import", str(tmp_path / "nothing"), "--key", str(key))
    assert (code, "nothing: No such file or directory" in said) == (1, True)
    assert (await tenant(deployment, "move-back", birke.slug))[0] == 0
    assert (await deployment.directory.by_slug(birke.slug)).is_open
    assert await noted(deployment, birke) == ["company.archived", "company.moving", "company.moved_back"]
    assert await noted(there, birke) == ["company.imported"]
