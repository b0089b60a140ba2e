"""Drafts of texts: all languages on one page, each with what is wrong beside its field, kept until it is published."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.consent import rules
from leumund.consent.texts import comparing, drafting
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.purposes import NO_NUMBER, Purpose
from leumund.kit import clock, language
from leumund.privacy.texts import writing
from leumund.privacy.texts.composing import Composed
from leumund.privacy.texts.writing import Named, NotReady
from leumund.staff.members import Member
from leumund.web import answering, forms, paging, saying
from leumund.web.console import entering
from leumund.web.console.offer import texts
from leumund.web.console.offer.texts import PATH, PUBLISH, SEE

# What is the same in every language stands once on the page.
_SHARED = ("channels", "frequency_days", "profiling")


class DraftController(Controller):
    """``/console/texts/<text>/draft`` to write, ``preview`` to look, ``publication`` and ``discarding`` to end it."""

    path = "/texts/{text:str}"

    @get("/draft")
    async def show(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[str]:
        who, named = await entering.member(request, PUBLISH), writing.named(text)
        async with entering.reading(request):
            made = await writing.in_work(named=named)
        return await _page(request, who, named, made)

    @post("/draft", status_code=200)
    async def keep(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[str]:
        """Kept right or wrong; the page then says what is wrong."""
        who, named = await entering.member(request, PUBLISH), writing.named(text)
        return await _page(request, who, named, await _kept(request, who, named), kept=True)

    @get("/preview")
    async def preview(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[str]:
        """As people see it: in the company's look, in the language of the text."""
        await entering.member(request, SEE)
        named, wanted = writing.named(text), paging.asked(request, "in")
        async with entering.reading(request):
            made = await writing.previewed(named=named, language=wanted)
        return await answering.page(
            request,
            "text_preview.html",
            lang=wanted,
            languages=[],
            title=made.draft.title,
            wording=made.wording,
            consent=named.kind == "consent",
            back=f"{PATH}/{named.name}/draft",
        )

    @post("/publication", status_code=200)
    async def publish(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[Any]:
        """What is on the page is kept first, so that nothing typed is lost where it may not be published yet."""
        who, named = await entering.member(request, PUBLISH), writing.named(text)
        await _kept(request, who, named)
        try:
            async with entering.inside(request):
                new = await writing.publish(named=named, actor=who.actor, at=clock.now())
        except NotReady as fault:
            return await _page(request, who, named, fault.made, refused=True)
        return entering.redirect(request, f"{PATH}?done={'published' if new else 'unchanged'}")

    @post("/discarding")
    async def discard(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[Any]:
        await entering.member(request, PUBLISH)
        named = writing.named(text)
        async with entering.inside(request):
            await drafting.drop(kind=named.kind, purpose=named.purpose)
        return entering.redirect(request, f"{PATH}?done=discarded")


async def _kept(request: Request[Any, Any, Any], who: Member, named: Named) -> list[Composed]:
    sent = await forms.filled(request)
    async with entering.inside(request):
        before = [each.draft for each in await writing.in_work(named=named)]
        drafts = [_written(draft, sent) for draft in before]
        await drafting.keep(drafts=drafts, member=who.id, at=clock.now())
        return await writing.in_work(named=named)


def _written(draft: Draft, sent: Mapping[str, str]) -> Draft:
    """``draft`` with what was sent in its place; a field that was not sent leaves what is there."""
    title, template = (sent.get(f"{name}_{draft.language}", getattr(draft, name)) for name in ("title", "template"))
    told = draft.told and _told(draft.told, sent, draft.language)
    return msgspec.structs.replace(draft, title=title, template=template, told=told)


def _told(told: Purpose, sent: Mapping[str, str], lang: str) -> Purpose:
    return msgspec.structs.replace(
        told,
        channels=[channel for channel in rules.CHANNELS if forms.ticked(sent, f"channel_{channel}")],
        about=sent.get(f"about_{lang}", told.about),
        profiling=forms.ticked(sent, "profiling"),
        frequency_days=forms.whole(sent, "frequency_days", otherwise=NO_NUMBER),
    )


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    named: Named,
    made: Sequence[Composed],
    *,
    kept: bool = False,
    refused: bool = False,
) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        standing = await texts.find(named)
    published = {text.language: text.wording for text in standing.texts}
    return await entering.page(
        request,
        who,
        "console_text_draft.html",
        status=422 if refused else 200,
        say=say,
        named=named,
        standing=standing,
        made=made,
        told=next((each.draft.told for each in made if each.draft.told), None),
        all_channels=rules.CHANNELS,
        wrongs=_wrongs(made, say.lang),
        changes={
            each.draft.language: comparing.excerpt(comparing.differences(published[each.draft.language], each.wording))
            for each in made
            if published.get(each.draft.language, each.wording) != each.wording
        },
        kept=kept,
        refused=refused,
    )


def _wrongs(made: Sequence[Composed], lang: str) -> dict[str, list[str]]:
    """All objections in words, by the field they are mended in; what two languages share is said once."""
    found: dict[str, list[str]] = {}
    for each in made:
        for one in each.objections:
            field = one.field if one.field in _SHARED else f"{one.field}_{each.draft.language}"
            said = language.text(one.key, lang, **one.values)
            if said not in found.setdefault(str(field), []):
                found[str(field)].append(said)
    return found
