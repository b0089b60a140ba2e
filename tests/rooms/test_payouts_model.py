"""Whatever is gathered, approved, sent, told or given back in whatever order: every euro leaves and is booked once."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.payouts import approving, batching, reconciling, recording, settling, submitting
from leumund.payouts.carrying import Carried
from leumund.payouts.settling import Contradicted
from leumund.rewards import refunding, releasing, restoring
from tests.rooms import paying, whole
from tests.rooms.paying import ACCOUNTANT, LATER, NOON, OWNER

ORDERS = ("A-1", "A-2", "B-1", "B-2", "C-1")
_TABLES = (
    "payout_batch",
    "payout",
    "payout_item",
    "reward",
    "ledger_posting",
    "conversion",
    "refund",
    "reward_reduction",
)
_BOOKS = """
SELECT a.kind, sum(CASE WHEN p.credit = a.id THEN p.cents ELSE -p.cents END)::bigint AS cents
FROM ledger_account a JOIN ledger_posting p ON a.id IN (p.credit, p.debit) GROUP BY a.kind
"""
_OF_PAYOUTS = """
SELECT coalesce(sum(cents) FILTER (WHERE state IN ('created', 'approved', 'submitted', 'unknown')), 0)::bigint AS open,
       coalesce(sum(cents) FILTER (WHERE state = 'confirmed'), 0)::bigint AS paid FROM payout
"""
_TWICE = "SELECT reward FROM payout_item WHERE stands GROUP BY reward HAVING count(*) > 1"
_UNLIKE = """
SELECT r.id, r.state, p.state AS payout FROM reward r
LEFT JOIN payout_item i ON i.reward = r.id AND i.stands LEFT JOIN payout p ON p.id = i.payout
WHERE (p.state IN ('created', 'approved', 'submitted', 'unknown')) <> (r.state = 'scheduled')
   OR (p.state = 'confirmed' AND r.state <> 'paid') OR (p.id IS NULL AND r.state = 'paid')
