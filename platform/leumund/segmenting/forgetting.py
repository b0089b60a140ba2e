"""Forget what somebody was evaluated to as soon as they decide otherwise; until then nobody reads it anyway."""

from uuid import UUID

from leumund.customers.segments import evaluating
from leumund.kit import ground

_MAY_NOT = f"NOT EXISTS (SELECT FROM customer c WHERE c.id = $1 AND {evaluating.EVALUABLE_ONE})"
_GO = tuple(
    f"DELETE FROM {table} WHERE customer = $1 AND {_MAY_NOT}"  # noqa: S608 - all ours
    for table in ("customer_class", "class_change", "customer_interest")
)
_LEAVE = f"""
DELETE FROM segment_member m USING segment s WHERE m.customer = $1 AND s.id = m.segment AND s.evaluates AND {_MAY_NOT}
"""  # noqa: S608 - all ours


async def forget(*, customer: UUID) -> int:
    """Let class, interests and segments that evaluate go, unless they may be evaluated; how many rows went."""
    return sum([await ground.execute(each, customer) for each in (*_GO, _LEAVE)])
