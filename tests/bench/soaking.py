"""A minute of many callers of many companies at two web processes and two workers, one of which dies and comes again.

Every company has a marker of its own in its name, its mails and its customers. Whatever anybody is answered or sent may
hold the marker of the company asked, and none other.
"""

import asyncio
import re
import shutil
import signal
import subprocess
import tomllib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path
from secrets import token_hex
from time import perf_counter
from typing import NamedTuple

import asyncpg
import httpx
import tomlkit

from leumund.demo import mailbox, processes, staging
from leumund.demo.staging import Stage
from leumund.files import reading
from leumund.kit import clock, places
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests import served
from tests.bench import linking
from tests.journeys import people

# Each process's ceiling, with room for all companies at once, two connections each.
CONNECTIONS, PER_COMPANY = 40, 2
# What a process holds besides: directory, operators, claiming and listening; see leumund doctor.
BESIDE = 12
_WEBS, _WORKERS = 2, 2
_MAILS_A_COMPANY = 4
_MARK = re.compile(r"mk[0-9a-f]{12}")


class House(NamedTuple):
    """One company, and what its callers know of it."""

    tenant: Tenant
    mark: str
    code: str
    key: str


class Soaked(NamedTuple):
    """What came of it; ``faults`` are answers no caller caused, ``foreign`` what held another company's marker."""

    seconds: float
    answers: Counter[int]
    faults: list[str]
    foreign: list[str]
    mails: int
    most_connections: int

    @property
    def ceiling(self) -> int:
        return (_WEBS + _WORKERS) * (CONNECTIONS + BESIDE)


class Run:
    """What has been asked and seen so far."""

    def __init__(self, houses: list[House], webs: list[str]) -> None:
        self.houses, self.webs = houses, webs
        self.answers, self.faults, self.foreign = Counter[int](), list[str](), list[str]()
        self.most_connections = 0
        self.over = asyncio.Event()

    def look(self, mark: str, text: str, where: str) -> None:
        """Keep what holds a marker that is not ``mark``."""
        if others := set(_MARK.findall(text)) - {mark}:
            self.foreign.append(f"{where}: {sorted(others)}")


async def soak(folder: Path, *, companies: int, callers: int, seconds: float) -> Soaked:
    """Let ``callers`` ask for ``seconds``; everything is prepared in ``folder`` before and taken down after."""
    async with staging.prepared(folder) as stage, AsyncExitStack() as stack:
        houses = await asyncio.gather(*(_house(stage, folder / "houses") for _ in range(companies)))
        environment = {
            **staging.environment_of(stage.deployment.settings),
            "LEUMUND_WEB_PROCESSES": "1",
            "LEUMUND_CONNECTIONS": str(CONNECTIONS),
            "LEUMUND_CONNECTIONS_PER_COMPANY": str(PER_COMPANY),
        }
        run = Run(houses, [])
        for _ in range(_MAILS_A_COMPANY):
            await _write(run, stage)
        run.webs += await asyncio.gather(*(stack.enter_async_context(_web(environment, folder)) for _ in range(_WEBS)))
        watched = asyncio.create_task(_watch(run, stage))
        begun = perf_counter()
        # One client for all callers: making one takes as long as many requests.
        client = await stack.enter_async_context(httpx.AsyncClient(limits=httpx.Limits(), timeout=120))
        asking = [asyncio.create_task(_ask(run, client, number)) for number in range(callers)]
        async with _worker(environment, folder) as dying, _worker(environment, folder):
            await _killed(stage, dying)
            await stack.enter_async_context(_worker(environment, folder))
            await asyncio.sleep(max(0.0, seconds - (perf_counter() - begun)))
            run.over.set()
            await asyncio.gather(*asking, watched)
            took = perf_counter() - begun
            async with asyncio.timeout(120):
                while stage.mailbox.count < _MAILS_A_COMPANY * len(houses):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        _read_mails(run, stage)
        return Soaked(took, run.answers, run.faults, run.foreign, stage.mailbox.count, run.most_connections)


async def _house(stage: Stage, folder: Path) -> House:
    mark = f"mk{token_hex(6)}"
    path = Path(shutil.copytree(places.tenants() / "linden", folder / mark))
    company = tomllib.loads((path / "company.toml").read_text("utf-8"))
    company.update(slug=mark, name=f"Linden {mark}")
    company["sender"]["name"] = f"Linden {mark}"
    (path / "company.toml").write_text(tomlkit.dumps(company), "utf-8")
    tenant = await served.described(stage.deployment, reading.read(path))
    async with stage.deployment.scopes.inside(tenant):
        code = await linking.a_code(at=clock.now())
    return House(tenant, mark, code, await people.api_key(stage.deployment, tenant))


