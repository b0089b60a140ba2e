"""Cards that wait to be written by hand: a list to print, a file for a mail merge, and each marked once it is done."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock, language, spreadsheets
from leumund.kit.faults import Refused
from leumund.occasions import carding
from leumund.occasions.carding import Card
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web import answering, forms, saying
from leumund.web.console import confirming, entering, naming
from leumund.web.console.messages.occasions import HERE, MANAGE
from leumund.web.forms import Tried

_HERE = f"{HERE}/cards"
_COLUMNS = ("external_id", "given_name", "family_name", "language", "occasion", "note")
_DONE = ("written",)


class OccasionCardController(Controller):
    """``/console/occasions/cards``."""

    path = "/occasions/cards"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, MANAGE), forms.done(request, _DONE))

    @post("/{card:str}")
    async def write(self, request: Request[Any, Any, Any], card: FromPath[str]) -> Response[Any]:
        who = await entering.member(request, MANAGE)
        async with entering.inside(request):
            await carding.done(card=naming.known(card), by=who.id, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=written")

    @post("/file", status_code=200)
    async def take(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """For a mail merge with the company's own addresses, by its own numbers; with a fresh code, and noted."""
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        lang = entering.language(request)

        async def taken() -> list[Card]:
            return await carding.take(actor=who.actor, at=clock.now())

        try:
            cards = await confirming.with_code(request, who, sent.get("code", ""), taken)
        except (Refused, WrongCode) as fault:
            return await _page(request, who, forms.refused({}, fault, lang))
        head = [language.text(f"occasions.card.{name}", lang) for name in _COLUMNS]
        rows = [[getattr(card, name) for name in _COLUMNS] for card in cards]
        return answering.file(spreadsheets.csv_of(head, rows, language=lang), name="cards.csv")


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        cards = await carding.waiting()
    return await entering.page(
        request, who, "console_occasion_cards.html", say=say, cards=cards, most=carding.MOST, **tried.shown()
    )
