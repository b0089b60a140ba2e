"""What a night costs at a million customers: classes, interests, an involved segment, beside bare SQL of the same."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from leumund.customers.segments import keeping
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.keeping import Worded
from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.segmenting import classing, computing, counting, inferring, listing
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests.bench import filling, scoring_filling
from tests.rooms import segmented

_PEOPLE, _CHUNK = 1_000_000, 50_000
# Two more purchases each, of one to three hundred euros by lot, in two currencies and four categories.
_PURCHASES = """
INSERT INTO conversion (program, order_id, customer, number, cents, currency, categories, occurred_at, recorded_at)
SELECT (SELECT id FROM program LIMIT 1), 'T' || k || '-' || n, md5('scored' || n)::uuid, k + 1,
    1000 + (('x' || left(md5('c' || k || n), 6))::bit(24)::integer % 30000) * (1 + (n % 50 = 0)::integer * 20),
    CASE WHEN n % 10 = 0 THEN 'CHF' ELSE 'EUR' END,
    ARRAY[(ARRAY['strom', 'gas', 'wallbox', 'solar'])[1 + (n + (k - 1) * (n % 3)) % 4]],
    $3::timestamptz - ((n * k) % 700) * interval '1 day', $3::timestamptz
FROM generate_series($1::integer, $2::integer) AS n, generate_series(1, 2) AS k
"""
_ASKED = Definition(
    root=Group(
        join="all",
        of=(
            Condition(fact="purchases", op="least", number=1, days=365),
            Group(
                join="any",
                of=(
                    Condition(fact="nps_class", op="in", among=("promoter",)),
                    Condition(fact="class", op="in", among=("A",)),
                    Condition(fact="friends", op="least", number=1),
                ),
            ),
            Condition(fact="revenue", op="least", number=20_000, currency="EUR", category="strom", negated=True),
            Condition(fact="customer_days", op="least", number=365),
        ),
    )
)
# The same as somebody would write it by hand, who has no consent to ask for and keeps nothing.
_BARE_SEGMENT = """
SELECT count(*) FROM customer c
LEFT JOIN (SELECT customer, count(*) AS number FROM conversion WHERE refunded_at IS NULL
    AND occurred_at > $1::timestamptz - interval '365 days' GROUP BY customer) p ON p.customer = c.id
LEFT JOIN (SELECT DISTINCT ON (customer) customer, score FROM survey_answer WHERE score IS NOT NULL
    ORDER BY customer, answered_at DESC) a ON a.customer = c.id
LEFT JOIN (SELECT customer, max(class) AS class FROM customer_class WHERE class = 'A' GROUP BY customer) k
    ON k.customer = c.id
LEFT JOIN (SELECT advocate, count(*) AS number FROM referral WHERE confirmed_at IS NOT NULL GROUP BY advocate) f
    ON f.advocate = c.id
LEFT JOIN (SELECT customer, sum(cents) AS cents FROM conversion WHERE refunded_at IS NULL AND currency = 'EUR'
    AND 'strom' = ANY (categories) GROUP BY customer) s ON s.customer = c.id
WHERE p.number >= 1 AND (a.score >= 9 OR k.class = 'A' OR f.number >= 1) AND coalesce(s.cents, 0) < 20000
  AND c.customer_since_date <= ($1::timestamptz - interval '365 days')::date
"""
_BARE_CLASSES = """
SELECT count(*) FROM (
    SELECT customer, currency, cents,
        sum(cents) OVER (PARTITION BY currency ORDER BY cents DESC) / sum(cents) OVER (PARTITION BY currency) AS part
    FROM (SELECT customer, currency, sum(cents) AS cents FROM conversion
        WHERE refunded_at IS NULL AND occurred_at > $1::timestamptz - interval '365 days'
        GROUP BY customer, currency) bought
) ranked WHERE part <= 0.8
"""


class Took(NamedTuple):
    """What a deed gave, how long it took, and how large its backend had grown by then."""

    given: Any
    seconds: float
    peak_mib: float


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print each part, how it compares, and that a second night costs no more."""
    at = clock.now()
    await _fill(stage, linden, at)

    async def timed(deed: Callable[[], Awaitable[Any]]) -> Took:
        async with stage.deployment.scopes.inside(linden) as here:
            pid = here.connection.get_server_pid()
            begun = time.perf_counter()
            given = await deed()
            return Took(given, time.perf_counter() - begun, _peak(pid))

    async def bare(sql: str) -> int:
        # Of rows just written the planner knows nothing yet, in ours as in theirs.
        async with ground.sweeping(minutes=5):
            return int((await ground.fetch(sql, at))[0]["count"])

    worded = Worded(name="Bench", purpose="What a night costs", definition=_ASKED)
    segment = (await timed(lambda: keeping.create(worded=worded, actor="system:bench", at=at))).given
    for night in ("first", "second"):
        classes = await timed(lambda: classing.classify(at=at))
        bare_classes = await timed(lambda: bare(_BARE_CLASSES))
        _say(f"ABC classes, {night} night", classes, bare_classes, f"{classes.given.classed:,} classed")
        interests = await timed(lambda: inferring.infer(at=at))
        print(
            f"interests, {night} night: {interests.seconds:.1f} s, {interests.given:,} found, "
            f"peak {interests.peak_mib:.0f} MiB",
            flush=True,
        )
        computed = await timed(lambda: computing.compute(segment=segment, at=at))
        bare_segment = await timed(lambda: bare(_BARE_SEGMENT))
        assert computed.given.members == bare_segment.given, (computed.given, bare_segment.given)
        _say(f"one involved segment, {night} night", computed, bare_segment, f"{computed.given.members:,} members")

    async def waited_for() -> Any:
        await ground.execute("SET LOCAL statement_timeout = '5min'")
        return await counting.count(definition=_ASKED, at=at)

    counted = await timed(waited_for)
    print(f"live count of the same: {counted.seconds:.1f} s", flush=True)
    page = await timed(lambda: listing.members(segment=segment))
    print(f"a page of its members: {1000 * page.seconds:.0f} ms", flush=True)


async def _fill(stage: Stage, linden: Tenant, at: datetime) -> None:
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        await segmented.survey(at=at)
    async with servers.as_owner(stage.deployment.server) as owner, filling.unhindered(owner, linden.schema_name):
        for first in range(1, _PEOPLE, _CHUNK):
            last = first + _CHUNK - 1
            await scoring_filling.fill(owner.execute, first=first, last=last, at=at)
            await owner.execute(_PURCHASES, first, last, at)
    async with stage.deployment.scopes.inside(linden):
        (rows,) = await ground.fetch(
            "SELECT (SELECT count(*) FROM customer) AS people, (SELECT count(*) FROM conversion) AS bought"
        )
    print(
        f"a company of {rows['people']:,} customers and {rows['bought']:,} purchases, filled in "
        f"{time.perf_counter() - begun:.0f} s",
        flush=True,
    )


def _say(what: str, ours: Took, bare: Took, given: str) -> None:
    print(
        f"{what}: {ours.seconds:.1f} s ({given}, peak {ours.peak_mib:.0f} MiB of the backend), bare SQL "
        f"{bare.seconds:.1f} s (peak {bare.peak_mib:.0f} MiB), ratio {ours.seconds / bare.seconds:.2f}",
        flush=True,
    )


def _peak(pid: int) -> float:
    """The most a backend has held at once so far, shared buffers it touched among it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
