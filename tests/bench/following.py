"""A known link is followed and its click counted, beside a bare callable and an empty Litestar route of one server.

The route is asked alone, and as one of the house's own, which finds its company and carries what every answer does.
All are asked in turns, so that whatever else the machine does meanwhile troubles each of them; ratios are of medians.
What the web itself worked for an answer is told beside, since that is the same on a machine that is busy.
"""

import asyncio
import os
import re
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

from leumund.demo.staging import Stage
from leumund.files import reading
from leumund.kit import clock, ground, places
from leumund.tenancy.directory import Tenant
from tests import served
from tests.bench import linking, serving
from tests.bench.serving import Web

_COMPANIES = 100
# A hundred companies are clicked at once, so each keeps its connections; see the operator's page on how many those are.
_CONNECTIONS = {"LEUMUND_CONNECTIONS": "220", "LEUMUND_CONNECTIONS_PER_COMPANY": "2"}
_APPLIED_AT_ONCE = 4
_ROUNDS = 3
_SECONDS = 5
_CALLERS = 32
_DONE = re.compile(r"(\d+) requests in [\d.]+s")
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_COUNTED = (
    "SELECT coalesce(sum(clicks), 0)::int AS people, coalesce(sum(visitors), 0)::int AS visitors FROM click_count"
)
# What a phone says of itself, so that it is counted as somebody's.
_SCRIPT = """
local asked, n = {}, 0
init = function()
    for line in io.lines("%s") do
        local host, path = line:match("(%%S+) (%%S+)")
        local agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
        asked[#asked + 1] = wrk.format("GET", path, {["Host"] = host, ["User-Agent"] = agent})
    end
end
request = function() n = n %% #asked + 1; return asked[n] end
"""


class Link(NamedTuple):
    """A link of one company."""

    tenant: Tenant
    code: str

    @property
    def line(self) -> str:
        return f"{self.tenant.host} /r/{self.code}"


class Asked(NamedTuple):
    """How many answers there were, how many a second, and what the web worked for each."""

    answers: int
    rate: float
    worked_us: float


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print the ratios, what was counted, and what a worker holds."""
    links = await _links(stage, linden)
    lines = {
        "bare": [f"{linden.host} /hello"],
        "empty": [f"{linden.host} /empty"],
        "house": [f"{linden.host} /house"],
        "one": [links[0].line],
        "many": [link.line for link in links],
    }
    seen: dict[str, list[Asked]] = {name: [] for name in lines}
    answered = 0
    with serving.served(stage, **_CONNECTIONS) as web:
        for name in lines:
            answered += await _answered(web, name, lines[name])
        before = _held_mib(web)
        for _ in range(_ROUNDS):
            for name in lines:
                asked = await asyncio.to_thread(_ask, web, lines[name])
                seen[name].append(asked)
                answered += asked.answers if name in ("one", "many") else 0
        after = _held_mib(web)
    people, visitors = await _counted(stage, links)
    bare, empty, house, one, many = (median(each.rate for each in seen[name]) for name in lines)
    worked = ", ".join(f"{name} {median(each.worked_us for each in seen[name]):.0f}" for name in lines)
    print(
        f"links followed: {one:,.0f}/s of 1 company and {many:,.0f}/s of {len(links)} interleaved; bare callable "
        f"{bare:,.0f}, empty Litestar route {empty:,.0f}, the same among the house's {house:,.0f}: "
        f"{one / empty:.2f} and {many / empty:.2f} of the route, "
        f"{one / house:.2f} and {many / house:.2f} of the house's, "
        f"{one / bare:.2f} and {many / bare:.2f} of the callable; "
        f"a worker holds {after:.0f} MiB, {before:.0f} before"
    )
    print(f"the worker's own time for an answer, in µs: {worked}")
    print(f"clicks counted: {people:,} of {answered:,} answered, {visitors} visitors")
    # Whatever wrk breaks off at the end of a run is answered, and counted by us alone.
    assert answered <= people <= answered + 2 * (_ROUNDS + 1) * _CALLERS, (people, answered)


async def _answered(web: Web, name: str, lines: list[str]) -> int:
    """Warm up; how many links were followed by it."""
    asked = await asyncio.to_thread(_ask, web, lines)
    return asked.answers if name in ("one", "many") else 0


def _ask(web: Web, lines: list[str]) -> Asked:
    with tempfile.TemporaryDirectory() as folder:
        requests, script = Path(folder) / "requests", Path(folder) / "ask.lua"
        requests.write_text("\n".join(lines) + "\n")
        script.write_text(_SCRIPT % requests)
        address = f"http://127.0.0.1:{web.port}/"
        command = ["wrk", "-t1", f"-c{_CALLERS}", f"-d{_SECONDS}s", "-s", str(script), address]
        begun = _worked_seconds(web)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        worked = _worked_seconds(web) - begun
    assert "Non-2xx" not in said, said
    done, rate = _DONE.search(said), _RATE.search(said)
    assert done is not None
    assert rate is not None
    return Asked(int(done[1]), float(rate[1]), 1e6 * worked / int(done[1]))


async def _links(stage: Stage, linden: Tenant) -> list[Link]:
    """A link of Linden, and of each of as many companies that are made like it."""
    plain = reading.read(places.tenants() / "linden")
    gate = asyncio.Semaphore(_APPLIED_AT_ONCE)

    async def one(number: int) -> Link:
        async with gate:
            company = msgspec.structs.replace(plain.company, slug=f"bench-{number}", hosts=[])
            return await _link(
                stage, await served.described(stage.deployment, msgspec.structs.replace(plain, company=company))
            )

    return [await _link(stage, linden), *await asyncio.gather(*(one(number) for number in range(1, _COMPANIES)))]


async def _link(stage: Stage, tenant: Tenant) -> Link:
    async with stage.deployment.scopes.inside(tenant):
        return Link(tenant, await linking.a_code(at=clock.now()))


async def _counted(stage: Stage, links: list[Link]) -> tuple[int, int]:
    people = visitors = 0
    for link in links:
        async with stage.deployment.scopes.reading(link.tenant):
            (row,) = await ground.fetch(_COUNTED)
            people, visitors = people + row["people"], visitors + row["visitors"]
    return people, visitors


def _held_mib(web: Web) -> float:
    """The memory of all processes of the group, each one's own pages and its part of shared ones."""
    parts = [re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M) for pid in _members(web)]
    return sum(int(part[1]) for part in parts if part) / 1024


def _worked_seconds(web: Web) -> float:
    """The processor's time of all processes of the group."""
    times = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in _members(web)]
    return sum(int(each) for pair in times for each in pair) / os.sysconf("SC_CLK_TCK")


def _members(web: Web) -> list[str]:
    return subprocess.run(["pgrep", "-g", str(web.group)], capture_output=True, text=True, check=True).stdout.split()
