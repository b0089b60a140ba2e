"""Texts people are shown: each in every language and version, exactly as it was, and what has drifted since."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.company import describing, rules
from leumund.consent.giving import paper_form
from leumund.consent.texts import comparing, publishing, starting
from leumund.consent.texts.publishing import Text
from leumund.kit import clock, language
from leumund.kit.faults import Refused
from leumund.privacy.texts import noticing, overviewing, writing
from leumund.privacy.texts.writing import Named, TextUnknown
from leumund.staff.members import Member
from leumund.web import answering, forms, saying
from leumund.web.console import confirming, entering, naming
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Mistyped, Tried

SEE, PUBLISH = "texts.see", "texts.publish"
PATH = "/console/texts"
_DONE = ("published", "unchanged", "retired", "discarded")


class TextController(Controller):
    """``/console/texts``, one text's page and versions, and the end of asking for a consent."""

    path = "/texts"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _list(request, await entering.member(request, SEE), forms.done(request, _DONE))

    @post(status_code=200)
    async def begin(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A consent for another purpose, drafted from a template."""
        who, sent = await entering.member(request, PUBLISH), await forms.filled(request)
        like = sent.get("like", "")
        try:
            async with entering.inside(request):
                named = await writing.begin(
                    purpose=sent.get("purpose", ""),
                    like=like if like in starting.consents() else "",
                    member=who.id,
                    at=clock.now(),
                )
        except Refused as fault:
            return await _list(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{named.name}/draft")

    @get("/{text:str}")
    async def show(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[str]:
        who, say, named = await entering.member(request, SEE), await saying.here(request), writing.named(text)
        async with entering.reading(request):
            standing = await find(named)
            versions = await publishing.versions(kind=named.kind, purpose=named.purpose)
        return await entering.page(
            request, who, "console_text.html", say=say, standing=standing, named=named, versions=versions
        )

    @get("/{text:str}/versions/{version:str}")
    async def read(self, request: Request[Any, Any, Any], text: FromPath[str], version: FromPath[str]) -> Response[str]:
        """One version to the letter, and what it changed."""
        who, say, named = await entering.member(request, SEE), await saying.here(request), writing.named(text)
        async with entering.reading(request):
            versions = await publishing.versions(kind=named.kind, purpose=named.purpose)
        shown = _version(versions, naming.known(version))
        before = next((each for each in versions if _is_before(each, shown)), None)
        return await entering.page(
            request,
            who,
            "console_text_version.html",
            say=say,
            named=named,
            shown=shown,
            purpose=noticing.purpose(shown) if shown.kind == "consent" else None,
            changes=comparing.excerpt(comparing.differences(before.wording, shown.wording)) if before else None,
        )

    @get("/{text:str}/versions/{version:str}/form.pdf")
    async def as_form(
        self, request: Request[Any, Any, Any], text: FromPath[str], version: FromPath[str]
    ) -> Response[Any]:
        """A version of a consent to be signed on paper."""
        await entering.member(request, SEE)
        named = writing.named(text)
        async with entering.reading(request):
            versions = await publishing.versions(kind=named.kind, purpose=named.purpose)
            profile = await describing.profile()
        shown = _version(versions, naming.known(version))
        if shown.kind != "consent" or shown.is_retired:
            raise TextUnknown("errors.texts.unknown")
        sheet = paper_form.sheet(
            shown, controller=rules.controller(profile.legal_name, profile.imprint), at=clock.now()
        )
        return await answering.pdf(sheet, name=f"{named.name}.{shown.language}.pdf")

    @get("/{text:str}/retirement")
    async def ask(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[str]:
        who = await entering.member(request, PUBLISH)
        return await confirming.page(request, who, await _retirement(request, writing.named(text)))

    @post("/{text:str}/retirement", status_code=200)
    async def retire(self, request: Request[Any, Any, Any], text: FromPath[str]) -> Response[Any]:
        who, sent, named = await entering.member(request, PUBLISH), await forms.filled(request), writing.named(text)
        deed = await _retirement(request, named)
        try:
            forms.require_typed(sent, name=deed.name)
        except Mistyped as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        async with entering.inside(request):
            await writing.retire(named=named, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{PATH}?done=retired")


async def find(named: Named) -> overviewing.Standing:
    """How one text stands. Raises TextUnknown."""
    found = next((each for each in await overviewing.listed() if each.named == named), None)
    if found is None:
        raise TextUnknown("errors.texts.unknown")
    return found


def _version(versions: list[Text], wanted: UUID) -> Text:
    found = next((each for each in versions if each.id == wanted), None)
    if found is None:
        raise TextUnknown("errors.texts.unknown")
    return found


def _is_before(each: Text, shown: Text) -> bool:
    return each.language == shown.language and each.version == shown.version - 1


async def _retirement(request: Request[Any, Any, Any], named: Named) -> Deed:
    lang = entering.language(request)
    async with entering.reading(request):
        standing = await find(named)
    if named.kind != "consent" or standing.is_retired or not standing.texts:
        raise TextUnknown("errors.texts.unknown")
    return Deed(
        name=named.purpose,
        title=language.text("console.texts.retire_of", lang, title=standing.title(lang)),
        words=language.text("console.texts.retire_text", lang),
        button=language.text("console.texts.retire", lang),
        back=f"{PATH}/{named.name}",
        back_name=standing.title(lang),
    )


async def _list(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        standings = await overviewing.listed()
    return await entering.page(
        request,
        who,
        "console_texts.html",
        say=say,
        standings=standings,
        templates=starting.consents(),
        **tried.shown(),
    )
