"""``make bench``: what the hot paths cost, each beside the least the same machine could do in the same run."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leumund.customers import importing
from leumund.demo import processes, staging
from leumund.demo.staging import Stage
from leumund.files import opening, reading
from leumund.kit import clock, places
from leumund.tenancy import provisioning
from leumund.tenancy import server as servers
from leumund.tenancy.directory import Tenant
from tests.bench import linking, soaking

_SECONDS = 5
_SOAKED_SECONDS = 60
_COMPANIES = 50
_CUSTOMERS = 100_000
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_bench(Path(folder)))
        asyncio.run(_soak(Path(folder) / "soaked"))


async def _bench(folder: Path) -> None:
    async with staging.prepared(folder) as stage:
        await opening.apply_folder(stage.deployment, reading.read(places.tenants() / "linden"))
        linden = await stage.deployment.directory.by_slug("linden")
        await _landing(stage, linden)
        await _creation(stage)
        await _import(stage, linden)


async def _landing(stage: Stage, linden: Tenant) -> None:
    async with stage.deployment.scopes.inside(linden):
        code = await linking.a_code(at=clock.now())
    with _served(stage) as port:
        hello = await asyncio.to_thread(_rate, port, linden.host, "/hello")
        landing = await asyncio.to_thread(_rate, port, linden.host, f"/r/{code}")
    print(f"landing by share link: {landing:,.0f} requests/s, bare hello {hello:,.0f}, ratio {landing / hello:.3f}")


async def _creation(stage: Stage) -> None:
    begun = time.perf_counter()
    for number in range(_COMPANIES):
        slug = f"bench-{number}"
        await provisioning.open_company(stage.deployment.server, stage.deployment.settings, slug=slug, name=slug)
    seconds = time.perf_counter() - begun
    print(f"companies opened: {_COMPANIES / seconds:.1f}/s, {1000 * seconds / _COMPANIES:.0f} ms each")


async def _import(stage: Stage, linden: Tenant) -> None:
    at = clock.now()
    rows = [
        {
            "external_id": f"B{number}",
            "email": f"person{number}@people.example",
            "given_name": f"Given{number % 977}",
            "family_name": f"Family{number % 1999}",
            "country": "DE",
            "phone": f"+4930{1_000_000 + number}",
        }
        for number in range(_CUSTOMERS)
    ]
    async with stage.deployment.scopes.inside(linden):
        begun = time.perf_counter()
        report = await importing.import_rows(rows, source="bench", actor="system:bench", dry_run=False, at=at)
        imported = time.perf_counter() - begun
    assert report.created == _CUSTOMERS, report
    copied = await _bare_copy(stage, linden, at)
    print(
        f"customers imported: {_CUSTOMERS / imported:,.0f}/s, bare COPY of the same rows {_CUSTOMERS / copied:,.0f}/s, "
        f"ratio {copied / imported:.3f}"
    )


async def _bare_copy(stage: Stage, linden: Tenant, at: object) -> float:
    """The same rows into a copy of the same table, indexes and checks included, with nothing looked at."""
    owner = await servers.connect_owner(stage.deployment.server)
    try:
        await owner.execute(f"SET search_path = {linden.schema_name}; CREATE TABLE bare (LIKE customer INCLUDING ALL)")
        records = await owner.fetch("SELECT * FROM customer WHERE source = 'bench'")
        begun = time.perf_counter()
        async with owner.transaction():
            await owner.copy_records_to_table("bare", records=records)
        return time.perf_counter() - begun
    finally:
        await owner.close()


async def _soak(folder: Path) -> None:
    soaked = await soaking.soak(folder, companies=20, callers=200, seconds=_SOAKED_SECONDS)
    assert not soaked.foreign, soaked.foreign
    print(
        f"soaked for {soaked.seconds:.0f} s by 200 callers of 20 companies, 2 web processes, 2 workers, one killed: "
        f"{soaked.answers.total():,} answers, {soaked.mails} mails, {len(soaked.foreign)} foreign markers, "
        f"{len(soaked.faults)} faults, {soaked.most_connections} connections at most of {soaked.ceiling}"
    )


@contextmanager
def _served(stage: Stage) -> Iterator[int]:
    port = processes.free_port()
    environment = {**os.environ, **staging.environment_of(stage.deployment.settings)}
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1", "--no-ws", "--port", str(port)]
    command += ["--workers-kill-timeout", "5", "tests.bench.application:app"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True) as web:
        try:
            processes.wait_for_port(web, port)
            yield port
        finally:
            web.terminate()
            try:
                web.wait(20)
            except subprocess.TimeoutExpired:
                # Its figures are read by now; what hangs on must not hold up the next measurement.
                os.killpg(web.pid, signal.SIGKILL)


def _rate(port: int, host: str, path: str) -> float:
    command = ["wrk", "-t1", "-c32", f"-d{_SECONDS}s", "-H", f"Host: {host}", f"http://127.0.0.1:{port}{path}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Non-2xx" not in ran.stdout, ran.stdout
    found = _RATE.search(ran.stdout)
    assert found is not None, ran.stdout
    return float(found[1])


if __name__ == "__main__":
    main()
