"""Hear what operators ask of one company: read for its own people, by the role that only reads the directory."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import sight
from leumund.kit.sight import Asked
from leumund.operating import asking
from leumund.operating.asking import Filed, RequestUnknown
from leumund.tenancy.deployment import Deployment

# What was answered at the last moment is still read by for some hours.
_RECENT = sight.WAITS + timedelta(days=1)
_HEARD = """
SELECT id, operator, operator_email, reason, rooms, hours, asked_at, withdrawn_at FROM support_request
WHERE tenant = $1 AND asked_at > $2 ORDER BY asked_at DESC, id LIMIT 200
"""


async def recent(deployment: Deployment, *, tenant: UUID, at: datetime) -> list[Filed]:
    """What was asked of a company lately, answered or not, the newest first."""
    rows = await deployment.directory.pool.fetch(_HEARD, tenant, at - _RECENT)
    return [asking.filed(dict(row)) for row in rows]


async def find(deployment: Deployment, *, tenant: UUID, request: UUID, at: datetime) -> Asked:
    """What may be answered under this id; another company's is as unknown as one never made. Raises RequestUnknown."""
    for filed in await recent(deployment, tenant=tenant, at=at):
        if filed.asked.id == request and filed.waits(at):
            return filed.asked
    raise RequestUnknown("errors.support.request_unknown")
