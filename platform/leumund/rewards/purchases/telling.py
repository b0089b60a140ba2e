"""Tell one purchase of a file: the deed of the API, and what of it was given back since it was told last."""

from datetime import datetime

import msgspec

from leumund.kit import ground
from leumund.rewards import converting, refunding
from leumund.rewards.purchases.reading import Purchase

# Whoever tells of another part of it meanwhile waits.
_HOLD = "SELECT id FROM conversion WHERE order_id = $1 AND kind = 'purchase' FOR NO KEY UPDATE"
_BACK = """
SELECT coalesce(sum(coalesce(f.cents, c.cents)), 0)::bigint AS cents FROM conversion c
JOIN refund f ON f.conversion = c.id AND f.restored_at IS NULL WHERE c.order_id = $1 AND c.kind = 'purchase'
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the order is new, and whether more of it was given back than was known."""

    is_new: bool
    is_given_back: bool


async def tell(*, purchase: Purchase, told_as: str, actor: str, at: datetime) -> Told:
    """Report the order once, and give back what is missing to what the file says was given back in all.

    ``told_as`` names that part. Raises what converting and refunding raise.
    """
    done = await converting.report(order=purchase.order, at=at)
    missing = await _missing(purchase) if purchase.refunded_cents else 0
    if missing > 0:
        order_id = purchase.order.order_id
        await refunding.refund(order_id=order_id, cents=missing, told_as=told_as, at=at, actor=actor)
    return Told(is_new=done.is_new, is_given_back=missing > 0)


async def _missing(purchase: Purchase) -> int:
    await ground.fetch(_HOLD, purchase.order.order_id)
    (known,) = await ground.fetch(_BACK, purchase.order.order_id)
    missing: int = purchase.refunded_cents - known["cents"]
    return missing
