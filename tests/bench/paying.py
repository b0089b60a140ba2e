"""A batch of ten thousand payouts: gathered, approved, sent as the bank's file and settled, beside bare statements."""

import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from leumund.customers.intake import importing
from leumund.demo.staging import Stage
from leumund.kit import clock, ground, personal
from leumund.payouts import approving, banking, batching, entering, recording, setting, submitting, transferring
from leumund.rewards import booking
from leumund.rewards.booking import Worth
from leumund.tenancy.directory import Tenant
from tests.rooms import paying

_PEOPLE = 10_000
_ACCOUNTANT, _OWNER = UUID(int=1), UUID(int=2)
_IBAN = "DE89370400440532013000"
# One reward that was earned, for each of them once more.
_REWARDS = """
INSERT INTO reward (id, program, referral, conversion, rule, version, once, side, beneficiary, kind, cents, currency,
    state, granted_at, hold_until)
SELECT gen_random_uuid(), w.program, w.referral, w.conversion, w.rule, w.version, false, w.side, person, w.kind,
    w.cents, w.currency, 'approved', w.granted_at, w.hold_until
FROM reward w, unnest($2::uuid[]) AS person WHERE w.id = $1 RETURNING id, program, beneficiary, cents, currency
"""
_ACCOUNTS = """
INSERT INTO payout_account (id, customer, iban_sealed, holder_sealed, entered_at)
SELECT id, customer, iban, holder, $5
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) AS told (id, customer, iban, holder)
"""
_BARE_PAYOUTS = """
INSERT INTO payout (batch, beneficiary, way, cents, currency, idempotency_key, created_at)
SELECT $1, beneficiary, way, cents, currency, gen_random_uuid(), created_at FROM payout WHERE batch = $1
"""
Result = TypeVar("Result")


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print seconds of each step, of bare inserts of as many payouts, and the memory it took."""
    await _owe(stage, linden)
    at = clock.now()

    async def timed(what: str, deed: Callable[[], Awaitable[Result]]) -> Result:
        begun = time.perf_counter()
        async with stage.deployment.scopes.inside(linden):
            done = await deed()
        print(f"payouts, {_PEOPLE:,} {what}: {time.perf_counter() - begun:.2f} s")
        return done

    async def bare() -> int:
        async with ground.undone():
            return await ground.execute(_BARE_PAYOUTS, batch)
        return 0

    before = _megabytes()
    batch = await timed("gathered", lambda: batching.draft(way="sepa", currency="EUR", by=_ACCOUNTANT, at=at))
    await timed("inserted bare", bare)
    async with stage.deployment.scopes.reading(linden):
        seen = await paying.total(batch)
    await timed("approved", lambda: approving.approve(batch=batch, seen_cents=seen, by=_OWNER, at=at))
    day = banking.next_bank_day((at + timedelta(days=1)).date())
    await timed("sent", lambda: submitting.send(batch=batch, by=_OWNER, at=at, execution_date=day))
    file = await timed("in a checked file", lambda: transferring.file(batch=batch))
    await timed("settled", lambda: recording.arrived(batch=batch, reference="bench", by=_OWNER, at=at))
    async with stage.deployment.scopes.reading(linden):
        assert await paying.held("paid_out") == seen
    print(f"payouts: a file of {len(file) / 1e6:.1f} MB, {_megabytes() - before:.0f} MB more at the most")


async def _owe(stage: Stage, linden: Tenant) -> None:
    """Everybody is owed one reward and has told where it goes."""
    at = clock.now()
    rows = [{"external_id": f"P{number}", "email": f"paid{number}@people.example"} for number in range(_PEOPLE)]
    async with stage.deployment.scopes.inside(linden):
        await importing.import_rows(rows, source="bench_paid", actor="system:bench", dry_run=False, at=at)
        people = [row["id"] for row in await ground.fetch("SELECT id FROM customer WHERE source = 'bench_paid'")]
        first = await paying.earned("BENCH-1", advocate="first@people.example", at=at)
        made = await ground.fetch(_REWARDS, first, people)
        worths = [Worth(reward=row.pop("id"), **row) for row in made]
        await booking.granted(*worths, at=at)
        await booking.released(*worths, at=at)
        await _enter(people)
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'sepa', $1)", at)
        row = await setting.lock()
        seal = setting.IBAN.seal("DE02120300000000202051", row)
        await ground.execute("UPDATE payout_setting SET holder = 'Linden Energie GmbH', iban_sealed = $1", seal)


async def _enter(people: Sequence[UUID]) -> None:
    keys, ids = await personal.keys(people=people), [uuid4() for _ in people]
    seals = [
        [column.seal(text, row, key=keys[person]) for row, person in zip(ids, people, strict=True)]
        for column, text in ((entering.IBAN, _IBAN), (entering.HOLDER, "Anna Ahorn"))
    ]
    await ground.execute(_ACCOUNTS, ids, list(people), *seals, clock.now())


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
