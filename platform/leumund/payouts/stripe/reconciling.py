"""Compare Stripe's books with ours, every night: what differs is listed and told, and nothing is changed silently."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox
from leumund.messages import alerting
from leumund.payouts.stripe import comparing, connecting, hearing, keeping, surveying
from leumund.payouts.stripe.asking import Line
from leumund.payouts.stripe.comparing import Difference, Ours, Theirs
from leumund.payouts.stripe.hearing import What
from leumund.payouts.stripe.surveying import Asked

KIND, MAIL, RIGHT = "stripe.compare", "stripe_differs", "stripe.manage"
# What came back later than this is told by an event; a week of nights without a worker is made up for.
_BACK = timedelta(days=8)
# Of what was sent a moment ago the answer may still be on its way.
_SETTLING = timedelta(hours=1)
_OURS = """
SELECT p.id AS payout, c.object_id, p.state, p.cents, p.currency, p.submitted_at
FROM payout p LEFT JOIN payout_call c ON c.payout = p.id AND c.state = 'answered' AND c.operation =
    CASE p.way WHEN 'stripe_transfer' THEN 'transfer' WHEN 'stripe_balance' THEN 'credit' ELSE 'promotion_code' END
WHERE p.way IN ('stripe_transfer', 'stripe_balance', 'stripe_coupon') AND p.submitted_at >= $1 AND p.submitted_at < $2
"""
# Of credit it is asked at whom it was booked, as the call was written down before it was made.
_ASKED = """
SELECT coalesce(array_agg(DISTINCT c.request ->> 'customer') FILTER (
        WHERE c.operation = 'credit' AND c.request ->> 'customer' <> ''), '{}') AS customers,
    coalesce(bool_or(c.operation = 'promotion_code'), false) AS coupons
FROM payout p JOIN payout_call c ON c.payout = p.id
WHERE p.way IN ('stripe_balance', 'stripe_coupon') AND p.submitted_at >= $1 AND p.submitted_at < $2
"""
# Marked with a payout that was submitted before the time that is compared: looked up by id, as far as there are any.
_EARLIER = _OURS.replace("p.submitted_at >= $1 AND p.submitted_at < $2", "p.id = ANY ($1)")
_KEEP = """
INSERT INTO stripe_difference (id, kind, payout, object_id, ours_cents, theirs_cents, currency, found_at)
SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::text[]), unnest($5::bigint[]),
    unnest($6::bigint[]), unnest($7::text[]), $8
ON CONFLICT (payout, kind, object_id) WHERE settled_at IS NULL DO NOTHING
"""
# One that was not found again, of a payout that was looked at, is so no more.
_SETTLE = """
UPDATE stripe_difference d SET settled_at = $4 WHERE d.settled_at IS NULL AND d.payout = ANY ($1)
  AND NOT EXISTS (
    SELECT FROM unnest($2::uuid[], $3::text[]) AS found (payout, kind)
    WHERE found.payout = d.payout AND found.kind = d.kind
  )
"""
_COMPARED = "UPDATE stripe_account SET compared_at = $1"
_OPEN = """
SELECT id, kind, payout, object_id, ours_cents, theirs_cents, currency, found_at FROM stripe_difference
WHERE settled_at IS NULL ORDER BY found_at DESC, id LIMIT $1
"""
MOST_SHOWN = 200


class Unanswered(Exception):
    """Stripe did not show all of its books; the job comes again."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A difference that stands, as its page shows it."""

    id: UUID
    kind: str
    payout: UUID
    object_id: str
    ours_cents: int | None
    theirs_cents: int | None
    currency: str
    found_at: datetime


async def enqueue(*, company: UUID, at: datetime) -> None:
    """Have tonight's books compared, where the company has an account."""
    if await keeping.entry() is not None:
        await outbox.enqueue(kind=KIND, subject=company, due_at=at, bulk=True)


async def reconcile(line: Line, at: datetime) -> int:
    """The errand of KIND: how many differences stand that were not known. Outside any scope. Raises Unanswered."""
    since, until = at - _BACK, at - _SETTLING
    async with line.inside():
        entry, asked = await keeping.entry(), await _asked(since, until)
    if entry is None:
        return 0
    async with connecting.opened(line.service, entry.key) as client:
        heard = await hearing.hear(surveying.survey(client, asked, since - _SETTLING))
    if heard.what is not What.DONE:
        raise Unanswered(heard.code)
    async with line.inside():
        ours = await _ours(since, until, heard.thing)
        known = {each.payout for each in ours}
        late = {each.payout for each in ours if each.submitted_at >= until}
        theirs = [each for each in heard.thing if each.payout not in late]
        found = comparing.compare([each for each in ours if each.payout not in late], theirs, at=at)
        return await _keep(found, looked_at=known | {each.payout for each in theirs}, at=at)


async def standing() -> list[Found]:
    """The differences that stand, newest first, MOST_SHOWN at most."""
    return [Found(**row) for row in await ground.fetch(_OPEN, MOST_SHOWN)]


async def _asked(since: datetime, until: datetime) -> Asked:
    (row,) = await ground.fetch(_ASKED, since, until)
    return Asked(**row)


async def _ours(since: datetime, until: datetime, theirs: Sequence[Theirs]) -> list[Ours]:
    """Payouts of the time that is compared, and whichever else their transfers name. Two queries."""
    rows = await ground.fetch(_OURS, since, until)
    known = {row["payout"] for row in rows}
    named = list({each.payout for each in theirs} - known)
    rows += await ground.fetch(_EARLIER, named) if named else []
    return [Ours(**row) for row in rows if row["submitted_at"] is not None]


async def _keep(found: Sequence[Difference], *, looked_at: set[UUID], at: datetime) -> int:
    columns: list[list[Any]] = (
        [list(column) for column in zip(*found, strict=True)] if found else [[] for _ in range(6)]
    )
    kinds, payouts, names, ours, theirs, currencies = columns
    ids = [uuid4() for _ in found]
    new = await ground.execute(_KEEP, ids, kinds, payouts, names, ours, theirs, currencies, at)
    await ground.execute(_SETTLE, list(looked_at), payouts, kinds, at)
    await ground.execute(_COMPARED, at)
    if new:
        await alerting.alert(kind=MAIL, right=RIGHT, at=at)
    return new
