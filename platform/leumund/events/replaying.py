"""Send again what did not arrive, or arrived and got lost over there: the same event under the same number."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.events import rules, telling
from leumund.events.subscribing import EndpointUnknown
from leumund.kit import ground
from leumund.kit.faults import Overtaken, Unknown

_AGAIN = """
UPDATE event_delivery d SET state = 'waiting', tries = 0, due_at = $2, settled_at = NULL
FROM event_endpoint e WHERE e.id = d.endpoint AND d.id = $1 AND e.id = $3 AND e.disabled_at IS NULL RETURNING d.id
"""
_ALL_AGAIN = """
UPDATE event_delivery d SET state = 'waiting', tries = 0, due_at = $2, settled_at = NULL
FROM event_endpoint e WHERE e.id = d.endpoint AND e.id = $1 AND e.disabled_at IS NULL AND d.state = 'failed'
RETURNING d.id
"""
_TEST = """
WITH told AS (INSERT INTO event (kind, subject, at) SELECT $2, id, $3 FROM event_endpoint WHERE id = $1 RETURNING id)
INSERT INTO event_delivery (event, endpoint, due_at) SELECT id, $1, $3 FROM told RETURNING id
"""


class DeliveryUnknown(Unknown):
    """There is no such delivery at this endpoint."""


class EndpointOff(Overtaken):
    """Nothing is sent to an endpoint that is off."""


async def replay(*, endpoint: UUID, delivery: UUID, actor: str, at: datetime) -> None:
    """Send one delivery again, whatever became of it. Raises EndpointUnknown, DeliveryUnknown, EndpointOff."""
    await _on(endpoint)
    if not await ground.fetch(_AGAIN, delivery, at, endpoint):
        raise DeliveryUnknown("errors.events.delivery_unknown")
    await telling.send_out([delivery], at=at)
    await noting.note(actor=actor, action="endpoint.replayed", subject=endpoint, detail={"deliveries": 1}, at=at)


async def replay_failed(*, endpoint: UUID, actor: str, at: datetime) -> int:
    """Send all again that was given up; how many. Raises EndpointUnknown, EndpointOff."""
    await _on(endpoint)
    again = [row["id"] for row in await ground.fetch(_ALL_AGAIN, endpoint, at)]
    await telling.send_out(again, at=at)
    if again:
        detail = {"deliveries": len(again)}
        await noting.note(actor=actor, action="endpoint.replayed", subject=endpoint, detail=detail, at=at)
    return len(again)


async def try_out(*, endpoint: UUID, at: datetime) -> None:
    """Send an event that is about nothing but the endpoint itself. Raises EndpointUnknown, EndpointOff."""
    await _on(endpoint)
    due = await ground.fetch(_TEST, endpoint, rules.TEST, at)
    await telling.send_out([row["id"] for row in due], at=at)


async def _on(endpoint: UUID) -> None:
    rows = await ground.fetch("SELECT disabled_at FROM event_endpoint WHERE id = $1 FOR SHARE", endpoint)
    if not rows:
        raise EndpointUnknown("errors.events.endpoint_unknown")
    if rows[0]["disabled_at"] is not None:
        raise EndpointOff("errors.events.endpoint_off")
