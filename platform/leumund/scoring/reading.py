"""Read scores: only of those who may be evaluated at this very moment, whatever a row still says.

Whoever reads a score anywhere joins SCORED, so that the end of a consent ends it everywhere at once.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.customers.segments.evaluating import EVALUABLE, EVALUABLE_ONE
from leumund.kit import ground
from leumund.scoring import explaining, gathering, keeping, serving
from leumund.scoring.explaining import Change, Explained, Reason

# Rows of ``customer``, ``score``, ``low``, ``high``, ``model`` and ``at``.
SCORED = f"""
SELECT s.customer, s.score, s.low, s.high, s.model, s.at FROM advocate_score s
JOIN ({EVALUABLE}) evaluable ON evaluable.customer = s.customer
"""  # noqa: S608 - all ours
_ONE = f"""
SELECT s.score, s.low, s.high, s.start, s.reasons, s.model, s.at
FROM advocate_score s JOIN customer c ON c.id = s.customer
WHERE s.customer = $1 AND {EVALUABLE_ONE}
"""  # noqa: S608 - all ours


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """A person's score as it is kept, with its reasons; ``model`` is its version, 1 for the open one."""

    told: Explained
    model: int
    at: datetime


async def of(*, customer: UUID) -> Scored | None:
    """The score of ``customer``, or None where there is none or may be none. One query."""
    rows = await ground.fetch(_ONE, customer)
    if not rows:
        return None
    row = rows[0]
    model, at = row.pop("model"), row.pop("at")
    reasons = msgspec.json.decode(row.pop("reasons"), type=list[Reason])
    return Scored(told=Explained(reasons=reasons, **row), model=model, at=at)


async def what_would_change(*, customer: UUID, scored: Scored) -> list[Change]:
    """What the same model would say, were one thing different; by the facts of the score's moment. Three queries."""
    beside = await keeping.current()
    assert beside is not None, "somebody has been scored"
    model = await serving.of_version(version=scored.model, averages=beside.averages)
    return explaining.what_would_change(model.reckon, await gathering.facts(people=[customer], at=scored.at))
