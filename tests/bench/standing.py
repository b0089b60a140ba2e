"""What a fleet's size does to one company: how long a page takes, and what many active ones hold."""

import asyncio
import time
from pathlib import Path

import httpx
import msgspec

from leumund.demo.staging import Stage
from leumund.files import reading
from leumund.kit import clock, places
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests import served
from tests.bench import linking, serving
from tests.bench.serving import Web

_ACTIVE = 200
_ROUNDS = 3
_CALLERS = 32
_APPLIED_AT_ONCE = 4
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename LIKE 't\\_%' AND datname = current_database()"


async def page(stage: Stage, linden: Tenant, code: str, *, companies: int) -> None:
    """Print what the landing page of one company takes while there are ``companies``."""
    with serving.served(stage) as web:
        half, nearly_all = await asyncio.to_thread(serving.waits, web, linden.host, f"/r/{code}/welcome")
    print(f"landing page at {companies:,} companies: p50 {half:.1f} ms, p99 {nearly_all:.1f} ms", flush=True)


async def active(stage: Stage, slugs: list[str]) -> None:
    """Print what server and web hold while each of 200 companies is asked for its landing page again and again."""
    paths = await _landing_pages(stage, slugs[:_ACTIVE])
    with serving.served(stage) as web:
        before = _web_mib(web)
        begun = time.perf_counter()
        await _ask(web, paths * _ROUNDS)
        rate = len(paths) * _ROUNDS / (time.perf_counter() - begun)
        owner = await servers.connect_owner(stage.deployment.server)
        backends = [row["pid"] for row in await owner.fetch(_BACKENDS)]
        await owner.close()
        print(
            f"{len(paths)} companies active at once: {rate:.0f} pages/s, {len(backends)} connections of "
            f"{stage.deployment.settings.connections}, they hold {_mib(backends):.0f} MiB, "
            f"the web {_web_mib(web):.0f} MiB ({before:.0f} before)",
            flush=True,
        )


async def _landing_pages(stage: Stage, slugs: list[str]) -> list[tuple[str, str]]:
    """Host and path of one page of each company, which is made like Linden first."""
    plain = reading.read(places.tenants() / "linden")
    gate = asyncio.Semaphore(_APPLIED_AT_ONCE)

    async def one(slug: str) -> tuple[str, str]:
        async with gate:
            company = msgspec.structs.replace(plain.company, slug=slug, hosts=[])
            tenant = await served.described(stage.deployment, msgspec.structs.replace(plain, company=company))
            async with stage.deployment.scopes.inside(tenant):
                return tenant.host, f"/r/{await linking.a_code(at=clock.now())}/welcome"

    return await asyncio.gather(*(one(slug) for slug in slugs))


async def _ask(web: Web, pages: list[tuple[str, str]]) -> None:
    gate = asyncio.Semaphore(_CALLERS)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=60) as client:

        async def one(host: str, path: str) -> None:
            async with gate:
                answer = await client.get(path, headers={"host": host})
                assert answer.status_code == 200, (host, answer.status_code)

        await asyncio.gather(*(one(*page) for page in pages))


def _web_mib(web: Web) -> float:
    """Of all processes in the web's group."""
    of_group = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.read_text().rpartition(")")[2].split()[2] == str(web.group)
    ]
    return _mib(of_group)


def _mib(processes: list[int]) -> float:
    """What they hold, shared pages by their share (PSS), in MiB."""
    kib = 0
    for process in processes:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        kib += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib / 1024
