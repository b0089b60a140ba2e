"""Call Stripe so that money moves once, whatever happens to the call.

The call's row, with its idempotency key, is committed before the call. As long as Stripe remembers the key, the very
same is sent again until there is an answer. Once it may have forgotten it, or answers for good with a fault of its own,
nothing is sent any more before what was done was looked for by what it was marked with; only what is known not to be
there is asked for anew, under a new key.
"""

import json
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple
from uuid import uuid4, uuid5

from stripe import StripeClient

from leumund.kit import ground
from leumund.payouts.stripe import connecting, hearing, keeping, pausing
from leumund.payouts.stripe.asking import Asked, Line, Operation
from leumund.payouts.stripe.hearing import Heard, What

# Stripe may forget a key after 24 hours by its own clock.
KEY_COUNTS = timedelta(hours=23)
# How long a try that got no answer may still be at work over there.
_AT_WORK = timedelta(minutes=15)
MOST_ATTEMPTS = 20
# A plain no that is over once the company has filled up its balance.
_PASSING = frozenset({"balance_insufficient"})
_PASSING_SECONDS = 3600
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 5, 600
_LATEST = """
SELECT id, attempt, idempotency_key, account, livemode, request, state, tries, spent, first_tried_at, tried_at,
       object_id, code
FROM payout_call WHERE payout = $1 AND operation = $2 ORDER BY attempt DESC LIMIT 1 FOR UPDATE
"""
# Two who begin one call at once have its key and its place in common, so whichever they meet in, the second waits.
_WRITE = """
INSERT INTO payout_call (id, payout, beneficiary, operation, attempt, idempotency_key, account, livemode, request,
    state, tries, first_tried_at, tried_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, 'open', 0, $10, $10)
ON CONFLICT DO NOTHING
"""
_TRY = "UPDATE payout_call SET tries = tries + 1, tried_at = $2 WHERE id = $1"
_SETTLE = """
UPDATE payout_call SET state = $2, object_id = $3, code = $4, spent = spent OR $5
WHERE id = $1 AND state IN ('open', 'unclear')
"""


class Known(Enum):
    """What is known of a call by now."""

    DONE = "done"
    REFUSED = "refused"
    # Not begun, and it will be: Stripe is away, or the company's balance is.
    WAITING = "waiting"
    # Sent, and nobody knows yet whether it was done.
    UNCLEAR = "unclear"


class Outcome(NamedTuple):
    """How a call stands: ``object_id`` is what it made, ``code`` why not, and when it is worth another look."""

    known: Known
    object_id: str = ""
    code: str = ""
    wait_seconds: int = 0


class _Step(NamedTuple):
    """The call in hand: its row, the key to the account, and whether to look for it instead of sending it."""

    row: dict[str, Any]
    key: str
    look: bool


async def call(line: Line, operation: Operation, asked: Asked, *, at: datetime) -> Outcome:
    """Have ``asked`` done once. Outside any scope; to be called again, with the same, until it is done or refused."""
    async with line.inside():
        step = await _begin(operation, asked, at)
    if isinstance(step, Outcome):
        return step
    # What was first asked for counts, whatever the caller makes of it by now.
    asked = asked._replace(request=step.row["request"])
    async with connecting.opened(line.service, step.key) as client:
        heard = await (_find(client, operation, asked, step) if step.look else _send(client, operation, asked, step))
    async with line.inside():
        await pausing.note(heard, at=at)
        if step.look:
            outcome = await _looked(step, heard)
        else:
            outcome = await _sent(step, heard)
    # Known not to be there, so it may be asked for anew; or settled by somebody else, which the row tells.
    return await call(line, operation, asked, at=at) if outcome is None else outcome


async def _begin(operation: Operation, asked: Asked, at: datetime) -> _Step | Outcome:
    entry, row = await keeping.entry(), await _latest(operation, asked)
    if row is not None and row["state"] in ("answered", "refused"):
        known = Known.DONE if row["state"] == "answered" else Known.REFUSED
        return Outcome(known, row["object_id"] or "", row["code"] or "")
    if entry is None:
        return Outcome(_unknown(row), code="no_account", wait_seconds=_PASSING_SECONDS)
    if seconds := pausing.left_seconds(entry, at=at):
        return Outcome(_unknown(row), code="paused", wait_seconds=seconds)
    if row is None or row["state"] == "settled":
        attempt = row["attempt"] + 1 if row else 1
        if attempt > MOST_ATTEMPTS:
            return Outcome(Known.REFUSED, code=(row or {}).get("code") or "given_up")
        await _write(operation, asked, entry, attempt=attempt, at=at)
        row = await _latest(operation, asked)
        assert row is not None, "written above"
    if (row["account"], row["livemode"]) != (entry.account, entry.livemode):
        return Outcome(_unknown(row), code="other_account", wait_seconds=_PASSING_SECONDS)
    return await _choose(row, entry.key, at)


