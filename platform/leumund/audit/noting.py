"""Note a deed in the audit log, in the same transaction as the deed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.audit.tables import AuditEntry


async def note(
    *, actor: str, action: str, at: datetime, subject: UUID | None = None, detail: Mapping[str, object] | None = None
) -> None:
    """``actor`` is such as ``staff:<uuid>`` or ``system:worker``, ``action`` such as ``referral.approved``.

    ``detail`` names facts and ids; personal values stay out of it, since an entry outlives the person's erasure.
    """
    assert actor.partition(":")[2], "an actor is a kind and a name"
    await AuditEntry.insert(AuditEntry(at=at, actor=actor, action=action, subject=subject, detail=dict(detail or {})))
