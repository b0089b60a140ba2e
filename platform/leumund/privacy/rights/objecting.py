"""Object: to advertising at once and without a reason (Art. 21(2), (3) GDPR), and to being evaluated (Art. 21(1))."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.consent.evidence import recording
from leumund.consent.stopping import objecting
from leumund.customers.records import finding
from leumund.kit import ground, outbox
from leumund.scoring import keeping as scores

_PROFILING = """
UPDATE customer SET profiling_objected_at = $2 WHERE id = $1 AND profiling_objected_at IS NULL RETURNING id
"""
_PROFILED = "SELECT profiling_objected_at IS NOT NULL AS objected FROM customer WHERE id = $1"


async def to_advertising(
    *, customer: UUID, source: str, at: datetime, evidence: Mapping[str, object] | None = None
) -> None:
    """End every consent to advertising, and let none reach the address again. Raises CustomerUnknown."""
    person = await finding.known(customer=customer)
    await objecting.object_to_all(customer=customer, email=person.email, source=source, evidence=evidence, at=at)


async def to_profiling(*, customer: UUID, actor: str, at: datetime) -> bool:
    """Let nobody evaluate the person any more, neither scores nor segments; false where they objected before."""
    new = bool(await ground.fetch(_PROFILING, customer, at))
    if new:
        await scores.forget(customer=customer)
        # Classes, segments and what was done by them follow: nobody reads them from this moment on.
        await outbox.enqueue(kind=recording.PROFILE_DECIDED, subject=customer, due_at=at)
        await noting.note(actor=actor, action="customer.profiling_objected", subject=customer, at=at)
    return new


async def objects_to_profiling(*, customer: UUID) -> bool:
    """Whether the person may not be evaluated."""
    rows = await ground.fetch(_PROFILED, customer)
    return bool(rows and rows[0]["objected"])
