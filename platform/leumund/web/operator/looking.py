"""The operators' one way to a company's rows: what its owner answered, and, where that was yes, one noted look a time.

No other module of these pages opens a company's scope; a test holds that.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request

from leumund.kit import clock
from leumund.kit.sight import Asked
from leumund.operating import asking, watching
from leumund.operating.watching import Company, CompanyUnknown
from leumund.support import answers, ending, noting, telling
from leumund.support.answers import Answer
from leumund.support.noting import Look, NoSight
from leumund.tenancy.arriving import deployment_of
from leumund.tenancy.directory import State, Tenant, UnknownTenant
from leumund.web.operator import entering


class Seen(NamedTuple):
    """What was found, and the grant it was found by."""

    answer: Answer
    found: Any


async def company(request: Request[Any, Any, Any], slug: str) -> Company:
    """The company as operators see it. Raises CompanyUnknown."""
    async with entering.reading(request) as desk:
        return await watching.find(desk, slug=slug)


async def answered(request: Request[Any, Any, Any], of: Company) -> list[Answer]:
    """What the company's owner said to operators; nobody's data is in it but the operators' own."""
    async with deployment_of(request.scope).scopes.reading(await _tenant(request, of)):
        return await answers.every()


async def ask(request: Request[Any, Any, Any], of: Company, asked: Asked) -> None:
    """Ask, and tell the owners; what fails in one undoes the other. Raises what asking.ask does."""
    asking.check(reason=asked.reason, rooms=asked.rooms, hours=asked.hours)
    async with deployment_of(request.scope).scopes.inside(await _tenant(request, of)):
        await telling.tell(asked=asked)
        async with entering.inside(request) as desk:
            await asking.ask(desk, company=of, asked=asked)


async def hand_back(request: Request[Any, Any, Any], of: Company, asked: UUID, operator: UUID) -> None:
    """End what was granted to ``operator``, and note it in both logs, as in ``ask``. Raises AnswerUnknown."""
    at = clock.now()
    async with deployment_of(request.scope).scopes.inside(await _tenant(request, of)):
        if await ending.hand_back(request=asked, operator=operator, at=at):
            async with entering.inside(request) as desk:
                await asking.hand_back(desk, company=of, request=asked, operator=operator, at=at)


async def look(request: Request[Any, Any, Any], of: Company, at: Look, read: Callable[..., Awaitable[Any]]) -> Seen:
    """What ``read`` finds, once the look is in the company's log for good. Raises NoSight, and what ``read`` does."""
    if of.state is not State.OPEN:
        # Where the owner cannot come to end it, nobody looks.
        raise NoSight("errors.support.no_sight")
    tenant, scopes = await _tenant(request, of), deployment_of(request.scope).scopes
    async with scopes.inside(tenant):
        noted = await noting.note(look=at, at=clock.now())
    async with scopes.reading(tenant):
        return Seen(await answers.find(request=at.request), await read(noted, at=clock.now()))


async def _tenant(request: Request[Any, Any, Any], of: Company) -> Tenant:
    try:
        return await deployment_of(request.scope).directory.by_slug(of.slug)
    except UnknownTenant as fault:
        raise CompanyUnknown("errors.operating.company_unknown", slug=of.slug) from fault
