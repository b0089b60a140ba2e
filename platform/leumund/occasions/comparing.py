"""Compare those an occasion wrote to with those drawn not to be: did more of them do what it is for?

Both were people it could have written to. Whoever was meant to be written to counts as such, even if a mail was held
back later, as the trialists' intention to treat has it; each for GOAL_DAYS from the moment of their first step, and
nobody before those are over.
"""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import ground
from leumund.occasions import permitting, rules, stepping
from leumund.occasions.defining import Goal
from leumund.occasions.rules import Compared

_DID: dict[Goal, str] = {
    "bought": (
        "SELECT FROM conversion did WHERE did.customer = r.customer AND did.refunded_at IS NULL "
        "AND did.occurred_at >= r.first_due_at AND did.occurred_at < r.first_due_at + $3::interval"
    ),
    "recommended": (
        "SELECT FROM referral did WHERE did.advocate = r.customer AND did.confirmed_at IS NOT NULL "
        "AND did.attributed_at >= r.first_due_at AND did.attributed_at < r.first_due_at + $3::interval"
    ),
}
_COUNT = """
SELECT count(*) FILTER (WHERE NOT control) AS written, count(*) FILTER (WHERE control) AS control,
    count(*) FILTER (WHERE NOT control AND did) AS written_did, count(*) FILTER (WHERE control AND did) AS control_did
FROM (
    SELECT r.control, EXISTS ({did}) AS did FROM occasion_run r
    WHERE r.occasion = $1 AND r.first_due_at <= $2 AND (r.control OR r.reason IS NULL OR r.position > 0
          OR r.reason <> ALL ($4::text[]))
) one
"""
# For these it never began, and it would not have for those in the control either.
_NEVER = [permitting.NO_CONSENT, permitting.DETRACTOR, stepping.TOO_LATE]


async def compare(*, occasion: UUID, goal: Goal, at: datetime) -> Compared:
    """Shares of both and their difference, over all versions.

    One query, which takes longer the more people were ever in it.
    """
    days = timedelta(days=rules.GOAL_DAYS)
    rows = await ground.fetch(_COUNT.format(did=_DID[goal]), occasion, at - days, days, _NEVER)
    return rules.compared(**rows[0])
