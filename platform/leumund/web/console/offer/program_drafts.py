"""Set a program up step by step: its frame, who takes part, its limits and its words; each step is kept."""

from collections.abc import Callable
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.customers.segments import reading
from leumund.programs import drafting, judging
from leumund.programs.drafting import ProgramUnknown
from leumund.programs.offers import Terms
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.customers import segment_words
from leumund.web.console.offer import program_forms, program_pages
from leumund.web.console.offer.program_pages import PATH, SEEN, WRITE
from leumund.web.console.offer.program_reading import Reading
from leumund.web.forms import UNTRIED, Tried

_FORMS = ("basics", "people", "limits", "words")


class ProgramDraftController(Controller):
    """``/console/program/<program>/draft/<step>``; its rewards have pages of their own."""

    path = "/program/{program:str}/draft"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get("/{step:str}")
    async def show(self, request: Request[Any, Any, Any], program: FromPath[str], step: FromPath[str]) -> Response[str]:
        await entering.member(request, WRITE)
        return await _page(request, program, _known(step))

    @post("/{step:str}", status_code=200)
    async def keep(self, request: Request[Any, Any, Any], program: FromPath[str], step: FromPath[str]) -> Response[Any]:
        """Kept, and on to the next step."""
        await entering.member(request, WRITE)
        name = _known(step)
        by = await _reader(request, name)

        async def again(tried: Tried) -> Response[str]:
            return await _page(request, program, name, tried)

        order = (*program_pages.STEPS, "publication")
        after = order[order.index(name) + 1]
        onward = "publication" if after == "publication" else f"draft/{after}"
        return await program_pages.change(request, program, by, onward=onward, again=again)

    @post("/discarding", status_code=200)
    async def discard(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[Any]:
        """Let the draft go as it was read; a program that was never published goes as a whole."""
        sent = await forms.filled(request)
        await entering.member(request, WRITE)
        try:
            async with entering.inside(request):
                work = await drafting.discard(key=program, seen=sent.get(SEEN, ""))
        except drafting.ChangedSince as fault:
            return await _page(request, program, "words", forms.refused(sent, fault, entering.language(request)))
        home = f"{PATH}/{program}" if work.offer else PATH
        return entering.redirect(request, f"{home}?done=discarded")


def _known(step: str) -> str:
    """Raises ProgramUnknown where there is no such page."""
    if step not in _FORMS:
        raise ProgramUnknown("errors.programs.unknown")
    return step


async def _reader(request: Request[Any, Any, Any], step: str) -> Callable[[Terms, Reading], Terms]:
    """How the step's form is read."""
    if step == "basics":
        return program_forms.framed
    if step == "limits":
        return program_forms.limited
    if step == "words":
        languages = (await dressing.dress_of(request)).profile.languages
        return lambda terms, read: program_forms.worded(terms, read.sent, languages)
    async with entering.reading(request):
        segments = [each.id for each in await reading.every()]
    return lambda terms, read: program_forms.peopled(terms, read, segments)


async def _page(request: Request[Any, Any, Any], program: str, step: str, tried: Tried = UNTRIED) -> Response[str]:
    who, say = await entering.member(request, WRITE), await saying.here(request)
    more: dict[str, Any] = {}
    async with entering.reading(request):
        work = await drafting.in_work(key=program)
        if step == "people":
            named = [(str(each.id), segment_words.named(each, say.lang)[0]) for each in await reading.every()]
            more["segments"] = named
    return await program_pages.step(
        request,
        who,
        program,
        step,
        tried,
        typed=program_forms.typed(work.terms, say),
        scopes=program_forms.SCOPES,
        pers=program_forms.PERS,
        longest=judging.LONGEST,
        texts=judging.TEXTS,
        **more,
    )
