"""What mails say: a company's own words for each kind and language, looked at, tried out, and gone back from."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.messages.kinds import KINDS
from leumund.messages.words import linting, sampling, trying, wording, writing
from leumund.messages.words.letters import Words
from leumund.staff import members
from leumund.staff.members import Member
from leumund.web import answering, dressing, forms, paging, saying
from leumund.web.console import entering, framed
from leumund.web.console.messages.messages import SEE
from leumund.web.forms import Tried

WRITE, TEST = "messages.write", "messages.test"
_HERE = "/console/messages/texts"
_DONE = ("saved", "restored", "tested")


class MessageTextController(Controller):
    """``/console/messages/texts``, and each kind in each language below it."""

    path = "/messages/texts"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say, spoken = await entering.member(request, SEE), await saying.here(request), await _spoken(request)
        kinds = [kind for kind, form in KINDS.items() if form.editable]
        async with entering.reading(request):
            own = await wording.own()
        return await entering.page(
            request, who, "console_message_texts.html", say=say, kinds=kinds, forms=KINDS, tongues=spoken, own=own
        )

    @get("/{kind:str}/{tongue:str}")
    async def show(self, request: Request[Any, Any, Any], kind: FromPath[str], tongue: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await _page(request, who, kind, tongue, forms.done(request, _DONE))

    @post("/{kind:str}/{tongue:str}")
    async def save(self, request: Request[Any, Any, Any], kind: FromPath[str], tongue: FromPath[str]) -> Response[Any]:
        return await _change(request, kind, tongue, anew=True)

    @post("/{kind:str}/{tongue:str}/restoration")
    async def restore(
        self, request: Request[Any, Any, Any], kind: FromPath[str], tongue: FromPath[str]
    ) -> Response[Any]:
        return await _change(request, kind, tongue, anew=False)

    @post("/{kind:str}/{tongue:str}/test")
    async def test(self, request: Request[Any, Any, Any], kind: FromPath[str], tongue: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, TEST), await forms.filled(request)
        await _require(request, kind, tongue)
        try:
            async with entering.inside(request):
                await trying.try_out(kind=kind, language=tongue, words=_typed(sent), member=who.id, at=clock.now())
        except (Refused, Refusals) as fault:
            tried = forms.refused(sent, fault, entering.language(request))
            return await _page(request, who, kind, tongue, tried)
        return _back(request, kind, tongue, "tested")

    @get("/{kind:str}/{tongue:str}/preview")
    async def preview(
        self, request: Request[Any, Any, Any], kind: FromPath[str], tongue: FromPath[str]
    ) -> Response[str]:
        await entering.member(request, SEE)
        return await _preview(request, kind, tongue, None)

    @post("/{kind:str}/{tongue:str}/preview", status_code=200)
    async def preview_typed(
        self, request: Request[Any, Any, Any], kind: FromPath[str], tongue: FromPath[str]
    ) -> Response[str]:
        """What is typed, as it would look; nothing is kept of it."""
        await entering.member(request, TEST)
        return await _preview(request, kind, tongue, _typed(await forms.filled(request)))


async def _change(request: Request[Any, Any, Any], kind: str, tongue: str, *, anew: bool) -> Response[Any]:
    who, sent = await entering.member(request, WRITE), await forms.filled(request)
    await _require(request, kind, tongue)
    words, after = _typed(sent) if anew else None, forms.whole(sent, "version")
    try:
        async with entering.inside(request):
            await wording.word(kind=kind, language=tongue, words=words, after=after, by=who.id, at=clock.now())
    except (Refused, Refusals) as fault:
        tried = forms.refused(sent, fault, entering.language(request))
        return await _page(request, who, kind, tongue, tried)
    return _back(request, kind, tongue, "saved" if anew else "restored")


async def _preview(request: Request[Any, Any, Any], kind: str, tongue: str, words: Words | None) -> Response[str]:
    await _require(request, kind, tongue)
    try:
        async with entering.reading(request):
            if words is not None:
                await wording.require_fit(kind=kind, language=tongue, words=words)
            sample = sampling.message(kind=kind, language=tongue)
            shown = await writing.show(message=sample, name=sampling.name(tongue), words=words)
    except Refusals as fault:
        return framed.note("\n".join(answering.errors_of(fault, entering.language(request)).values()), status=422)
    return framed.answer(shown, part=paging.asked(request, "part"))


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    kind: str,
    tongue: str,
    tried: Tried,
) -> Response[str]:
    await _require(request, kind, tongue)
    say = await saying.here(request)
    async with entering.reading(request):
        versions = await wording.versions(kind=kind, language=tongue)
        names = {each.id: each.name for each in await members.everybody()}
        known = await sampling.values(kind=kind, language=tongue)
    latest = versions[0] if versions and versions[0].subject else None
    words = latest or sampling.ours(kind=kind, language=tongue)
    page = await entering.page(
        request,
        who,
        "console_message_text.html",
        say=say,
        kind=kind,
        tongue=tongue,
        own=latest is not None,
        versions=versions,
        names=names,
        known=known,
        longest=linting.LONGEST,
        version=versions[0].version if versions else 0,
        **tried.shown(subject=words.subject, wording=words.wording),
    )
    return framed.around(page)


async def _spoken(request: Request[Any, Any, Any]) -> list[str]:
    return (await dressing.dress_of(request)).profile.languages


async def _require(request: Request[Any, Any, Any], kind: str, tongue: str) -> None:
    """Raises wording.NotOurs."""
    wording.require_editable(kind)
    if tongue not in await _spoken(request):
        raise wording.NotOurs("errors.messages.words.kind")


def _typed(sent: Mapping[str, str]) -> Words:
    return Words(None, sent.get("subject", ""), sent.get("wording", ""))


def _back(request: Request[Any, Any, Any], kind: str, tongue: str, done: str) -> Redirect:
    return entering.redirect(request, f"{_HERE}/{kind}/{tongue}?done={done}")
