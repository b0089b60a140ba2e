"""One mail of an occasion's draft, as its readers would see it on a desk and on a telephone, and tried out."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.messages.words import sampling, trying, wording, writing
from leumund.messages.words.letters import Words
from leumund.occasions import checking, reading
from leumund.occasions.defining import Said
from leumund.occasions.reading import OccasionUnknown
from leumund.staff.members import Member
from leumund.web import answering, forms, paging, saying
from leumund.web.console import entering, framed, naming
from leumund.web.console.messages.occasions import HERE, SEE
from leumund.web.forms import Tried

_TEST = "messages.test"
_DONE = ("tested",)


class OccasionMailController(Controller):
    """``/console/occasions/<occasion>/mails/<place>/<language>``."""

    path = "/occasions/{occasion:str}/mails/{place:str}/{tongue:str}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(
        self, request: Request[Any, Any, Any], occasion: FromPath[str], place: FromPath[str], tongue: FromPath[str]
    ) -> Response[str]:
        who = await entering.member(request, SEE)
        return await _page(request, who, _which(occasion, place, tongue), forms.done(request, _DONE))

    @get("/preview")
    async def preview(
        self, request: Request[Any, Any, Any], occasion: FromPath[str], place: FromPath[str], tongue: FromPath[str]
    ) -> Response[str]:
        await entering.member(request, SEE)
        try:
            async with entering.reading(request):
                words = await _words(_which(occasion, place, tongue))
                await wording.require_fit(kind=checking.KIND, language=tongue, words=words)
                sample = sampling.message(kind=checking.KIND, language=tongue)
                shown = await writing.show(message=sample, name=sampling.name(tongue), words=words)
        except Refusals as fault:
            return framed.note("\n".join(answering.errors_of(fault, entering.language(request)).values()), status=422)
        return framed.answer(shown, part=paging.asked(request, "part"))

    @post("/test")
    async def test(
        self, request: Request[Any, Any, Any], occasion: FromPath[str], place: FromPath[str], tongue: FromPath[str]
    ) -> Response[Any]:
        who, which = await entering.member(request, _TEST), _which(occasion, place, tongue)
        try:
            async with entering.inside(request):
                words = await _words(which)
                await trying.try_out(kind=checking.KIND, language=tongue, words=words, member=who.id, at=clock.now())
        except OccasionUnknown:
            raise
        except (Refused, Refusals) as fault:
            return await _page(request, who, which, _told(fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{which[0]}/mails/{which[1]}/{tongue}?done=tested")


def _which(occasion: str, place: str, tongue: str) -> tuple[UUID, int, str]:
    """What an address names, read once it is known who asks. Raises NoSuchPage."""
    return naming.known(occasion), naming.number(place), tongue


async def _page(
    request: Request[Any, Any, Any], who: Member, which: tuple[UUID, int, str], tried: Tried
) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        standing = await reading.known(occasion=which[0])
        words = await _words(which)
    shown = await entering.page(
        request,
        who,
        "console_occasion_mail.html",
        say=say,
        standing=standing,
        place=which[1],
        tongue=which[2],
        words=words,
        **tried.shown(),
    )
    return framed.around(shown)


async def _words(which: tuple[UUID, int, str]) -> Words:
    """What the draft's step at a place, from 1, says in a language. Raises OccasionUnknown."""
    occasion, place, tongue = which
    steps, around = (await reading.known(occasion=occasion)).draft.steps, await reading.around()
    is_mail = 0 < place <= len(steps) and steps[place - 1].kind == "mail"
    if not is_mail or tongue not in around.languages:
        raise OccasionUnknown("errors.occasions.unknown")
    said = steps[place - 1].words.get(tongue, Said())
    return Words(None, said.subject, said.wording)


def _told(fault: Refused | Refusals, lang: str) -> Tried:
    """There are no fields here: all that is wrong is told above the mail."""
    tried = forms.refused({}, fault, lang)
    return Tried(errors={"form": " ".join(dict.fromkeys(tried.errors.values()))}, status=tried.status)
