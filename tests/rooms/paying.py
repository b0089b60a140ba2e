"""People who earned rewards, and what a company's accounting does with them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from leumund.kit import ground
from leumund.payouts import approving, batching, submitting
from leumund.rewards import converting, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests.conftest import NOON
from tests.rooms import whole

LATER = NOON + timedelta(days=15)
ACCOUNTANT, OWNER = UUID(int=1), UUID(int=2)
ANNA = "anna@people.example"


async def earned(order_id: str, *, advocate: str = ANNA, at: datetime = NOON, released: bool = True) -> UUID:
    """``advocate`` brought a friend who bought, and the advocate's 50 euros were released; returns that reward."""
    friend = f"{order_id.lower()}@people.example"
    await whole.friend(await whole.advocate(advocate, at=at), friend, at=at)
    bought = Order(order_id=order_id, cents=90_000, currency="EUR", customer=CustomerRef(email=friend), occurred_at=at)
    await converting.convert(order=bought, at=at)
    rows = await ground.fetch(
        "SELECT w.id, w.hold_until FROM reward w JOIN conversion c ON c.id = w.conversion "
        "WHERE c.order_id = $1 AND w.side = 'advocate'",
        order_id,
    )
    reward: UUID = rows[0]["id"]
    if released:
        await releasing.release(reward=reward, at=rows[0]["hold_until"])
    return reward


async def state(table: str, row: UUID) -> str:
    rows = await ground.fetch(f"SELECT state FROM {table} WHERE id = $1", row)
    found: str = rows[0]["state"]
    return found


async def payouts(batch: UUID) -> list[UUID]:
    return [row["id"] for row in await ground.fetch("SELECT id FROM payout WHERE batch = $1 ORDER BY id", batch)]


async def total(batch: UUID) -> int:
    rows = await ground.fetch(
        "SELECT coalesce(sum(cents), 0)::bigint AS cents FROM payout WHERE batch = $1 AND stands", batch
    )
    cents: int = rows[0]["cents"]
    return cents


async def sent(*, way: str = "manual", at: datetime = LATER) -> UUID:
    """A batch of what is due, drafted by the one, approved by the other and sent."""
    batch = await batching.draft(way=way, currency="EUR", by=ACCOUNTANT, at=at)
    assert await approving.approve(batch=batch, seen_cents=await total(batch), by=OWNER, at=at) == "approved"
    await submitting.send(batch=batch, by=ACCOUNTANT, at=at)
    return batch


async def held(kind: str) -> int:
    """What all accounts of a kind hold together, in euros' cents."""
    rows = await ground.fetch(
        "SELECT coalesce(sum(CASE WHEN p.credit = a.id THEN p.cents ELSE -p.cents END), 0)::bigint AS cents "
        "FROM ledger_account a JOIN ledger_posting p ON a.id IN (p.credit, p.debit) WHERE a.kind = $1",
        kind,
    )
    cents: int = rows[0]["cents"]
    return cents


async def pooled(codes: list[str], *, cents: int = 2500, low_below: int = 0) -> UUID:
    """A pool with ``codes`` of one worth."""
    from leumund.payouts import stocking

    pool = await stocking.open_pool(
        name="Buchladen", currency="EUR", cents=cents, low_below=low_below, by=uuid4(), at=NOON
    )
    await stocking.stock(pool=pool, codes=[stocking.Code(code=code) for code in codes], by=ACCOUNTANT, at=NOON)
    return pool
