"""Forget what somebody was evaluated to as soon as they decide otherwise; until then nobody reads it anyway.

What was done by it goes as well where it would still say so: that a wave to a segment which evaluates had somebody in
it, or spared them as a C. That they were asked stays, since how often anybody is asked is counted by it.
"""

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
_WAVES = "SELECT w.id FROM survey_wave w JOIN segment s ON s.id = w.segment WHERE s.evaluates"
_TRACES = (
    f"DELETE FROM survey_held WHERE customer = $1 AND (reason = 'class_c' OR wave IN ({_WAVES})) AND {_MAY_NOT}",  # noqa: S608 - all ours
    f"DELETE FROM survey_wave_person WHERE customer = $1 AND wave IN ({_WAVES}) AND {_MAY_NOT}",  # noqa: S608 - all ours
    f"UPDATE survey_invitation SET wave = NULL WHERE customer = $1 AND wave IN ({_WAVES}) AND {_MAY_NOT}",  # noqa: S608 - all ours
)


async def forget(*, customer: UUID) -> int:
    """Let class, interests and segments that evaluate go, unless they may be evaluated; how many rows that were."""
    return sum([await ground.execute(each, customer) for each in (*_GO, _LEAVE, *_TRACES)])
