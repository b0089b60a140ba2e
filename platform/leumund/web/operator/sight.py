"""What an operator sees of a company under a grant: a list a room, and one customer's record."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.kit.cursors import Page
from leumund.operating.sessions import Operator
from leumund.operating.watching import Company
from leumund.support import reading
from leumund.support.noting import Look, NoSight
from leumund.web import paging
from leumund.web.operator import entering, looking
from leumund.web.operator.looking import Seen

_LISTS: dict[str, Callable[..., Awaitable[Page[Any]]]] = {
    "surveys": reading.answers,
    "referrals": reading.referrals,
    "rewards": reading.rewards,
    "messages": reading.messages,
}


class SightController(Controller):
    """``/operator/companies/<slug>/support/<request>/<room>``, ``.../customers/<id>``: each GET is an entry there."""

    path = "/operator/companies/{slug:str}/support/{asked:uuid}"

    @get("/customers")
    async def customers(
        self, request: Request[Any, Any, Any], slug: FromPath[str], asked: FromPath[UUID]
    ) -> Response[str]:
        text = paging.asked(request, "q")
        read = partial(reading.customers, text=text, after=paging.after(request))
        # That somebody was searched for is noted; whom would be a name in a log that outlives them.
        detail = {"shown": "found" if text else "list"}
        return await _list(request, slug, _Look(asked, "customers", detail, read), q=text)

    @get("/customers/{customer:uuid}")
    async def customer(
        self, request: Request[Any, Any, Any], slug: FromPath[str], asked: FromPath[UUID], customer: FromPath[UUID]
    ) -> Response[str]:
        read = partial(reading.customer, customer=customer)
        look = _Look(asked, "customers", {"shown": "record", "customer": str(customer)}, read)
        who, company, seen = await _seen(request, slug, look)
        return entering.page(
            request, who, "operator_customer.html", company=company, answer=seen.answer, customer=seen.found
        )

    @get("/{room:str}")
    async def room(
        self, request: Request[Any, Any, Any], slug: FromPath[str], asked: FromPath[UUID], room: FromPath[str]
    ) -> Response[str]:
        if room not in _LISTS:
            raise NoSight("errors.support.no_sight")
        read = partial(_LISTS[room], after=paging.after(request))
        return await _list(request, slug, _Look(asked, room, {"shown": "list"}, read))


class _Look(NamedTuple):
    asked: UUID
    room: str
    detail: dict[str, str]
    read: Callable[..., Awaitable[Any]]


async def _list(request: Request[Any, Any, Any], slug: str, look: _Look, **context: Any) -> Response[str]:
    who, company, seen = await _seen(request, slug, look)
    return entering.page(
        request,
        who,
        "operator_sight.html",
        company=company,
        answer=seen.answer,
        room=look.room,
        rows=seen.found.rows,
        pages=paging.onward(request, seen.found),
        **context,
    )


async def _seen(request: Request[Any, Any, Any], slug: str, look: _Look) -> tuple[Operator, Company, Seen]:
    who, company = await entering.operator(request), await looking.company(request, slug)
    at = Look(request=look.asked, operator=who.id, room=look.room, detail=look.detail)
    return who, company, await looking.look(request, company, at, look.read)
