"""The ``leumund`` command, as somebody at a shell meets it: clear lines, honest exit codes, no secret of its own."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from leumund.cli.examining import around
from leumund.demo import claiming, staging
from leumund.demo.mailbox import Mailbox
from leumund.kit import environment, outbox
from leumund.tenancy import migrating
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import shell
from tests.conftest import NOON

PASSWORD = "vier Wolken tragen Kastanien"


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path) as opened:
        yield opened


@pytest.fixture
def variables(deployment: Deployment) -> dict[str, str]:
    """The settings of the tests' deployment, as a shell would export them."""
    return staging.environment_of(deployment.settings)


async def test_without_settings_each_that_is_missing_is_named_and_none_has_a_default():
    ran = await shell.called("serve")
    assert ran.exit_code == 1
    assert ran.stdout == ""
    assert sorted(ran.stderr.splitlines()) == [
        "LEUMUND_BASE_DOMAIN: is not set",
        "LEUMUND_MASTER_KEY_FILE: either this or LEUMUND_MASTER_KEYS must be set, and not both",
        "LEUMUND_SECRET_KEY: is not set",
        "LEUMUND_SMTP_URL: is not set",
    ]


async def test_every_wrong_setting_is_named_at_once_and_no_secret_is_repeated(variables: dict[str, str]):
    wrong = {
        "LEUMUND_SECRET_KEY": "short-and-secret",
        "LEUMUND_BASE_DOMAIN": "https://leumund.example",
        "LEUMUND_SMTP_URL": "http://user:hidden@mail",
        "LEUMUND_DATABASE_URL": "mysql://user:hidden@host/db",
        "LEUMUND_TRUSTED_PROXIES": "0.0.0.0/0",
        "LEUMUND_WEB_PROCESSES": "many",
        "LEUMUND_LISTEN_PORT": "99999",
        "LEUMUND_PUBLIC_SCHEME": "ftp",
        "LEUMUND_TRUSTED_PROXY": "10.0.0.1",
    }
    ran = await shell.called("work", **variables | wrong)
    assert ran.exit_code == 1
    assert {line.partition(":")[0] for line in ran.stderr.splitlines()} == wrong.keys()
    assert "LEUMUND_TRUSTED_PROXY: is no setting, is LEUMUND_TRUSTED_PROXIES meant?" in ran.stderr
    assert "hidden" not in ran.stderr
    assert "short-and-secret" not in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody:wrong@127.0.0.1:1/leumund", "cannot be reached"),
        ("postgresql://nobody:wrong@/leumund?host=/nowhere", "cannot be reached"),
        ("{}_elsewhere", "no database by the name"),
        ("wrong", "refuses the login"),
    ],
)
async def test_a_database_that_will_not_do_is_said_in_a_sentence(variables: dict[str, str], url: str, said: str):
    right = variables["LEUMUND_DATABASE_URL"]
    password = right.partition("//")[2].partition(":")[2].partition("@")[0]
    given = right.replace(password, "wrong") if url == "wrong" else url
    if "{}" in url:
        address, question, query = right.partition("?")
        given = url.format(address) + question + query
    ran = await shell.called("migrate", **variables | {"LEUMUND_DATABASE_URL": given})
    assert ran.exit_code == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert password not in ran.stderr


async def test_migrating_what_is_migrated_changes_nothing(variables: dict[str, str]):
    ran = await shell.called("migrate", **variables)
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout == f"companies stand at version {migrating.latest()}\n"


async def test_an_operator_is_made_once_with_a_good_password_and_can_be_reset(variables: dict[str, str]):
    email = f"olga-{uuid4().hex[:8]}@leumund.example"
    weak = await shell.called("operator", "create", email, typed="password1234\n", **variables)
    assert (weak.exit_code, weak.stdout) == (1, "")
    assert "easy to guess" in weak.stderr

    made = await shell.called("operator", "create", email, typed=PASSWORD + "\n", **variables)
    assert made.exit_code == 0, made.stderr
    assert re.search(r"otpauth://totp/\S+secret=[A-Z2-7]{32}", made.stdout)
    assert PASSWORD not in made.stdout

    again = await shell.called("operator", "create", email, typed=PASSWORD + "\n", **variables)
    assert (again.exit_code, again.stdout) == (1, "")
    assert email in again.stderr

    reset = await shell.called("operator", "create", email, "--reset", typed=PASSWORD + "\n", **variables)
    assert reset.exit_code == 0, reset.stderr
    assert reset.stdout != made.stdout


@pytest.mark.parametrize("group", ["customers", "surveys"])
async def test_a_file_that_is_not_there_is_said_to_be_missing(
    variables: dict[str, str], linden: Tenant, tmp_path: Path, group: str
):
    for path in (tmp_path / "nowhere.csv", tmp_path):
        ran = await shell.called(group, "import", linden.slug, str(path), **variables)
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert "Invalid value for" in ran.stderr
        assert "Traceback" not in ran.stderr


async def test_companies_are_listed_with_state_version_schema_and_host(variables: dict[str, str], linden: Tenant):
    listed = await shell.called("tenant", "list", **variables)
    assert listed.exit_code == 0
    line = rf"^{linden.slug} +open +version {linden.version} +{linden.schema_name} {linden.host}$"
    assert re.search(line, listed.stdout, re.MULTILINE)


