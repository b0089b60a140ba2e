"""Where whoever comes along answers an anonymous survey: places made, their posters and codes, and taken down."""

import asyncio
from html import escape
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.company import rules
from leumund.kit import clock, language, posters, qr
from leumund.kit.faults import Refusals, Refused
from leumund.kit.posters import PAPERS, Poster
from leumund.staff.members import Member
from leumund.surveys.asking import placing
from leumund.surveys.asking.placing import KINDS, Place, Wanted
from leumund.surveys.studio import publishing
from leumund.surveys.studio.publishing import NoSurvey, Published
from leumund.theming import tokens as design
from leumund.web import answering, dressing, forms, saying
from leumund.web.console import confirming, entering
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Mistyped, Tried

_SEE, _MAKE = "surveys.see", "surveys.invite"
_HOME = "/console/surveys/places"
_DONE = ("made", "retired")


class SurveyPlaceController(Controller):
    """``/console/surveys/places``, each place's page, its codes and its posters."""

    path = "/surveys/places"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @post()
    async def make(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, _MAKE), await forms.filled(request)
        try:
            wanted = Wanted(
                key=sent.get("key", ""),
                kind=forms.chosen(sent, "kind", KINDS, fault="errors.surveys.place_kind"),
                name=sent.get("name", ""),
                origins=sent.get("origins", "").split(),
            )
            async with entering.inside(request):
                made = await placing.make(wanted=wanted, actor=who.actor, at=clock.now())
        except NoSurvey:
            fault = Refused("errors.surveys.place_survey", field="key")
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HOME}/{made.id}?done=made")

    @get("/{place:uuid}")
    async def one(self, request: Request[Any, Any, Any], place: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, _SEE)
        async with entering.reading(request):
            found = await placing.find(place=place)
            survey = await publishing.current(key=found.key)
        spoken = (await dressing.dress_of(request)).profile.languages
        return await entering.page(
            request,
            who,
            "console_survey_place.html",
            place=found,
            survey=survey,
            tongues=spoken,
            papers=PAPERS,
            snippet=_snippet(found, survey, entering.language(request)),
            say=await saying.here(request),
            **forms.done(request, _DONE).shown(),
        )

    @get("/{place:uuid}/code.svg")
    async def svg(self, request: Request[Any, Any, Any], place: FromPath[UUID]) -> Response[str]:
        found = await _found(request, place)
        picture = qr.svg(found.address, color=(await _tokens(request))["color-brand"])
        return Response(picture, media_type="image/svg+xml", headers=answering.PICTURE)

    @get("/{place:uuid}/code.png")
    async def png(self, request: Request[Any, Any, Any], place: FromPath[UUID]) -> Response[bytes]:
        found = await _found(request, place)
        picture = qr.png(found.address, color=(await _tokens(request))["color-brand"])
        headers = answering.PICTURE | {"content-disposition": f'attachment; filename="{found.code}.png"'}
        return Response(picture, media_type="image/png", headers=headers)

    @get("/{place:uuid}/{paper:str}/{tongue:str}/poster.pdf")
    async def poster(
        self, request: Request[Any, Any, Any], place: FromPath[UUID], paper: FromPath[str], tongue: FromPath[str]
    ) -> Response[Any]:
        """On one of PAPERS, in a language the company speaks."""
        await entering.member(request, _SEE)
        size = next((each for each in PAPERS if each == paper), None)
        if size is None or tongue not in (await dressing.dress_of(request)).profile.languages:
            raise placing.PlaceUnknown("errors.surveys.place_unknown")
        async with entering.reading(request):
            found = await placing.find(place=place)
            survey = await publishing.current(key=found.key)
        sheet = await _poster(request, found, survey, tongue)
        made = await asyncio.to_thread(posters.pdf, msgspec.structs.replace(sheet, paper=size))
        return answering.file(made, name=f"{found.code}-{size}-{tongue}.pdf")

    @get("/{place:uuid}/retirement")
    async def ask(self, request: Request[Any, Any, Any], place: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, _MAKE)
        return await confirming.page(request, who, await _retirement(request, place))

    @post("/{place:uuid}/retirement", status_code=200)
    async def retire(self, request: Request[Any, Any, Any], place: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, _MAKE), await forms.filled(request)
        deed = await _retirement(request, place)
        try:
            forms.require_typed(sent, name=deed.name)
        except Mistyped as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        async with entering.inside(request):
            await placing.retire(place=place, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HOME}?done=retired")


async def _found(request: Request[Any, Any, Any], place: UUID) -> Place:
    await entering.member(request, _SEE)
    async with entering.reading(request):
        return await placing.find(place=place)


async def _tokens(request: Request[Any, Any, Any]) -> dict[str, str]:
    look = (await dressing.dress_of(request)).look
    return design.tuned(theme=look.theme, tokens=look.tokens)


async def _poster(request: Request[Any, Any, Any], place: Place, survey: Published, tongue: str) -> Poster:
    """What the survey asks first, in large letters: whoever passes by reads nothing else."""
    profile, worn = (await dressing.dress_of(request)).profile, await _tokens(request)
    leading = survey.definition.leading
    return Poster(
        paper="a4",
        language=tongue,
        issuer=profile.name,
        title=leading.text(tongue).question,
        lead=language.text("surveys.poster.lead", tongue, company=profile.name),
        code=qr.svg(place.address, color=worn["color-brand"]),
        code_alt=language.text("surveys.poster.code", tongue, address=place.address),
        address=place.address.partition("://")[2],
        foot=rules.controller(profile.legal_name, profile.imprint),
        brand=worn["color-brand"],
        brand_ink=worn["color-brand-ink"],
    )


def _snippet(place: Place, survey: Published, lang: str) -> str:
    """What a page of the company's own holds to show the survey."""
    origin = place.address.rpartition("/u/")[0]
    label = escape(survey.definition.title(lang))
    return (
        f'<script src="{origin}/u/survey.js" defer></script>\n'
        f'<leumund-survey place="{place.code}" label="{label}"></leumund-survey>'
    )


async def _retirement(request: Request[Any, Any, Any], place: UUID) -> Deed:
    lang = entering.language(request)
    async with entering.reading(request):
        found = await placing.find(place=place)
    return Deed(
        name=found.name,
        title=language.text("console.places.retire_of", lang, name=found.name),
        words=language.text("console.places.retire_text", lang),
        button=language.text("console.places.retire", lang),
        back=f"{_HOME}/{place}",
        back_name=found.name,
    )


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Two queries, however many places there are."""
    lang = entering.language(request)
    async with entering.reading(request):
        places, surveys = await placing.every(), await publishing.every()
    titles = {each.key: each.definition.title(lang) for each in surveys}
    return await entering.page(
        request,
        who,
        "console_survey_places.html",
        places=places,
        titles=titles,
        surveys=[(each.key, titles[each.key]) for each in surveys if not each.named],
        kinds=[(each, language.text(f"console.places.kind.{each}", lang)) for each in KINDS],
        say=await saying.here(request),
        **tried.shown(kind="qr"),
    )
