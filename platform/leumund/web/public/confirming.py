"""The button behind the mail's link: the GET asks and the POST confirms; whoever only opens links confirms nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.consent.evidence import reading
from leumund.consent.giving import confirming as requests
from leumund.consent.giving.confirming import Confirmation, RequestExpired
from leumund.kit import clock, tokens
from leumund.kit import language as languages
from leumund.messages import kinds
from leumund.messages.gate import preferring
from leumund.referrals import confirming
from leumund.web import answering, entering, refusing
from leumund.web.public import evidence

PURPOSE = kinds.signed_for("opt_in")


async def gone(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    """The link was right and its 48 hours are over."""
    return await refusing.error_page(request, 410)


_FAULTS: ExceptionHandlersMap = {RequestExpired: refusing.later(gone)}


class ConfirmController(Controller):
    """``/confirm/<token>``; confirming twice is fine and changes nothing more."""

    path = "/confirm/{token:str}"
    exception_handlers = _FAULTS

    @get()
    async def ask(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            asked = await requests.waiting(request=tokens.read(PURPOSE, token), at=clock.now())
            items = await _items(asked)
            preferences = tokens.sign(preferring.PURPOSE, asked.request)
        kind = confirming.kind_of(asked.source)
        if asked.already:
            return await _confirmed(request, kind, None, preferences)
        return await answering.page(request, "confirm.html", action=request.url.path, kind=kind, items=items)

    @post(status_code=200)
    async def confirm(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.inside(request):
            asked = tokens.read(PURPOSE, token)
            kind, enter = await _confirm(request, asked, clock.now())
            preferences = tokens.sign(preferring.PURPOSE, asked)
        return await _confirmed(request, kind, enter, preferences)


async def _confirm(request: Request[Any, Any, Any], asked: UUID, at: datetime) -> tuple[str, str | None]:
    """The kind of what is confirmed, and the token that lets a new advocate into the portal once."""
    proof = {**evidence.of(request, page=PURPOSE), "method": request.method, "token": evidence.token(request)}
    done = await confirming.confirm(request=asked, at=at, evidence=proof)
    return done.kind, tokens.sign(kinds.signed_for("portal_login"), done.login) if done.login else None


async def _items(asked: Confirmation) -> list[str]:
    """The titles of the consents whose boxes were ticked."""
    story = await reading.story(customer=asked.customer)
    ticked = [each for each in story if each.request == asked.request and each.evidence.get("chosen")]
    return list(dict.fromkeys(each.title for each in ticked))


async def _confirmed(request: Request[Any, Any, Any], kind: str, enter: str | None, preferences: str) -> Response[str]:
    next_url = f"/portal/enter/{enter}" if enter else "/portal/login" if kind == "participation" else None
    label = languages.text("public.confirmed.to_portal", await entering.language(request)) if next_url else None
    # The way in works once and went to the first press: whoever presses twice is told where the next one comes from.
    said = "participation_again" if next_url and not enter else kind
    return await answering.page(
        request,
        "confirmed.html",
        kind=said,
        next_url=next_url,
        next_label=label,
        preferences=f"/preferences/{preferences}",
    )
