"""The log of all mails: what went to whom on which basis, what was held and why, and what one of them says."""

from collections.abc import Iterable
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.kit import language
from leumund.messages import listing
from leumund.messages.kinds import KINDS
from leumund.messages.words import writing
from leumund.messages.words.filling import Unfillable
from leumund.staff import members
from leumund.web import paging, saying
from leumund.web.console import entering, framed, naming

SEE = "messages.see"


class MessageController(Controller):
    """``/console/messages`` and one mail's page; its words are made again, since only a letter's are kept."""

    path = "/messages"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        kind, state, reason = (
            naming.chosen(request, name, choices)
            for name, choices in (("kind", [*KINDS]), ("state", listing.STATES), ("reason", listing.REASONS))
        )
        async with entering.reading(request):
            page = await listing.log(
                kind=kind, state=state, reason=reason, after=paging.after(request), limit=paging.ROWS
            )
            names = {each.id: each.name for each in await members.everybody()}
        return await entering.page(
            request,
            who,
            "console_messages.html",
            say=say,
            mails=page.rows,
            names=names,
            ways=paging.onward(request, page),
            kind=kind,
            kinds=_choices("mail", [*KINDS], say.lang),
            state=state,
            states=listing.STATES,
            reason=reason,
            reasons=_choices("held", listing.REASONS, say.lang),
        )

    @get("/{message:str}")
    async def show(self, request: Request[Any, Any, Any], message: FromPath[str]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            mail = await listing.find(message=naming.known(message))
            names = {each.id: each.name for each in await members.everybody()}
        page = await entering.page(request, who, "console_message.html", say=say, mail=mail, names=names)
        return framed.around(page)

    @get("/{message:str}/preview")
    async def preview(self, request: Request[Any, Any, Any], message: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        async with entering.reading(request):
            mail = await listing.find(message=naming.known(message))
            if KINDS[mail.kind].written and not who.may("care.see"):
                # What one member wrote to one person is for those who look after them.
                return framed.note(language.text("console.care.letter.not_yours", entering.language(request)))
            try:
                shown = await writing.show_again(message=mail.id, name=mail.name)
            except Unfillable:
                return framed.note(language.text("console.messages.unfillable", entering.language(request)))
        return framed.answer(shown, part=paging.asked(request, "part"))


def _choices(kind: str, names: Iterable[str], lang: str) -> list[tuple[str, str]]:
    words = [(name, language.text(f"console.{kind}.{name}", lang)) for name in names]
    return [("", language.text("console.all", lang)), *words]
