"""Forget that an occasion came for somebody by what they were evaluated to, once they may not be evaluated any more.

Mails that went are in the log as all mails are. What waits goes no further; who was drawn not to be written to, whom a
card spared by their class, and a card nobody has written yet tell of it and go.
"""

from datetime import datetime
from uuid import UUID

from leumund.customers.segments import evaluating
from leumund.kit import ground
from leumund.occasions import carding, permitting

_MAY_NOT = f"NOT EXISTS (SELECT FROM customer c WHERE c.id = $1 AND {evaluating.EVALUABLE_ONE})"
_VERSIONS = (
    "SELECT v.id FROM occasion_version v JOIN segment s ON s.id::text = v.definition ->> 'segment' WHERE s.evaluates"
)
_CARDS = f"""
DELETE FROM occasion_card k USING occasion_run r JOIN occasion_version v ON v.id = r.version
WHERE k.run = r.id AND k.customer = $1 AND k.done_at IS NULL AND {_MAY_NOT}
  AND (v.id IN ({_VERSIONS}) OR v.definition -> 'steps' -> k.position::integer ->> 'who' = 'only_a')
"""  # noqa: S608 - all ours
_STEPS = f"""
DELETE FROM occasion_step one USING occasion_run r
WHERE one.run = r.id AND r.customer = $1 AND one.reason IN ('{carding.SPARED}', '{carding.NOT_A}') AND {_MAY_NOT}
"""  # noqa: S608 - all ours
_DRAWN = f"DELETE FROM occasion_run WHERE customer = $1 AND control AND version IN ({_VERSIONS}) AND {_MAY_NOT}"  # noqa: S608
_STOP = f"""
UPDATE occasion_run SET state = 'stopped', reason = '{permitting.NO_CONSENT}', ended_at = $2
WHERE customer = $1 AND state = 'waiting' AND version IN ({_VERSIONS}) AND {_MAY_NOT}
"""  # noqa: S608 - all ours


async def forget(*, customer: UUID, at: datetime) -> int:
    """Let go what tells of it, unless they may be evaluated; how many rows that were."""
    gone = sum([await ground.execute(each, customer) for each in (_CARDS, _STEPS, _DRAWN)])
    return gone + await ground.execute(_STOP, customer, at)
