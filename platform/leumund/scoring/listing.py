"""List whom one could ask first to recommend: by score, as help for an order, and nothing else.

Whoever takes part already, whom the program has invited, who is no glad customer by their last answer, and whom
somebody has still to make it up to, is not in it: no detractor is asked to recommend.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.customers.segments.evaluating import EVALUABLE_ONE
from leumund.kit import cursors, ground
from leumund.kit.cursors import BadCursor, Page
from leumund.scoring.explaining import Reason
from leumund.surveys import rules

_MOST_SCORE = 100
_FREE = f"""
{EVALUABLE_ONE}
AND NOT EXISTS (
    SELECT FROM participation p WHERE p.customer = c.id AND p.confirmed_at IS NOT NULL AND p.ended_at IS NULL)
AND NOT EXISTS (SELECT FROM program_invitation i WHERE i.customer = c.id)
AND NOT EXISTS (SELECT FROM customer_case k WHERE k.customer = c.id AND k.mood <> 'glad' AND k.closed_at IS NULL)
AND coalesce((SELECT a.score FROM survey_answer a WHERE a.customer = c.id AND a.score IS NOT NULL
              ORDER BY a.answered_at DESC, a.id DESC LIMIT 1), {rules.PROMOTER_FROM}) > {rules.DETRACTOR_TO}
"""  # noqa: S608 - all ours
_ORDER = f"""
SELECT s.customer, s.score, s.low, s.high, s.reasons, s.at, {naming.sealed("c", as_="person")}
FROM advocate_score s JOIN customer c ON c.id = s.customer
WHERE ($1::integer IS NULL OR (s.score, s.customer) < ($1, $2::uuid)) AND {_FREE}
ORDER BY s.score DESC, s.customer DESC LIMIT $3
"""  # noqa: S608 - all ours
_COUNTS = f"""
SELECT count(*) AS scored, count(*) FILTER (WHERE {_FREE}) AS free
FROM advocate_score s JOIN customer c ON c.id = s.customer WHERE {EVALUABLE_ONE}
"""  # noqa: S608 - all ours


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in the order: their score within its interval, and why."""

    customer: UUID
    name: str
    score: int
    low: int
    high: int
    reasons: list[Reason]
    at: datetime


async def order(*, after: str | None = None, limit: int = 50) -> Page[Standing]:
    """Whom to ask first, page by page, names included. One query. Raises BadCursor."""
    score, last = _place(after)
    rows = await ground.fetch(_ORDER, score, last, cursors.asked_for(limit))
    found = [_standing(row) for row in rows]
    kept = found[:limit]
    return Page(kept, _cursor(kept[-1]) if len(found) > limit else None)


async def counts() -> tuple[int, int]:
    """How many have a score, and how many of them are in the order. One query."""
    row = (await ground.fetch(_COUNTS))[0]
    return row["scored"], row["free"]


def _standing(row: dict[str, Any]) -> Standing:
    named = naming.take(row, as_="person")
    row.pop("person_id")
    reasons = msgspec.json.decode(row.pop("reasons"), type=list[Reason])
    return Standing(name=named.shown, reasons=reasons, **row)


def _place(after: str | None) -> tuple[int | None, UUID | None]:
    """Raises BadCursor."""
    if after is None:
        return None, None
    try:
        score, _, last = urlsafe_b64decode(after).decode("ascii").partition("|")
        place = int(score), UUID(last)
    except ValueError as fault:
        raise BadCursor("errors.lists.cursor") from fault
    if not 0 <= place[0] <= _MOST_SCORE:
        raise BadCursor("errors.lists.cursor")
    return place


def _cursor(last: Standing) -> str:
    return urlsafe_b64encode(f"{last.score}|{last.customer}".encode()).decode()
