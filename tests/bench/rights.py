"""What one person's access and erasure take among a thousand customers and among a million: it should be the same."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from statistics import median
from uuid import UUID

import asyncpg

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.privacy.copies import accessing
from leumund.privacy.forgetting import erasing
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests.rooms import whole

_FEW, _MANY, _TIMES = 1_000, 1_000_000, 20
# As many rows of each kind as there are customers, under ids that go together.
_FILL = (
    """INSERT INTO customer (id, external_id, source, created_at, updated_at)
    SELECT id, 'M' || n, 'bench', now(), now() FROM made""",
    """INSERT INTO participation (program, version, customer, terms, requested_at, confirmed_at)
    SELECT (SELECT id FROM program LIMIT 1), (SELECT id FROM program_version LIMIT 1), id,
        (SELECT id FROM consent_text WHERE kind = 'terms' LIMIT 1), now(),
        now()
    FROM made""",
    """INSERT INTO share_link (program, advocate, code, created_at)
    SELECT (SELECT id FROM program LIMIT 1), id, left(md5(id::text), 16), now() FROM made""",
    """INSERT INTO program_invitation (program, customer, invited_at)
    SELECT (SELECT id FROM program LIMIT 1), id, now() FROM made""",
    """INSERT INTO survey_answer (survey, customer, marks, language, channel, answered_at)
    SELECT (SELECT id FROM survey LIMIT 1), id, jsonb_build_object('recommend', n % 11), 'de', 'import', now()
    FROM made""",
    """INSERT INTO message (customer, kind, language, message_id, created_at, basis)
    SELECT id, 'portal_login', 'de', id::text, now(), 'contract' FROM made""",
    "INSERT INTO ledger_account (kind, owner, currency) SELECT 'reward_pending', id, 'EUR' FROM made",
    """INSERT INTO audit_entry (actor, action, subject) SELECT 'system:bench', 'bench.made', id FROM made""",
)


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print both, and how many times as long the larger company takes."""
    taken = []
    async with _owner(stage, linden) as owner:
        await owner.execute("CREATE TABLE made (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n integer NOT NULL)")
        for customers in (_FEW, _MANY):
            await _fill(owner, customers)
            people = [await _person(stage, linden, f"b{customers}-{number}@people.example") for number in range(_TIMES)]
            access = await _milliseconds(stage, linden, people, _access)
            taken.append((customers, access, await _milliseconds(stage, linden, people, _erase)))
    for customers, access, erasure in taken:
        print(f"among {customers:,} customers: access {access:.1f} ms, erasure {erasure:.1f} ms (medians of {_TIMES})")
    (_, access, erasure), (_, most_access, most_erasure) = taken
    print(
        f"a thousand times as many customers: access x {most_access / access:.2f}, "
        f"erasure x {most_erasure / erasure:.2f}"
    )


@asynccontextmanager
async def _owner(stage: Stage, linden: Tenant) -> AsyncIterator[asyncpg.Connection]:
    owner = await servers.connect_owner(stage.deployment.server)
    try:
        await owner.execute(f"SET search_path = {linden.schema_name}; SET statement_timeout = 0")
        yield owner
    finally:
        await owner.close()


async def _fill(owner: asyncpg.Connection, customers: int) -> None:
    """Bring the company to so many customers, and let the server settle."""
    already = await owner.fetchval("SELECT count(*) FROM made")
    await owner.execute("ALTER TABLE made RENAME TO made_before; CREATE TABLE made (LIKE made_before INCLUDING ALL)")
    await owner.execute("INSERT INTO made (n) SELECT generate_series($1::integer, $2::integer)", already + 1, customers)
    for statement in _FILL:
        await owner.execute(statement)
    await owner.execute("DROP TABLE made_before")
    # So many customers did not come this minute: without it the server would tidy up after them while we measure.
    await owner.execute("VACUUM ANALYZE")


async def _person(stage: Stage, linden: Tenant, email: str) -> UUID:
    """Somebody who takes part and answered."""
    at = clock.now()
    async with stage.deployment.scopes.inside(linden):
        record = Record(email=email, given_name="Anna", family_name="Beispiel")
        person = (await registering.register(record=record, source="bench", at=at)).id
        await whole.advocate(email, at=at)
        await whole.answered(person, score=9, comment="Prima", at=at)
        return person


Deed = Callable[[UUID, datetime], Awaitable[None]]


async def _milliseconds(stage: Stage, linden: Tenant, people: list[UUID], deed: Deed) -> float:
    taken = []
    for person in people:
        begun = time.perf_counter()
        async with stage.deployment.scopes.inside(linden):
            await deed(person, clock.now())
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken)


async def _access(person: UUID, at: datetime) -> None:
    told = await accessing.copy(customer=person, at=at)
    assert accessing.sheet(told, language="de").sections
    assert accessing.as_json(told, language="de")


async def _erase(person: UUID, at: datetime) -> None:
    await erasing.erase(customer=person, rule="no_longer_needed", at=at)
    assert not await ground.fetch("SELECT FROM person_key WHERE id = $1", person)
