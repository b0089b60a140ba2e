"""The end of a program's draft: what it promises in all, what it changes, what is wrong, and its publishing."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit import language as languages
from leumund.kit.faults import Refused, Unknown
from leumund.programs import drafting, issuing, judging
from leumund.programs.issuing import NotReady
from leumund.programs.judging import Objection
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.offer import program_pages, program_words
from leumund.web.console.offer.program_pages import PATH, SEEN, WRITE
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying


class ProgramPublicationController(Controller):
    """``/console/program/<program>/publication``."""

    path = "/program/{program:str}/publication"

    @get()
    async def ask(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        return await _page(request, await entering.member(request, WRITE), program)

    @post(status_code=200)
    async def publish(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        try:
            async with entering.inside(request):
                await issuing.issue(key=program, seen=sent.get(SEEN, ""), actor=who.actor, at=clock.now())
        except NotReady:
            return await _page(request, who, program, Tried(status=422))
        except Unknown:
            raise
        except Refused as fault:
            return await _page(request, who, program, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{program}?done=published")


async def _page(request: Request[Any, Any, Any], who: Member, program: str, tried: Tried = UNTRIED) -> Response[str]:
    """Four queries, however much there is."""
    say = await saying.here(request)
    async with entering.reading(request):
        work = await drafting.in_work(key=program)
        wrong = await issuing.objections(work)
    return await entering.page(
        request,
        who,
        "console_program_publication.html",
        say=say,
        work=work,
        title=program_words.title(work.terms, say.lang),
        step="publication",
        steps=program_pages.steps(work),
        faults=program_pages.counted(wrong),
        wrong=[(program_pages.place(each), _told(each, say)) for each in wrong],
        summary=program_words.summary(work.terms, say),
        changes=program_words.changes(work.offer.version if work.offer else None, work.terms, work.terms, say),
        **tried.shown(),
    )


def _told(objection: Objection, say: Saying) -> str:
    """What is wrong, with the language of a text before it: both have the same fields."""
    told = languages.text(objection.key, say.lang, **objection.values)
    name, _, tongue = (objection.field or "").rpartition("_")
    return f"{say.tongue(tongue)}: {told}" if name in judging.TEXTS else told
