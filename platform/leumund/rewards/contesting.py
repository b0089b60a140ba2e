"""How long people may object to what they were refused, as the company tells them."""

from datetime import datetime

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refused

OBJECT_WITHIN_DAYS, LEAST_DAYS, MOST_DAYS = 42, 14, 365
_TERM = "SELECT object_within_days FROM review_setting"
_LET = """
INSERT INTO review_setting (id, object_within_days, changed_at) VALUES (1, $1, $2)
ON CONFLICT (id) DO UPDATE SET object_within_days = excluded.object_within_days, changed_at = excluded.changed_at
"""


class BadTerm(Refused):
    """A time too short to write a letter in, or longer than anybody remembers."""


async def object_within_days() -> int:
    """How long people are told they may object."""
    rows = await ground.fetch(_TERM)
    return rows[0]["object_within_days"] if rows else OBJECT_WITHIN_DAYS


async def let_object_within(*, days: int, actor: str, at: datetime) -> None:
    """Tell people from now on that they may object for so many ``days``. Raises BadTerm."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise BadTerm("errors.reviews.term", field="days", least=LEAST_DAYS, most=MOST_DAYS)
    before = await object_within_days()
    if days != before:
        await ground.execute(_LET, days, at)
        detail = {"days": f"{before} > {days}"}
        await noting.note(actor=actor, action="reviews.term_changed", detail=detail, at=at)
