"""Hold a person's data: they rest (Art. 18 GDPR) or are about to go (Art. 17), and nobody comes across them meanwhile.

The hold says since when, by whom and why; the person's row says that there is one, so that whoever reads it passes them
over without another question. Being about to go weighs more than resting.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.customers.records.finding import CustomerUnknown
from leumund.customers.tables import CustomerHold
from leumund.kit import ground

RESTRICTION, ERASURE = "restriction", "erasure"
_LOCK = "SELECT held FROM customer WHERE id = $1 AND held IS DISTINCT FROM 'erased' FOR NO KEY UPDATE"
_BEGIN = """
INSERT INTO customer_hold (customer, kind, ground, actor, rights_case, began_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (customer, kind) WHERE lifted_at IS NULL DO NOTHING
"""
_LIFT = "UPDATE customer_hold SET lifted_at = $3 WHERE customer = $1 AND kind = $2 AND lifted_at IS NULL"
_SAY = """
UPDATE customer SET held = (SELECT min(kind) FROM customer_hold WHERE customer = $1 AND lifted_at IS NULL) WHERE id = $1
"""
_DUE = """
SELECT customer FROM customer_hold WHERE kind = $1 AND lifted_at IS NULL AND due_at <= $2 ORDER BY due_at, customer
"""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One hold that stands: ``due_at`` is when an erasure is carried out, or a restriction ends that was announced."""

    kind: str
    ground: str
    actor: str
    rights_case: UUID | None
    began_at: datetime
    due_at: datetime | None


async def hold(*, customer: UUID, hold: Hold) -> bool:
    """Let ``hold`` stand; false where one of its kind does already. Raises CustomerUnknown."""
    await lock(customer=customer)
    told = (hold.kind, hold.ground, hold.actor, hold.rights_case, hold.began_at, hold.due_at)
    begun = await ground.execute(_BEGIN, customer, *told)
    await ground.execute(_SAY, customer)
    return begun == 1


async def lift(*, customer: UUID, kind: str, at: datetime) -> bool:
    """Let the hold of ``kind`` stand no longer; false where there was none. Raises CustomerUnknown."""
    await lock(customer=customer)
    lifted = await ground.execute(_LIFT, customer, kind, at)
    await ground.execute(_SAY, customer)
    return lifted == 1


async def postpone(*, customer: UUID, kind: str, due_at: datetime) -> None:
    """Let what the hold of ``kind`` waits for come at ``due_at``."""
    open_one = (CustomerHold.customer == customer) & (CustomerHold.kind == kind) & CustomerHold.lifted_at.is_null()
    await CustomerHold.update(due_at=due_at).where(open_one)


async def standing(*, customer: UUID) -> list[Hold]:
    """What holds this person now, an erasure first."""
    query = CustomerHold.select().where((CustomerHold.customer == customer) & CustomerHold.lifted_at.is_null())
    return msgspec.convert(await query.order_by(CustomerHold.kind), list[Hold])


async def of_kind(*, customer: UUID, kind: str) -> Hold | None:
    """The hold of ``kind`` that stands, or None."""
    return next((each for each in await standing(customer=customer) if each.kind == kind), None)


async def due(*, kind: str, at: datetime) -> list[UUID]:
    """Whose hold of ``kind`` has come to its moment by ``at``, the oldest first."""
    return [row["customer"] for row in await ground.fetch(_DUE, kind, at)]


async def lock(*, customer: UUID) -> str | None:
    """How the person is held, with their row locked: of two deeds on one person the second sees what the first did.

    Raises CustomerUnknown, also for somebody erased.
    """
    rows = await ground.fetch(_LOCK, customer)
    if not rows:
        raise CustomerUnknown("errors.customers.unknown")
    held: str | None = rows[0]["held"]
    return held
