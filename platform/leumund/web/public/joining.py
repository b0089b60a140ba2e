"""Taking part: the offer to a glad customer, its terms, and the boxes nobody ticks for them."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, tokens
from leumund.messages import kinds
from leumund.programs import drafting
from leumund.programs import joining as programs
from leumund.programs.offering import NoProgram
from leumund.surveys.answers import thanking
from leumund.web import entering, refusing
from leumund.web.public import taking_part, wordings
from leumund.web.public.taking_part import Offered

PURPOSE = kinds.signed_for("advocate_invitation")
_FAULTS: ExceptionHandlersMap = {NoProgram: refusing.later(refusing.unknown)}


class JoinController(Controller):
    """``/join/<token>``: the token names the survey invitation whose glad answer led here."""

    path = "/join/{token:str}"
    exception_handlers = _FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang = await entering.language(request)
        async with entering.reading(request):
            offered = await _look(token, lang, _named(request))
        return await taking_part.page(request, offered, lang)

    @post(status_code=200)
    async def join(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        return await taking_part.accept(
            request, partial(_look, token, await entering.language(request), _named(request))
        )


async def look(*, invitation: UUID, language: str, program: str | None = None) -> Offered:
    """The offer to whoever answered ``invitation`` gladly: the ``program`` called so, else the first that runs.

    Raises InvitationUnknown, NoProgram.
    """
    person = await thanking.glad(invitation=invitation)
    offer = await programs.offered(customer=person.customer, at=clock.now(), program=program)
    taking = await programs.takes_part(customer=person.customer, program=offer.id)
    return Offered(
        customer=person.customer,
        email=person.email,
        offer=offer,
        source=PURPOSE,
        action=f"/join/{tokens.sign(PURPOSE, invitation)}" + (f"?program={program}" if program else ""),
        url="/join",
        template="survey_thanks.html",
        wordings=None if taking else await wordings.shown(language=language, customer=person.customer, offer=offer),
    )


async def _look(token: str, lang: str, program: str | None) -> Offered:
    return await look(invitation=tokens.read(PURPOSE, token), language=lang, program=program)


def _named(request: Request[Any, Any, Any]) -> str | None:
    """The program the address names; a company with one needs none."""
    key = request.query_params.get("program", "")
    return key if drafting.is_key(key) else None
