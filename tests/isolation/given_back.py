"""An order of a company's of which a part came back, and a reward that is worth less for it."""

from datetime import datetime

from leumund.kit import ground
from leumund.rewards import booking, refunding
from leumund.rewards.booking import Worth

_OF_ORDER = """
SELECT w.id AS reward, w.program, w.beneficiary, 1 AS cents, w.currency FROM reward w
JOIN conversion c ON c.id = w.conversion WHERE c.order_id = $1 AND w.state = 'pending' ORDER BY w.side LIMIT 1
"""
_REFUND = "SELECT id FROM refund WHERE order_id = $1"
_REDUCE = "INSERT INTO reward_reduction (reward, refund, cents, reduced_at) VALUES ($1, $2, $3, $4)"


async def leave(mark: str, *, order_id: str, at: datetime) -> None:
    """One cent of the order, told under ``mark``, and one of a reward, as if it were a share of the order."""
    await refunding.refund(order_id=order_id, cents=1, told_as=mark, actor="key:test", at=at)
    (refund,) = await ground.fetch(_REFUND, order_id)
    for row in await ground.fetch(_OF_ORDER, order_id):
        await ground.execute(_REDUCE, row["reward"], refund["id"], row["cents"], at)
        await booking.reduced(Worth(**row), refund=refund["id"], at=at)
