"""What it costs to plan a night's birthdays among a million customers, beside one bare SQL for the same rows."""

import resource
import time
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from leumund.consent.giving import importing
from leumund.consent.giving.importing import Given
from leumund.customers.records import keeping
from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.occasions import foreseeing, planning, rules
from leumund.occasions.defining import Trigger
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests.rooms import occasioned

_PEOPLE, _YEAR = 1_000_000, 366
# Evenly over the year; what is sealed is not opened to plan, so that here it only has to be there.
_COME = """
INSERT INTO customer (external_id, email_sealed, email_hash, birth_date_sealed, birth_day_hash, language, source,
    created_at, updated_at)
SELECT 'B' || n, 'x', 'bench' || n, 'x', ($1::text[])[1 + n % 366], 'de', 'bench', $2, $2
FROM generate_series($3::integer, $4::integer) AS n
"""
_TODAYS = "SELECT id FROM customer WHERE source = 'bench' AND birth_day_hash = ANY ($1)"
_BARE = """
WITH put AS (
    INSERT INTO occasion_run (occasion, version, customer, occurrence, control, state, began_at, first_due_at, due_at)
    SELECT $1, $2, id, '2026', false, 'waiting', $3, $3, $3 FROM customer
    WHERE birth_day_hash = ANY ($4) AND held IS NULL RETURNING id
)
INSERT INTO outbox.job (kind, subject, due_at, bulk) SELECT 'bench.step', id, $3, true FROM put
"""


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print seconds of a night and of the bare statement, what the page's count takes, and the most memory."""
    at = clock.now().replace(hour=2, minute=0)
    zone = ZoneInfo("Europe/Berlin")
    days = [rules.day_of(at, zone) + timedelta(days=n) for n in range(2)]
    async with stage.deployment.scopes.inside(linden):
        found = [keeping.by_day(kept) for day in days for kept in rules.days_kept_on(day)]
        await _people(at - timedelta(days=30))
        people = [row["id"] for row in await ground.fetch(_TODAYS, found)]
        await _allow(people, at - timedelta(days=20))
        occasion = await occasioned.running(occasioned.definition(Trigger(kind="birthday")), at=at - timedelta(days=3))
    await _analyse(stage, linden)
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        planned = await planning.plan(occasion=occasion, at=at)
    night = time.perf_counter() - begun
    assert planned == len(people), (planned, len(people))
    again = await _again(stage, linden, occasion, at)
    bare = await _bare(stage, linden, found, at)
    begun = time.perf_counter()
    async with stage.deployment.scopes.reading(linden):
        due = await foreseeing.due(definition=occasioned.definition(Trigger(kind="birthday")), at=at)
    counted = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"birthdays planned: {planned:,} of two days among {_PEOPLE:,} customers in {night:.2f} s, every consent "
        f"asked; the same night once more {again:.2f} s; one bare INSERT of the same rows and jobs {bare:.2f} s, "
        f"ratio {bare / night:.3f}; {due:,} people of 30 days counted in {counted:.2f} s; peak memory {peak:,.0f} MiB"
    )


async def _people(at: datetime) -> None:
    days = [keeping.by_day((datetime(2028, 1, 1) + timedelta(days=n)).strftime("%m-%d")) for n in range(_YEAR)]
    for first in range(1, _PEOPLE, 100_000):
        await ground.execute(_COME, days, at, first, first + 99_999)


async def _allow(people: list[UUID], at: datetime) -> None:
    given = [
        Given(
            customer=person,
            purpose="recommendation",
            channel="email",
            email=f"{person}@people.example",
            basis="asked at the counter",
            at=at,
        )
        for person in people
    ]
    await importing.import_all(given=given, source="import")
    # The address a consent was given for is the one they have.
    await ground.execute(
        "UPDATE customer SET email_hash = e.evidence ->> 'address' FROM consent_event e "
        "WHERE e.customer = customer.id AND customer.source = 'bench' AND e.evidence ->> 'address' IS NOT NULL"
    )


async def _analyse(stage: Stage, linden: Tenant) -> None:
    owner = await servers.connect_owner(stage.deployment.server)
    try:
        await owner.execute(f"SET search_path = {linden.schema_name}; ANALYZE customer; ANALYZE consent_event")
    finally:
        await owner.close()


async def _again(stage: Stage, linden: Tenant, occasion: UUID, at: datetime) -> float:
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        assert await planning.plan(occasion=occasion, at=at) == 0
    return time.perf_counter() - begun


async def _bare(stage: Stage, linden: Tenant, found: list[str], at: datetime) -> float:
    async with stage.deployment.scopes.inside(linden):
        other = await occasioned.running(occasioned.definition(Trigger(kind="birthday")), at=at)
        (row,) = await ground.fetch("SELECT id FROM occasion_version WHERE occasion = $1", other)
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        await ground.execute(_BARE, other, row["id"], at, found)
    return time.perf_counter() - begun
