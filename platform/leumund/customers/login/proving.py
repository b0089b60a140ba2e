"""Prove: before a deed that no read mailbox may do, a person shows a code or a passkey; the session gets a new token.

Answers instead of raising, so that a counted failure is committed.
"""

from datetime import datetime

from leumund.audit import noting
from leumund.customers.login import factors, recovering, signing, visiting
from leumund.customers.login.factors import Factor
from leumund.customers.login.visiting import Visit
from leumund.kit import codes, ground, knocking
from leumund.kit.faults import Refused

# Counted before the code is looked at, under the row's lock: a thousand tries at once are tried one by one.
_COUNT = """
UPDATE customer_factor SET failed_attempts = failed_attempts + 1, failed_at = $2
WHERE id = $1 AND (failed_at IS NULL OR failed_at + $3 <= $2) AND failed_attempts = $4 RETURNING id
"""
_USE_STEP = """
UPDATE customer_factor SET counter = $2, used_at = $3, failed_attempts = 0, failed_at = NULL
WHERE id = $1 AND counter < $2 RETURNING id
"""
# A passkey that never counts says nought each time; one that does must count on.
_USE_SIGNATURE = """
UPDATE customer_factor SET counter = $2, used_at = $3 WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))
RETURNING id
"""


class NotProven(Refused):
    """What is said of a code or a passkey that was not theirs or not new, once the failure was counted for good."""

    def __init__(self, *, field: str) -> None:
        super().__init__(f"errors.customers.not_proven_{field}", field=field)


async def by_code(*, visit: Visit, code: str, at: datetime) -> str | None:
    """The session's new token when ``code`` is their app's or a recovery code, and new; else None."""
    if recovering.looks_like_one(code):
        right = await recovering.use(customer=visit.customer, code=code, at=at)
    else:
        right = await _by_app(visit, code, at)
    return await _proven(visit, right, at)


async def by_passkey(*, visit: Visit, answer: str, at: datetime) -> str | None:
    """The session's new token when ``answer`` is signed by a passkey of theirs; else None."""
    try:
        factor, counter = await signing.signed(visit=visit, answer=answer, at=at)
    except signing.Refuted:
        return await _proven(visit, False, at)
    return await _proven(visit, bool(await ground.fetch(_USE_SIGNATURE, factor.id, counter, at)), at)


async def _by_app(visit: Visit, code: str, at: datetime) -> bool:
    counting = await factors.counting(customer=visit.customer, at=at)
    app = next((factor for factor in counting if factor.kind == factors.APP), None)
    return app is not None and await _may_try(app, at) and await _use(app, code, at)


async def _may_try(app: Factor, at: datetime) -> bool:
    wait = knocking.wait(app.failed_attempts)
    return bool(await ground.fetch(_COUNT, app.id, at, wait, app.failed_attempts))


async def _use(app: Factor, code: str, at: datetime) -> bool:
    step = codes.step_of(app.secret, code, at)
    return step is not None and bool(await ground.fetch(_USE_STEP, app.id, step, at))


async def _proven(visit: Visit, right: bool, at: datetime) -> str | None:
    actor = f"customer:{visit.customer}"
    if not right:
        await noting.note(actor=actor, action="customer.factor_refused", subject=visit.customer, at=at)
        return None
    await noting.note(actor=actor, action="customer.factor_shown", subject=visit.customer, at=at)
    return await visiting.renew(visit=visit, proven=True, at=at)