"""
_NOBODYS = """
SELECT a.owner, held.cents, waits.cents AS waits FROM ledger_account a
CROSS JOIN LATERAL (
    SELECT sum(CASE WHEN credit = a.id THEN cents ELSE -cents END) AS cents FROM ledger_posting
    WHERE a.id IN (credit, debit)
) held
CROSS JOIN LATERAL (
    SELECT coalesce(sum(w.cents - coalesce((SELECT sum(cents) FROM reward_reduction WHERE reward = w.id), 0)), 0)
        AS cents
    FROM reward w WHERE w.beneficiary = a.owner AND w.currency = a.currency AND w.state IN ('approved', 'failed')
) waits
WHERE a.kind = 'reward_available' AND held.cents > waits.cents
"""
_PAID_TOO_MUCH = """
SELECT a.owner FROM ledger_account a JOIN ledger_posting p ON a.id IN (p.credit, p.debit)
WHERE a.kind IN ('paid_out', 'payout_in_transit', 'reward_available') GROUP BY a.owner
HAVING sum(CASE WHEN p.credit = a.id THEN p.cents ELSE -p.cents END) > 10000
"""
_SUMS = "SELECT p.id FROM payout p JOIN payout_item i ON i.payout = p.id GROUP BY p.id HAVING sum(i.cents) <> p.cents"
deeds = st.sampled_from(
    [
        "draft",
        "check",
        "approve",
        "discard",
        "aside",
        "send",
        "arrive",
        "fail",
        "lose",
        "settle all",
        "refund",
        "restore",
    ]
)


async def newest(table: str) -> UUID | None:
    rows = await ground.fetch(f"SELECT id FROM {table} ORDER BY created_at DESC, id LIMIT 1")
    return rows[0]["id"] if rows else None


async def told(carried: Carried, place: int) -> None:
    rows = await ground.fetch("SELECT id FROM payout ORDER BY created_at, id")
    if rows:
        await settling.settle(payout=rows[place % len(rows)]["id"], carried=carried, at=LATER)


async def act(deed: str, place: int) -> None:
    """One step by the newest batch, or by the payout or order at ``place``."""
    batch = await newest("payout_batch")
    by = OWNER if place % 2 else ACCOUNTANT
    plain: Mapping[str, Callable[[], Awaitable[object]]] = {
        "draft": lambda: batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER + timedelta(hours=place)),
        "refund": lambda: refunding.refund(order_id=ORDERS[place % len(ORDERS)], actor="key:test", at=LATER),
        "restore": lambda: _restored(ORDERS[place % len(ORDERS)]),
        "arrive": lambda: told(Carried(state="confirmed"), place),
        "fail": lambda: told(Carried(state="failed", reason="account_closed"), place),
        "lose": lambda: told(Carried(state="unknown", reason="timeout"), place),
    }
    if deed in plain:
        await plain[deed]()
        return
    if batch is None:
        return
    seen = await paying.total(batch)
    of_batch: Mapping[str, Callable[[], Awaitable[object]]] = {
        "check": lambda: approving.approve(batch=batch, seen_cents=seen, by=ACCOUNTANT, at=LATER),
        "approve": lambda: approving.approve(batch=batch, seen_cents=seen, by=by, at=LATER),
        "discard": lambda: batching.discard(batch=batch, by=by, at=LATER),
        "send": lambda: submitting.send(batch=batch, by=by, at=LATER),
        "settle all": lambda: recording.arrived(batch=batch, reference="", by=by, at=LATER),
        "aside": lambda: _aside(batch, by),
    }
    await of_batch[deed]()


async def _aside(batch: UUID, by: UUID) -> None:
    for payout in (await paying.payouts(batch))[:1]:
        await batching.set_aside(payout=payout, by=by, at=LATER)


async def _restored(order: str) -> None:
    """The order was not given back after all, and what is granted anew is released at once: its hold is over."""
    for reward in (await restoring.restore(order_id=order, actor="key:test", at=LATER)).granted:
        await releasing.release(reward=reward, at=LATER)


async def fingerprint() -> str:
    """Every row of every table that a payout touches."""
    rows = [await ground.fetch(f"SELECT t::text AS row FROM {table} t ORDER BY 1") for table in _TABLES]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


async def check() -> None:
    books = {row["kind"]: row["cents"] for row in await ground.fetch(_BOOKS)}
    assert sum(books.values()) == 0
    (payouts,) = await ground.fetch(_OF_PAYOUTS)
    assert books.get("payout_in_transit", 0) == payouts["open"]
    assert books.get("paid_out", 0) == payouts["paid"]
    assert books.get("reward_pending", 0) >= 0
    assert await ground.fetch(_NOBODYS) == [], "all that is theirs is in a reward that waits to be paid"
    assert await ground.fetch(_TWICE) == []
    assert await ground.fetch(_UNLIKE) == []
    assert await ground.fetch(_SUMS) == []
    assert await ground.fetch(_PAID_TOO_MUCH) == [], "nobody earned more than with two orders"
    assert await reconciling.check() == []


@pytest.fixture
async def owed(inside: ground.Ground) -> None:
    """Three people are owed for five orders, and 60 euros take two people."""
    await whole.company(at=NOON)
    for order in ORDERS:
        await paying.earned(order, advocate=f"{order[0].lower()}@anna.example")
    await ground.execute("INSERT INTO payout_limit VALUES ('EUR', 1, 6000, 20000, NULL, $1)", NOON)


@settings(max_examples=12)
@given(steps=st.lists(st.tuples(deeds, st.integers(0, 9)), min_size=4, max_size=14))
@pytest.mark.usefixtures("owed")
async def test_money_leaves_once_and_what_is_refused_changes_nothing(steps: list[tuple[str, int]]):
    async with ground.undone():
        await check()
        for deed, place in [("draft", 0), *steps]:
            before = await fingerprint()
            try:
                async with ground.savepoint():
                    await act(deed, place)
            except (Refused, Unknown, Contradicted):
                assert await fingerprint() == before
            await check()


@pytest.mark.usefixtures("owed")
async def test_what_the_books_do_not_say_is_found():
    await act("draft", 0)
    assert await reconciling.check() == []
    await ground.execute("UPDATE payout SET state = 'failed', reason = 'x', settled_at = $1", NOON)
    assert {fault.kind for fault in await reconciling.check()} == {"payout_state"}
    await ground.execute(
        "INSERT INTO payout (batch, beneficiary, way, cents, currency, idempotency_key, created_at) "
        "SELECT batch, beneficiary, way, cents, currency, gen_random_uuid(), created_at FROM payout LIMIT 1"
    )
    assert {fault.kind for fault in await reconciling.check()} == {"payout_state", "payout_unbooked", "payout_items"}
