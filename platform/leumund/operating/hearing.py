"""Hear what operators ask of one company: read for its own people, by the role that only reads the directory."""

from datetime import datetime
from uuid import UUID

from leumund.kit import sight
from leumund.kit.sight import Asked
from leumund.operating.asking import RequestUnknown
from leumund.tenancy.deployment import Deployment

_WAITING = """
SELECT id, operator, operator_email, reason, rooms, hours, asked_at FROM support_request
WHERE tenant = $1 AND withdrawn_at IS NULL AND asked_at > $2 AND ($3::uuid IS NULL OR id = $3)
ORDER BY asked_at DESC, id LIMIT 50
"""


async def waiting(deployment: Deployment, *, tenant: UUID, at: datetime) -> list[Asked]:
    """What was asked of a company and neither withdrawn nor left for a week; some may be answered by now."""
    return await _fetch(deployment, tenant, at, None)


async def find(deployment: Deployment, *, tenant: UUID, request: UUID, at: datetime) -> Asked:
    """One of those; another company's is as unknown as one never made. Raises RequestUnknown."""
    found = await _fetch(deployment, tenant, at, request)
    if not found:
        raise RequestUnknown("errors.support.request_unknown")
    return found[0]


async def _fetch(deployment: Deployment, tenant: UUID, at: datetime, request: UUID | None) -> list[Asked]:
    rows = await deployment.directory.pool.fetch(_WAITING, tenant, at - sight.WAITS, request)
    return [Asked(**dict(row)) for row in rows]