async def _choose(row: dict[str, Any], key: str, at: datetime) -> _Step | Outcome:
    """Whether to send or to look; a try is counted before it is made."""
    row["request"] = json.loads(row["request"])
    forgotten = at - row["first_tried_at"] >= KEY_COUNTS and row["tries"] > 0
    if not (forgotten or row["spent"]):
        await ground.execute(_TRY, row["id"], at)
        row["tries"] += 1
        return _Step(row, key, look=False)
    rest = row["tried_at"] + _AT_WORK - at
    if not row["spent"] and rest > timedelta():
        return Outcome(Known.UNCLEAR, code="at_work", wait_seconds=int(rest.total_seconds()) + 1)
    return _Step(row, key, look=True)


async def _latest(operation: Operation, asked: Asked) -> dict[str, Any] | None:
    rows = await ground.fetch(_LATEST, asked.payout, operation.name)
    return rows[0] if rows else None


async def _write(operation: Operation, asked: Asked, entry: keeping.Entry, *, attempt: int, at: datetime) -> None:
    # The same key for the same thing, even if this row should not outlive an older backup.
    key = uuid5(asked.order.key, f"{operation.name} {attempt}")
    what = (uuid4(), asked.payout, asked.order.beneficiary, operation.name, attempt, key)
    await ground.execute(_WRITE, *what, entry.account, entry.livemode, json.dumps(asked.request), at)


async def _send(client: StripeClient, operation: Operation, asked: Asked, step: _Step) -> Heard:
    heard = await hearing.hear(operation.send(client, asked.request, str(step.row["idempotency_key"])))
    if heard.what is What.DONE and not isinstance(getattr(heard.thing, "id", None), str):
        return Heard(What.UNCLEAR, code="unreadable")
    return heard


async def _find(client: StripeClient, operation: Operation, asked: Asked, step: _Step) -> Heard:
    return await hearing.hear(operation.find(client, asked, step.row["first_tried_at"]))


async def _sent(step: _Step, heard: Heard) -> Outcome | None:
    """What the answer says; None where somebody else has settled the row meanwhile, and that counts."""
    row = step.row
    if heard.what is What.DONE:
        settled = await _settle(row, "answered", object_id=heard.thing.id)
        return Outcome(Known.DONE, object_id=heard.thing.id) if settled else None
    if heard.what is What.REFUSED:
        passing = heard.code in _PASSING
        settled = await _settle(row, "settled" if passing else "refused", code=heard.code)
        known = Known.WAITING if passing else Known.REFUSED
        return Outcome(known, code=heard.code, wait_seconds=_PASSING_SECONDS) if settled else None
    if heard.what is What.PATIENCE:
        return Outcome(_unknown(row), code=heard.code, wait_seconds=heard.wait_seconds)
    settled = await _settle(row, "unclear", code=heard.code, spent=heard.final)
    seconds = 0 if heard.final else _wait_seconds(row["tries"])
    return Outcome(Known.UNCLEAR, code=heard.code, wait_seconds=seconds) if settled else None


async def _looked(step: _Step, heard: Heard) -> Outcome | None:
    """What looking brought; None where it is known that nothing was done, or somebody else was first."""
    if heard.what is not What.DONE:
        return Outcome(Known.UNCLEAR, code=heard.code, wait_seconds=max(heard.wait_seconds, _wait_seconds(3)))
    if heard.thing is None:
        await _settle(step.row, "settled", code="not_there")
        return None
    settled = await _settle(step.row, "answered", object_id=heard.thing)
    return Outcome(Known.DONE, object_id=heard.thing) if settled else None


async def _settle(
    row: dict[str, Any], state: str, *, object_id: str | None = None, code: str | None = None, spent: bool = False
) -> bool:
    return await ground.execute(_SETTLE, row["id"], state, object_id, code, spent) == 1


def _unknown(row: dict[str, Any] | None) -> Known:
    """What is said of a call that cannot be gone on with now."""
    return Known.UNCLEAR if row is not None and row["state"] == "unclear" else Known.WAITING


def _wait_seconds(tries: int) -> int:
    return int(min(_FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 10), _LONGEST_WAIT_SECONDS))