async def test_dead_letters_are_listed_and_sent_again(
    variables: dict[str, str], deployment: Deployment, company: Tenant
):
    async with deployment.scopes.inside(company):
        await outbox.enqueue(kind="test.deed", subject=uuid4(), due_at=NOON.replace(year=2020))
    owner = await servers.connect_owner(deployment.server)
    try:
        job = await owner.fetchval(
            "UPDATE outbox.job SET state = 'dead', attempts = 8, fault = 'SMTPConnectError' "
            "WHERE company_role = $1 RETURNING id",
            company.schema_name,
        )
        listed = await shell.called("jobs", "list", "--company", company.slug, **variables)
        assert listed.exit_code == 0, listed.stderr
        assert re.search(rf"^{job}  {company.slug}  test.deed  8 attempts  SMTPConnectError  ", listed.stdout)
        assert listed.stdout.endswith("\n1 dead\n")

        replayed = await shell.called("jobs", "replay", str(job), **variables)
        assert (replayed.exit_code, replayed.stdout) == (0, "1 waiting again\n")
        row = await owner.fetchrow("SELECT state, attempts FROM outbox.job WHERE id = $1", job)
        assert tuple(row) == ("waiting", 0)
        assert (
            await owner.fetchval("SELECT actor FROM platform.operator_entry WHERE subject = $1", job) == "operator:cli"
        )
        unknown = await shell.called("jobs", "replay", str(job), **variables)
        assert (unknown.exit_code, unknown.stderr) == (1, f"There is no dead job {job}.\n")
        await owner.execute("DELETE FROM outbox.job WHERE id = $1", job)
    finally:
        await owner.close()


async def test_the_doctor_finds_a_good_house_good(variables: dict[str, str], mailbox: Mailbox):
    ran = await shell.called("doctor", **variables | {"LEUMUND_SMTP_URL": mailbox.url, "LEUMUND_PUBLIC_SCHEME": "http"})
    assert ran.exit_code == 0, ran.stdout
    for area in ("settings", "database", "owner", "roles", "fences", "migrations", "jobs", "mail"):
        assert re.search(rf"^ok    {area}: ", ran.stdout, re.MULTILINE), ran.stdout
    assert re.search(r"^warn  settings: LEUMUND_PUBLIC_SCHEME is http", ran.stdout, re.MULTILINE)
    assert variables["LEUMUND_SECRET_KEY"] not in ran.stdout


@pytest.mark.parametrize("embedded", [True, False])
async def test_the_doctor_tells_whose_server_it_looked_at(
    variables: dict[str, str], embedded: bool, monkeypatch: pytest.MonkeyPatch
):
    server = servers.parse(variables["LEUMUND_DATABASE_URL"])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    looked_at = environment.read()
    if embedded:
        monkeypatch.delenv("LEUMUND_DATABASE_URL")
    said = [finding.words for finding in await around.settings(server, looked_at)]
    assert ("LEUMUND_DATABASE_URL = (set)" in said) is not embedded
    told = f"LEUMUND_DATABASE_URL is not set: the embedded server in {looked_at.data}"
    assert (told in said) is embedded


async def test_the_doctor_names_what_is_wrong_and_looks_at_the_rest(variables: dict[str, str]):
    other = {"LEUMUND_SECRET_KEY": "another secret than the one the roles were made with"}
    ran = await shell.called("doctor", **variables | other)
    assert ran.exit_code == 1
    (told,) = re.findall(r"^.*run leumund migrate.*$", ran.stdout, re.MULTILINE)
    assert re.match(r"FAIL  roles: ", told), "one cause is told once"
    assert told.endswith("(until then not looked at: fences, way, migrations, keys, jobs, operators)")
    assert "keys: " not in ran.stdout
    assert re.search(r"^FAIL  mail: ", ran.stdout, re.MULTILINE)
    assert re.search(r"^ok    database: PostgreSQL ", ran.stdout, re.MULTILINE)
    assert "Traceback" not in ran.stderr


async def test_the_doctor_says_once_that_there_is_no_database_and_looks_at_the_mails(
    variables: dict[str, str], mailbox: Mailbox
):
    nowhere = {"LEUMUND_DATABASE_URL": "postgresql://leumund:x@127.0.0.1:1/leumund", "LEUMUND_SMTP_URL": mailbox.url}
    ran = await shell.called("doctor", **variables | nowhere)
    assert ran.exit_code == 1
    told = [line for line in ran.stdout.splitlines() if " settings: " not in line]
    assert len(told) == 2, ran.stdout
    assert re.match(r"FAIL  database: ConnectionRefusedError: .*not looked at: owner, roles, fences, ", told[0])
    assert re.match("ok    mail: ", told[1])


async def test_a_second_demo_leaves_the_running_one_alone(tmp_path: Path):
    data = tmp_path / "demo"
    with claiming.claimed(data):
        data.mkdir()
        (data / "kept").touch()
        ran = await shell.called("demo", "--once", "--data", str(data))
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr == f"a demo is running in {data} already: stop it first, or give another folder with --data\n"
    assert (data / "kept").exists()
