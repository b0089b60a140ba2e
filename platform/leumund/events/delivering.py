"""Deliver: take what is due for one endpoint, and keep what came of the try.

Between the two somebody outside is asked, over no connection and in no transaction of ours. A process that dies there
leaves the delivery due, so an event may arrive twice and never not at all; its number stays the same.
"""

from datetime import datetime
from random import Random, SystemRandom
from typing import Any
from uuid import UUID

from leumund.audit import noting
from leumund.events import rules, telling
from leumund.events.carrying import Carried, Parcel
from leumund.events.subscribing import PRIOR, SECRET, URL
from leumund.kit import ground

_DUE = """
SELECT d.id, d.tries, v.id AS event, v.kind, v.subject, v.at, e.id AS endpoint, e.url_sealed, e.secret_sealed,
       e.prior_secret_sealed, e.prior_until, e.rests_until
FROM event_delivery d JOIN event v ON v.id = d.event JOIN event_endpoint e ON e.id = d.endpoint
WHERE d.id = $1 AND d.state = 'waiting' AND d.due_at <= $2 AND e.disabled_at IS NULL
"""
_ATTEMPT = "INSERT INTO event_attempt (delivery, at, status, fault, took_ms) VALUES ($1, $2, $3, $4, $5)"
_TRIED = """
UPDATE event_delivery SET tries = tries + 1, state = $3, due_at = coalesce($4::timestamptz, due_at),
    settled_at = CASE WHEN $3 = 'waiting' THEN NULL ELSE $5::timestamptz END
WHERE id = $1 AND tries = $2 AND state = 'waiting' RETURNING endpoint
"""
_WELL = """
UPDATE event_endpoint SET failing_since = NULL, failed_in_a_row = 0, rests_until = NULL
WHERE id = $1 AND failing_since IS NOT NULL
"""
_ILL = """
UPDATE event_endpoint SET failing_since = coalesce(failing_since, $2), failed_in_a_row = failed_in_a_row + 1
WHERE id = $1 RETURNING failing_since, failed_in_a_row
"""
_REST = """
UPDATE event_endpoint SET rests_until = $2, disabled_at = $3, disabled_why = $4 WHERE id = $1 AND disabled_at IS NULL
"""


class Due(Parcel, frozen=True, kw_only=True):
    """A parcel with the delivery it is of, how often it was tried, and whose endpoint it goes to."""

    delivery: UUID
    tries: int
    endpoint: UUID


async def take(*, delivery: UUID, at: datetime) -> Due | None:
    """What to carry now; None where there is nothing (any more), or its endpoint rests and it comes again later."""
    rows = await ground.fetch(_DUE, delivery, at)
    if not rows:
        return None
    row = rows[0]
    if row["rests_until"] is not None and row["rests_until"] > at:
        await ground.execute("UPDATE event_delivery SET due_at = $2 WHERE id = $1", delivery, row["rests_until"])
        await telling.send_out([delivery], at=row["rests_until"])
        return None
    return Due(
        delivery=row["id"],
        tries=row["tries"],
        endpoint=row["endpoint"],
        **{name: row[name] for name in ("event", "kind", "subject", "at")},
        url=URL.unseal(row["url_sealed"], row["endpoint"]),
        secrets=_secrets(row, at),
        livemode=not ground.current().is_twin,
    )


async def keep(*, due: Due, carried: Carried, at: datetime, luck: Random | None = None) -> None:
    """Write down what came of it, and when it is tried again; what somebody else tried meanwhile is left alone."""
    taken = rules.is_taken(carried.status)
    again = (
        None if taken else rules.next_at(tries=due.tries + 1, at=at, asked=carried.wait, luck=luck or SystemRandom())
    )
    state = "delivered" if taken else "waiting" if again else "failed"
    if not await ground.fetch(_TRIED, due.delivery, due.tries, state, again, at):
        return
    await ground.execute(_ATTEMPT, due.delivery, at, carried.status, carried.fault, carried.took_ms)
    if taken:
        await ground.execute(_WELL, due.endpoint)
        return
    if again:
        await telling.send_out([due.delivery], at=again)
    await _fail(due.endpoint, carried, at)


async def _fail(endpoint: UUID, carried: Carried, at: datetime) -> None:
    """Leave the endpoint in peace for a while, or for good where it asks for it or nobody listened for days."""
    rows = await ground.fetch(_ILL, endpoint, at)
    if not rows:
        return
    why = None
    if rules.is_gone(carried.status):
        why = "gone"
    elif rules.is_given_up(failing_since=rows[0]["failing_since"], at=at):
        why = "failing"
    rests = at + rules.rest(failed_in_a_row=rows[0]["failed_in_a_row"])
    if await ground.execute(_REST, endpoint, rests, at if why else None, why) and why:
        await noting.note(actor="system:events", action="endpoint.given_up", subject=endpoint, at=at)


def _secrets(row: dict[str, Any], at: datetime) -> list[str]:
    """The current one first; the one before it for as long as both count."""
    secrets = [SECRET.unseal(row["secret_sealed"], row["endpoint"])]
    if row["prior_until"] is not None and at < row["prior_until"]:
        secrets.append(PRIOR.unseal(row["prior_secret_sealed"], row["endpoint"]))
    return secrets
