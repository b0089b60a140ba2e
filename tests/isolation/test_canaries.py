"""What web and worker write down while one company is at work names nobody, opens nothing, and is its own alone."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from leumund.demo import processes, staging
from leumund.kit import clock, ground, outbox
from leumund.messages import sending
from leumund.messages.sending import Mail
from leumund.tenancy.deployment import Deployment
from tests.isolation import callers, tally
from tests.isolation.two_companies import Side

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
PHONE = re.compile(r"\+49[ 0-9]{6,}|\+?49301234567")
SECONDS = 120


@pytest.fixture
async def log(deployment: Deployment, owner: asyncpg.Connection, ours: Side, tmp_path: Path) -> str:
    """All that a web and a worker of their own wrote while Linden's people were busy, and nothing worked out."""
    await owner.execute("DELETE FROM outbox.job")
    await owner.execute(
        "INSERT INTO outbox.night SELECT id, current_date + 1 FROM platform.tenant "
        "ON CONFLICT (tenant) DO UPDATE SET night_date = excluded.night_date"
    )
    path, port = tmp_path / "processes.log", processes.free_port()
    settings = deployment.settings.model_copy(update={"listen_port": port, "web_processes": 1})
    environment = staging.environment_of(settings)
    with processes.running(environment, log_path=str(path)):
        await _be_busy(f"http://127.0.0.1:{port}", ours)
        await _have_mail_sent(deployment, ours)
        async with asyncio.timeout(SECONDS):
            # The processes' own file is all there is to wait for.
            while "job_failed" not in _read(path):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    await owner.execute("DELETE FROM outbox.job")
    await owner.execute("DELETE FROM outbox.night")
    return _read(path)


def _read(path: Path) -> str:
    return path.read_text("utf-8")


async def _be_busy(address: str, side: Side) -> None:
    """Pages, forms and calls with everything in them that must not be written down; some break off."""
    who = callers.of(side)
    everything = {"cookie": f"{who['owner']['cookie']}; {who['advocate']['cookie']}", **who["key"]}
    ours = {"host": side.tenant.host, "sec-fetch-site": "same-origin", **everything}
    words = {"email": side.words["email"], "password": side.marker, "code": "123456", "phone": "+49 30 1234567"}
    async with httpx.AsyncClient(base_url=address, headers=ours, timeout=120) as client:
        for token in side.signed.values():
            for page in ("s", "join", "confirm", "portal/enter", "unsubscribe", "console/enrol"):
                await client.get(f"/{page}/{token}")
        for path in ("/console/customers", "/console/referrals", "/api/v1/customers/none"):
            await client.get(path, params={"q": words["email"], "after": side.marker})
        for path in ("/console/login", "/portal/login", f"/r/{side.words['code']}/welcome", "/console/team"):
            await client.post(path, data=words)
            await client.post(path, content=b"\xff", headers={"content-type": "multipart/form-data; boundary=X"})
        for body in ({**words, "external_id": side.marker}, {"email": side.marker}, [words]):
            once = {"idempotency-key": uuid4().hex}
            await client.post("/api/v1/customers", content=json.dumps(body), headers=once)


async def _have_mail_sent(deployment: Deployment, side: Side) -> None:
    """A mail whose server is away, and a job nobody knows."""
    async with deployment.scopes.inside(side.tenant):
        way = (await ground.fetch("SELECT id, customer FROM customer_login LIMIT 1"))[0]
        mail = Mail(customer=way["customer"], subject_id=way["id"], language="de")
        await sending.queue_all(kind="portal_login", mails=[mail], at=clock.now())
        await outbox.enqueue(kind="test.unknown", subject=way["id"], due_at=clock.now())


def found(written: str, ours: Side, theirs: Side) -> Iterator[str]:
    """What in a log is of the other company, of a person, or would open something."""
    opening = [*ours.signed.values(), *ours.sessions.values(), ours.api_key, ours.words["code"]]
    for secret in (*theirs.secrets(), theirs.tenant.host, str(theirs.tenant.id)):
        yield from [f"theirs: {secret}"] if secret in written else []
    yield from [f"ours: {secret}" for secret in (*opening, ours.marker) if secret in written]
    yield from (f"address: {address}" for address in ADDRESS.findall(written))
    yield from (f"number: {number}" for number in PHONE.findall(written))


async def test_nothing_of_a_person_or_of_another_company_is_written_down(log: str, ours: Side, theirs: Side):
    assert list(found(log, ours, theirs)) == []
    assert ours.tenant.schema_name in log, "what happened is written down, by the company's opaque name"
    tally.note("logs", len(log.splitlines()))


@pytest.mark.parametrize("kind", ["marker", "email", "token", "phone", "other"])
async def test_each_of_these_would_be_found(ours: Side, theirs: Side, kind: str):
    """The negative control: one line of each kind."""
    line = {
        "marker": ours.marker,
        "email": "anna@people.example",
        "token": ours.signed["survey"],
        "phone": "+49301234567",
        "other": theirs.tenant.schema_name,
    }[kind]
    assert list(found(f'{{"event": "{line}"}}', ours, theirs)) != []
