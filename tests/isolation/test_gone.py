"""Whoever hangs up in the middle (of a query, of what they send, of what they are told) leaves nothing to anybody."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import asyncpg
import httpx

from leumund.demo import processes, staging
from leumund.tenancy.deployment import Deployment
from tests.isolation import callers, changes, tally
from tests.isolation.fleets import ROOT
from tests.isolation.two_companies import Side

_TIMES = 30
_HOLDING = "SELECT count(*) FROM pg_stat_activity WHERE usename = ANY($1) AND state LIKE 'idle in transaction%'"
_WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.usename = $1
"""
# What a process finds when it starts: a pool that lends to everybody what the first one left.
_PLANTED = """
from leumund.tenancy.database.pools import Pools

lent, left = Pools.connection, []

def handed_on(self, tenant):
    left.append(tenant)
    return lent(self, left[0])

Pools.connection = handed_on
"""
PAGE = "/console/customers"
# What an upload would have written.
_WRITTEN = ("customer", "idempotency")


class Web(NamedTuple):
    """A web process at a port of its own."""

    port: int

    async def ask(self, side: Side, path: str, headers: Mapping[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(timeout=120) as client:
            return await client.get(
                f"http://127.0.0.1:{self.port}{path}", headers={"host": side.tenant.host, **headers}
            )

    async def gone(self, side: Side, said: str, headers: Mapping[str, str], *, hears: int = 0) -> None:
        """Say ``said``, hear some bytes, and hang up."""
        hang_up(await self.say(side, said, headers, hears=hears))

    async def say(self, side: Side, said: str, headers: Mapping[str, str], *, hears: int = 0) -> asyncio.StreamWriter:
        """Begin a request: its first line, and after an empty one what there is of a body; and hear so many bytes."""
        first, _, body = said.partition("\n\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [first, f"host: {side.tenant.host}", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", body]).encode())
        await writer.drain()
        await reader.readexactly(hears)
        return writer


def hang_up(line: asyncio.StreamWriter) -> None:
    """Be gone with a reset, whatever was still to come."""
    line.transport.abort()


@asynccontextmanager
async def served(deployment: Deployment, folder: Path, *, planted: str = "") -> AsyncIterator[Web]:
    """The web as it is served; ``planted`` runs in it before anything else does."""
    port = processes.free_port()
    (folder / "sitecustomize.py").write_text(planted)
    settings = deployment.settings.model_copy(update={"listen_port": port, "web_processes": 1})
    environment = {**staging.environment_of(settings), "PYTHONPATH": f"{folder}:{ROOT / 'platform'}"}
    with processes.started("serve", environment, log_path=str(folder / "web.log")) as process:
        await asyncio.to_thread(processes.wait_for_port, process, port)
        yield Web(port)


def desk(side: Side) -> dict[str, str]:
    return callers.of(side)["owner"]


async def faults(web: Web, side: Side, other: Side, *, times: int) -> list[str]:
    """What is wrong with answers to ``side``, asked ``times`` at once."""
    found = []
    for answer in await asyncio.gather(*(web.ask(side, PAGE, desk(side)) for _ in range(times))):
        if answer.status_code != 200 or side.marker not in answer.text:
            found.append(f"{side.tenant.slug} is answered {answer.status_code}")
        found += [f"{side.tenant.slug} is told {secret}" for secret in other.secrets() if secret in answer.text]
    return found


async def none_left(owner: asyncpg.Connection, sql: str, *arguments: object) -> None:
    """Come back when ``sql`` counts nothing any more."""
    async with asyncio.timeout(120):
        while await owner.fetchval(sql, *arguments):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.02)


async def waiting(owner: asyncpg.Connection, side: Side, *, times: int) -> None:
    """Come back when ``times`` wait for a lock, and maybe somebody more who hung up just before."""
    async with asyncio.timeout(120):
        while await owner.fetchval(_WAITING, side.tenant.schema_name) < times:  # noqa: ASYNC110 - nor this
            await asyncio.sleep(0.02)


async def stuck(web: Web, owner: asyncpg.Connection, side: Side, *, times: int) -> None:
    """``times`` at once ask for a page whose rows are locked, and hang up while the server waits for them."""
    async with owner.transaction():
        await owner.execute(f"LOCK TABLE {side.tenant.schema_name}.customer IN ACCESS EXCLUSIVE MODE")
        lines = [await web.say(side, f"GET {PAGE} HTTP/1.1", desk(side)) for _ in range(times)]
        await waiting(owner, side, times=times)
        for line in lines:
            hang_up(line)
    await none_left(owner, _WAITING, side.tenant.schema_name)


async def many_are_gone(web: Web, owner: asyncpg.Connection, side: Side) -> None:
    """In every place one can be gone from."""
    key = callers.of(side)["key"] | {"content-type": "application/json"}
    for number in range(_TIMES):
        if number % 5 == 0:
            await stuck(web, owner, side, times=3)
        upload = f'POST /api/v1/customers HTTP/1.1\n\n{{"email": "gone-{number}@people.example", '
        await web.gone(side, upload, key | {"idempotency-key": f"gone {number}", "content-length": "5000"})
        await web.gone(side, f"GET {PAGE} HTTP/1.1", desk(side), hears=100)
        await web.gone(side, "GET /api/v1/openapi.json HTTP/1.1", key, hears=1000)
        tally.note("gone in the middle", 3)


async def test_whoever_hangs_up_leaves_nothing_to_whoever_comes_next(
    deployment: Deployment, owner: asyncpg.Connection, ours: Side, theirs: Side, tmp_path: Path
):
    before = [await changes.sums(owner, side.tenant) for side in (ours, theirs)]
    roles = [ours.tenant.schema_name, theirs.tenant.schema_name]
    async with served(deployment, tmp_path) as web:
        going = asyncio.create_task(many_are_gone(web, owner, ours))
        meanwhile = [await faults(web, theirs, ours, times=2)]
        while not going.done():
            meanwhile.append(await faults(web, theirs, ours, times=2))
        await going
        assert not (found := list(chain.from_iterable(meanwhile))), "\n".join(found)
        await none_left(owner, _HOLDING, roles)
        # All connections a company may have, at once: none is still lent to somebody who is gone.
        await stuck(web, owner, ours, times=deployment.settings.connections_per_company)
        both = [await faults(web, *sides, times=8) for sides in ((ours, theirs), (theirs, ours))]
        assert both == [[], []]
    after = [await changes.sums(owner, side.tenant) for side in (ours, theirs)]
    same = [(one[table], other[table]) for one, other in zip(before, after, strict=True) for table in _WRITTEN]
    assert all(one == other for one, other in same), "half a body is nothing"


async def test_a_pool_that_hands_on_what_somebody_left_is_seen(
    deployment: Deployment, ours: Side, theirs: Side, tmp_path: Path
):
    """The negative control."""
    async with served(deployment, tmp_path, planted=_PLANTED) as web:
        assert await faults(web, ours, theirs, times=1) == []
        assert await faults(web, theirs, ours, times=1)
