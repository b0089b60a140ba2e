"""The advocate score: on real answers, at companies whose truth is known, and over a million customers."""

import resource
import time
from datetime import datetime
from functools import partial

import asyncpg

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.scoring import gathering, keeping
from leumund.scoring.facts import NAMES
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests.bench import filling, scoring_filling, scoring_guests, scoring_simulated
from tests.journeys import scores

_MANY, _STEP = 1_000_000, 50_000
_CHANGED = 1_000


async def measure(stage: Stage, linden: Tenant, *, many: int = _MANY) -> None:
    """Print all three."""
    scoring_guests.measure()
    scoring_simulated.measure()
    await _many(stage, linden, many)


async def _many(stage: Stage, linden: Tenant, many: int) -> None:
    at = clock.now()
    async with stage.deployment.scopes.inside(linden):
        await scores.asked(at=at)
    owner = await servers.connect_owner(stage.deployment.server)
    try:
        async with filling.unhindered(owner, linden.schema_name):
            for first in range(1, many + 1, _STEP):
                await scoring_filling.fill(owner.execute, first=first, last=min(first + _STEP - 1, many), at=at)
            await owner.execute("UPDATE survey_answer SET tallied_at = answered_at + interval '1 day'")
        bare = await _bare(owner, at)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        whole, scored = await _pass(stage, linden, at=at, everybody=True)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        assert scored == many, scored
        written = await _written(owner)
        later = clock.now()
        await owner.execute(
            "UPDATE survey_answer SET answered_at = $1, tallied_at = NULL WHERE customer IN "
            "(SELECT customer FROM advocate_score ORDER BY customer LIMIT $2)",
            later,
            _CHANGED,
        )
        part, rescored = await _pass(stage, linden, at=later, everybody=False)
        assert rescored >= _CHANGED, rescored
    finally:
        await owner.close()
    print(
        f"{scored:,} customers scored in {whole:.0f} s, {1e6 * whole / scored:.0f} µs each, reasons written; "
        f"the same facts as one bare statement {bare:.0f} s, the same rows copied by another {written:.0f} s, ratio "
        f"{(bare + written) / whole:.2f}; peak memory +{grown:.0f} MB; "
        f"the night after with {_CHANGED:,} new answers {part:.1f} s"
    )


async def _bare(owner: asyncpg.Connection, at: datetime) -> float:
    """The facts of everybody, aggregated by one statement, and nothing done with them."""
    people = await owner.fetchval("SELECT array_agg(customer) FROM consent_event WHERE purpose = 'profile'")
    begun = time.perf_counter()
    names = [f"c{place}" for place in range(len(NAMES))]
    # Every column is asked for: what nobody asks for the planner leaves out.
    sums = ", ".join(f"sum({name})" for name in names)
    told = await owner.fetchrow(
        f"SELECT count(*) AS people, {sums} FROM ({gathering.FACTS}) facts ({', '.join(names)})",
        people,
        at,
    )
    assert told["people"] == len(people)
    return time.perf_counter() - begun


async def _written(owner: asyncpg.Connection) -> float:
    """All rows of scores as one statement writes them into a table like theirs."""
    await owner.execute(
        "CREATE TABLE bare (LIKE advocate_score INCLUDING ALL, FOREIGN KEY (customer) REFERENCES customer)"
    )
    begun = time.perf_counter()
    await owner.execute("INSERT INTO bare SELECT * FROM advocate_score")
    seconds = time.perf_counter() - begun
    await owner.execute("DROP TABLE bare")
    return seconds


async def _pass(stage: Stage, linden: Tenant, *, at: datetime, everybody: bool) -> tuple[float, int]:
    """A whole pass, a transaction a step as the worker does it; seconds, and how many people were looked at."""
    inside = partial(stage.deployment.scopes.inside, linden)
    begun, looked = time.perf_counter(), 0
    async with inside():
        assert await keeping.begin(at=at, everybody=everybody)
    while True:
        async with inside():
            now = await keeping.current()
            assert now is not None, "it has begun"
            if now.ended_at is not None:
                return time.perf_counter() - begun, looked
            looked += await keeping.go_on(after=now.reached, at=at)
