"""Tell that something happened: the event commits with the deed it is of, and each endpoint that hears of it is due.

An event holds a kind and the id of a row, so nothing of a person leaves by it: whoever wants more asks the API, with a
key. Told again it is another event, so whoever calls tells what did happen and not what was asked for.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.events import rules
from leumund.kit import ground, outbox

KIND = "events.deliver"
# What happened in one deed is told in its order, though no endpoint hears it in that order for certain.
_TELL = """
WITH told AS (
    INSERT INTO event (kind, subject, at)
    SELECT kind, subject, $3 FROM unnest($1::text[], $2::uuid[]) AS happened (kind, subject) RETURNING id, kind
)
INSERT INTO event_delivery (event, endpoint, due_at)
SELECT t.id, e.id, $3 FROM told t JOIN event_endpoint e
ON e.disabled_at IS NULL AND (cardinality(e.kinds) = 0 OR t.kind = ANY (e.kinds))
RETURNING id
"""


async def tell(*, kind: str, subject: UUID, at: datetime) -> None:
    """``kind`` happened to ``subject``; one query where nobody listens, and one more where somebody does."""
    await tell_all(happened=[(kind, subject)], at=at)


async def tell_all(*, happened: Sequence[tuple[str, UUID]], at: datetime) -> None:
    """As ``tell`` does, of several things at once and with as many queries."""
    assert all(kind in rules.TYPES for kind, _ in happened), "an endpoint can only choose what there is"
    if happened:
        due = await ground.fetch(_TELL, [kind for kind, _ in happened], [subject for _, subject in happened], at)
        await send_out([row["id"] for row in due], at=at)


async def send_out(deliveries: Sequence[UUID], *, at: datetime) -> None:
    """Have ``deliveries`` carried at ``at`` or soon after; nobody of ours waits for them."""
    if deliveries:
        await outbox.enqueue_all(kind=KIND, subjects=deliveries, due_at=at, bulk=True)
