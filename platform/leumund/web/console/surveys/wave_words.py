"""The words of one wave's invitation: its own in a language, looked at, tried out, and gone back from."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.messages.words import linting, sampling, trying, writing
from leumund.messages.words import wording as mails
from leumund.messages.words.letters import Words
from leumund.staff.members import Member
from leumund.surveys.asking import wording
from leumund.surveys.asking.listing import WaveUnknown
from leumund.web import answering, forms, paging, saying
from leumund.web.console import entering, framed
from leumund.web.console.messages.message_texts import TEST
from leumund.web.console.surveys.waves import ASK, HERE, SEE
from leumund.web.forms import Tried

_DONE = ("worded", "restored", "tested")


class WaveWordController(Controller):
    """``/console/surveys/waves/<wave>/words/<language>``."""

    path = "/surveys/waves/{wave:uuid}/words/{tongue:str}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], wave: FromPath[UUID], tongue: FromPath[str]) -> Response[str]:
        return await _page(request, await entering.member(request, SEE), wave, tongue, forms.done(request, _DONE))

    @post()
    async def save(self, request: Request[Any, Any, Any], wave: FromPath[UUID], tongue: FromPath[str]) -> Response[Any]:
        return await _change(request, wave, tongue, anew=True)

    @post("/restoration")
    async def restore(
        self, request: Request[Any, Any, Any], wave: FromPath[UUID], tongue: FromPath[str]
    ) -> Response[Any]:
        return await _change(request, wave, tongue, anew=False)

    @get("/preview")
    async def preview(
        self, request: Request[Any, Any, Any], wave: FromPath[UUID], tongue: FromPath[str]
    ) -> Response[str]:
        await entering.member(request, SEE)
        return await _preview(request, wave, tongue, None)

    @post("/preview", status_code=200)
    async def preview_typed(
        self, request: Request[Any, Any, Any], wave: FromPath[UUID], tongue: FromPath[str]
    ) -> Response[str]:
        """What is typed, as it would look; nothing is kept of it."""
        await entering.member(request, TEST)
        return await _preview(request, wave, tongue, _typed(await forms.filled(request)))

    @post("/test")
    async def test(self, request: Request[Any, Any, Any], wave: FromPath[UUID], tongue: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, TEST), await forms.filled(request)
        try:
            async with entering.inside(request):
                await wording.known(wave=wave, language=tongue)
                words = _typed(sent)
                await wording.require_fit(language=tongue, words=words)
                await trying.try_out(kind=wording.KIND, language=tongue, words=words, member=who.id, at=clock.now())
        except WaveUnknown:
            raise
        except (Refused, Refusals) as fault:
            return await _page(request, who, wave, tongue, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{wave}/words/{tongue}?done=tested")


async def _change(request: Request[Any, Any, Any], wave: UUID, tongue: str, *, anew: bool) -> Response[Any]:
    who, sent = await entering.member(request, ASK), await forms.filled(request)
    words = _typed(sent) if anew else None
    try:
        async with entering.inside(request):
            await wording.word(wave=wave, language=tongue, words=words, by=who.id, at=clock.now())
    except WaveUnknown:
        raise
    except (Refused, Refusals) as fault:
        return await _page(request, who, wave, tongue, forms.refused(sent, fault, entering.language(request)))
    return entering.redirect(request, f"{HERE}/{wave}/words/{tongue}?done={'worded' if anew else 'restored'}")


async def _preview(request: Request[Any, Any, Any], wave: UUID, tongue: str, words: Words | None) -> Response[str]:
    try:
        async with entering.reading(request):
            found = await wording.known(wave=wave, language=tongue)
            if words is None:
                words = await wording.own(wave=found, language=tongue)
            else:
                await wording.require_fit(language=tongue, words=words)
            sample = wording.sample(wave=found, language=tongue)
            shown = await writing.show(message=sample, name=sampling.name(tongue), words=words)
    except Refusals as fault:
        return framed.note("\n".join(answering.errors_of(fault, entering.language(request)).values()), status=422)
    return framed.answer(shown, part=paging.asked(request, "part"))


async def _page(request: Request[Any, Any, Any], who: Member, wave: UUID, tongue: str, tried: Tried) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        found = await wording.known(wave=wave, language=tongue)
        own = await wording.own(wave=found, language=tongue)
        of_all = await mails.current(kind=wording.KIND, language=tongue)
        known = await sampling.values(kind=wording.KIND, language=tongue)
        words = own or of_all or wording.ours(wave=found, language=tongue)
    page = await entering.page(
        request,
        who,
        "console_wave_words.html",
        say=say,
        wave=found,
        tongue=tongue,
        own=own is not None,
        may_write=who.may(ASK) and found.released_at is None,
        known=known,
        longest=linting.LONGEST,
        **tried.shown(subject=words.subject, wording=words.wording),
    )
    return framed.around(page)


def _typed(sent: Mapping[str, str]) -> Words:
    return Words(None, sent.get("subject", ""), sent.get("wording", ""))
