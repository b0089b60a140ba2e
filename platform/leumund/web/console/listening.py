"""What operators ask of the company whose host this is, as its console hears it."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request

from leumund.kit import clock
from leumund.kit.sight import Asked
from leumund.operating import hearing
from leumund.operating.asking import Filed
from leumund.support import answers
from leumund.support.answers import Answer
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.web.console import entering

SEE, DECIDE = "support.see", "support.decide"


class Notice(NamedTuple):
    """How many requests wait for an owner's answer, and how many grants are open."""

    waiting: int
    open: int


async def notice(request: Request[Any, Any, Any]) -> Notice | None:
    """What the first page says of operators; None where none asked lately, which costs no look at the company."""
    requests, at = await heard(request), clock.now()
    if not requests:
        return None
    async with entering.reading(request):
        answered = await answers.every()
    return Notice(len(unanswered(requests, answered)), sum(answer.is_open(at) for answer in answered))


async def heard(request: Request[Any, Any, Any]) -> list[Filed]:
    """What was asked lately, the newest first."""
    deployment, tenant = deployment_of(request.scope), tenant_of(request.scope)
    return await hearing.recent(deployment, tenant=tenant.id, at=clock.now())


def unanswered(requests: list[Filed], answered: list[Answer]) -> list[Asked]:
    """What of ``requests`` still waits for an answer."""
    known, at = {answer.request for answer in answered}, clock.now()
    return [filed.asked for filed in requests if filed.waits(at) and filed.asked.id not in known]


async def find(request: Request[Any, Any, Any], asked: UUID) -> Asked:
    """What may be answered under this id. Raises RequestUnknown."""
    deployment, tenant = deployment_of(request.scope), tenant_of(request.scope)
    return await hearing.find(deployment, tenant=tenant.id, request=asked, at=clock.now())