@asynccontextmanager
async def _web(environment: dict[str, str], folder: Path) -> AsyncIterator[str]:
    port = processes.free_port()
    own = {**environment, "LEUMUND_LISTEN_PORT": str(port)}
    with processes.started("serve", own, log_path=str(folder / f"web-{port}.log")) as web:
        await asyncio.to_thread(processes.wait_for_port, web, port)
        yield f"http://127.0.0.1:{port}"


async def _ask(run: Run, client: httpx.AsyncClient, number: int) -> None:
    """One caller of one company, at each web process in turn, until it is over."""
    mine, other = run.houses[number % len(run.houses)], run.houses[(number + 1) % len(run.houses)]
    for web in cycle(run.webs):
        if run.over.is_set():
            return
        await _round(run, client, web, mine, other)


async def _round(run: Run, client: httpx.AsyncClient, web: str, mine: House, other: House) -> None:
    """What a company's friends and its shop ask for, and what its neighbour's keys and codes must not open."""

    async def ask(wanted: int, method: str, path: str, *, key: str = "", body: object = None) -> httpx.Response | None:
        keyed = {"authorization": f"Bearer {key}", "idempotency-key": token_hex(8)} if key else {}
        headers = {"host": mine.tenant.host, **keyed}
        return await _one(
            run, mine, wanted, client.build_request(method, web + path, json=body, headers=headers), client
        )

    await ask(302, "GET", f"/r/{mine.code}")
    await ask(200, "GET", f"/r/{mine.code}/welcome")
    await ask(404, "GET", f"/r/{other.code}")
    anna = {"email": f"{token_hex(4)}@{mine.mark}.example", "given_name": mine.mark}
    told = await ask(201, "POST", "/api/v1/customers", key=mine.key, body=anna)
    if told is not None and told.status_code == 201:
        path = f"/api/v1/customers/{told.json()['id']}"
        read = await ask(200, "GET", path, key=mine.key)
        assert read is None or mine.mark in read.text, "the marker is there to be seen"
        await ask(401, "GET", path, key=other.key)


async def _one(
    run: Run, mine: House, wanted: int, request: httpx.Request, client: httpx.AsyncClient
) -> httpx.Response | None:
    where = f"{request.method} {request.url.path}"
    try:
        answer = await client.send(request)
    except httpx.HTTPError as fault:
        run.faults.append(f"{where}: {type(fault).__name__}")
        return None
    run.answers[answer.status_code] += 1
    if answer.status_code != wanted:
        run.faults.append(f"{where}: {answer.status_code} instead of {wanted}")
    run.look(mine.mark, answer.text, where)
    return answer


@asynccontextmanager
async def _worker(environment: dict[str, str], folder: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    with processes.started("work", environment, log_path=str(folder / "worker.log")) as worker:
        yield worker


async def _killed(stage: Stage, dying: subprocess.Popen[bytes]) -> None:
    """End a worker without a word as soon as mails go out."""
    async with asyncio.timeout(120):
        while not stage.mailbox.count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    dying.send_signal(signal.SIGKILL)
    await asyncio.to_thread(dying.wait)


async def _write(run: Run, stage: Stage) -> None:
    """One after the other: whoever prepares takes no more of this machine than it must."""
    for house in run.houses:
        await people.invited(stage, house.tenant, f"{token_hex(4)}@{house.mark}.example", language="de")


async def _watch(run: Run, stage: Stage) -> None:
    """The most connections the processes held at once; ours, who prepared and look on, are none of theirs."""
    owner = await servers.connect_owner(stage.deployment.server)
    try:
        ours = stage.deployment.pools
        while not run.over.is_set():
            run.most_connections = max(run.most_connections, await _connections(owner) - ours.connections())
            await asyncio.sleep(0.2)
    finally:
        await owner.close()


async def _connections(owner: asyncpg.Connection) -> int:
    return int(
        await owner.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename <> current_user"
        )
    )


def _read_mails(run: Run, stage: Stage) -> None:
    """Each mail speaks of the company whose customer it went to, and of no other."""
    for file in stage.mailbox.folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage), "the default policy makes these"
        (mark,) = set(_MARK.findall(str(mail["to"])))
        run.look(mark, "\n".join([*map(str, mail.values()), mailbox.text_of(mail)]), f"mail to {mail['to']}")
