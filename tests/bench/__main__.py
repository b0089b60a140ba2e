"""``make bench``: what the hot paths cost, each beside the least the same machine could do in the same run."""

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from leumund.customers.intake import importing
from leumund.demo import staging
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests import served
from tests.bench import (
    asking,
    booking,
    converting,
    figures,
    fleet,
    following,
    gating,
    linking,
    paying,
    planning,
    rights,
    scoring,
    segmenting,
    serving,
    soaking,
)

Section = Callable[[Stage, Tenant], Awaitable[None]]

# The sink for mails tells each handshake.
logging.getLogger("mail.log").setLevel(logging.WARNING)
_SOAKED_SECONDS = 60
_COMPANIES = 50
_CUSTOMERS = 100_000


def main() -> None:
    sections = {
        "landing": _landing,
        "redirects": following.measure,
        "creation": _creation,
        "import": _import,
        "rights": rights.measure,
        "fleet": fleet.measure,
        "gate": gating.measure,
        "asking": asking.measure,
        "figures": figures.measure,
        "scoring": scoring.measure,
        "segments": segmenting.measure,
        "occasions": planning.measure,
        "conversions": converting.measure,
        "books": booking.measure,
        "payouts": paying.measure,
    }
    asked = sys.argv[1:] or [*sections, "soak"]
    for name in asked:
        # Each on a server of its own, so that none slows the next.
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_soak(Path(folder)) if name == "soak" else _bench(Path(folder), sections[name]))


async def _bench(folder: Path, section: Section) -> None:
    async with staging.prepared(folder) as stage:
        await section(stage, await served.brand(stage.deployment, "linden"))


async def _landing(stage: Stage, linden: Tenant) -> None:
    async with stage.deployment.scopes.inside(linden):
        code = await linking.a_code(at=clock.now())
    with serving.served(stage) as web:
        hello = await asyncio.to_thread(serving.rate, web, linden.host, "/hello")
        landing = await asyncio.to_thread(serving.rate, web, linden.host, f"/r/{code}/welcome")
    print(f"landing by share link: {landing:,.0f} requests/s, bare hello {hello:,.0f}, ratio {landing / hello:.3f}")


async def _creation(stage: Stage, _: Tenant) -> None:
    begun = time.perf_counter()
    for number in range(_COMPANIES):
        slug = f"bench-{number}"
        await served.made(stage.deployment.server, stage.deployment.settings, slug=slug, name=slug)
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
        begun, worked = time.perf_counter(), time.process_time()
        report = await importing.import_rows(rows, source="bench", actor="system:bench", dry_run=False, at=at)
        imported, worked = time.perf_counter() - begun, time.process_time() - worked
    assert report.created == _CUSTOMERS, report
    copied = await _bare_copy(stage, linden, at)
    print(
        f"customers imported: {_CUSTOMERS / imported:,.0f}/s, bare COPY of the same rows {_CUSTOMERS / copied:,.0f}/s, "
        f"ratio {copied / imported:.3f}; "
        f"{1e6 * worked / _CUSTOMERS:.0f} µs of this process's own time a row"
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


if __name__ == "__main__":
    main()
