"""The company's programs: how each stands and what it cost, a new one, and the deeds that pause, resume and end one."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.company import agreeing
from leumund.insight import programs as figures
from leumund.kit import clock, ground
from leumund.kit.faults import Refused, Unknown
from leumund.programs import drafting, offering, steering, versions
from leumund.programs.drafting import ProgramUnknown
from leumund.programs.offers import Offer, Rule, Terms
from leumund.staff import members
from leumund.staff.members import Member
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.offer import program_words
from leumund.web.console.offer.program_pages import PATH, SEE, WRITE
from leumund.web.forms import UNTRIED, Missing, Tried

_DONE = ("published", "paused", "resumed", "started", "ended", "settled", "discarded")
_LIKES = ("both", "advocate", "blank")
_STATES = {"live": "resumed", "paused": "paused"}
_LONGEST_KEY, _LONGEST_NAME = 50, 120
_BEGUN_CENTS, _BEGUN_BUDGET_CENTS, _BEGUN_HOLD_DAYS = 2500, 500_000, 14


class ProgramController(Controller):
    """``/console/program``, and each program below it."""

    path = "/program"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _list(request, await entering.member(request, SEE), forms.done(request, _DONE))

    @post(status_code=200)
    async def begin(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A new program, drafted from what most begin with."""
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        profile, name = (await dressing.dress_of(request)).profile, sent.get("name", "")[:_LONGEST_NAME]
        try:
            if not name:
                raise Missing("errors.forms.missing", field="name")
            async with entering.inside(request):
                key = await _free(named(name))
                terms = begun(key, name, sent.get("like", ""), currency=profile.currency, languages=profile.languages)
                await drafting.begin(terms=terms, member=who.id, at=clock.now())
        except Refused as fault:
            return await _list(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{key}/draft/basics")

    @get("/{program:str}")
    async def show(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        return await _one(request, await entering.member(request, SEE), program, forms.done(request, _DONE))

    @post("/{program:str}/state", status_code=200)
    async def become(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[Any]:
        """Pause it, or let it run again."""
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        try:
            state = forms.chosen(sent, "state", tuple(_STATES), fault="errors.programs.not_so")
            async with entering.inside(request):
                await steering.become(key=program, state=state, actor=who.actor, at=clock.now())
        except Unknown:
            raise
        except Refused as fault:
            return await _one(request, who, program, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{program}?done={_STATES[state]}")

    @get("/{program:str}/versions/{number:str}")
    async def read(
        self, request: Request[Any, Any, Any], program: FromPath[str], number: FromPath[str]
    ) -> Response[str]:
        """A version to the letter, and what it changed. Three queries."""
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            offer, published, names = await _known(program), await versions.all_of(key=program), await members.names()
        place = next((place for place, each in enumerate(published) if str(each.number) == number), None)
        if place is None:
            raise ProgramUnknown("errors.programs.unknown")
        shown, before = published[place], published[place + 1] if place + 1 < len(published) else None
        return await entering.page(
            request,
            who,
            "console_program_version.html",
            say=say,
            offer=offer,
            shown=shown,
            names=names,
            summary=program_words.summary(msgspec.structs.replace(offer, version=shown), say),
            changes=program_words.changes(before, shown, offer, say),
        )


def named(name: str) -> str:
    """What a program called ``name`` is called in addresses."""
    plain = name.lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, letters)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_KEY].strip("-") or "program"


def begun(key: str, name: str, like: str, *, currency: str, languages: Sequence[str]) -> Terms:
    """What a new program begins with: a reward for both sides, for one, or for nobody yet."""
    sides = {"advocate": ["advocate"], "blank": []}.get(like, ["advocate", "friend"])
    texts = {language: {"headline": name if language == languages[0] else ""} for language in languages}
    return Terms(
        key=key,
        state="draft",
        texts=texts,
        currency=currency,
        budget_cents=_BEGUN_BUDGET_CENTS,
        hold_days=_BEGUN_HOLD_DAYS,
        rules=[Rule(key=side, side=side, kind="credit", cents=_BEGUN_CENTS) for side in sides],
    )


async def _free(key: str) -> str:
    """``key``, or with the first number that nobody has."""
    taken = {each.key for each in await offering.all_offers()} | {each.key for each in await drafting.every()}
    return next(
        each for number in range(len(taken) + 1) if (each := f"{key}-{number + 1}" if number else key) not in taken
    )


async def _known(program: str) -> Offer:
    offer = await offering.find(key=program)
    if offer is None:
        raise ProgramUnknown("errors.programs.unknown")
    return offer


async def _list(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Four queries, however many people take part."""
    say, at = await saying.here(request), clock.now()
    async with entering.reading(request):
        offers, drafts, agreed = await offering.all_offers(), await drafting.every(), await agreeing.has_agreed()
        costs = await figures.costs(offers=offers)
    drafted = {each.key for each in drafts}
    return await entering.page(
        request,
        who,
        "console_program.html",
        say=say,
        at=at,
        offers=sorted(offers, key=lambda offer: offer.state == "ended"),
        costs=costs,
        drafted=drafted,
        begun=[
            (each, program_words.title(each.terms, say.lang))
            for each in drafts
            if each.key not in {offer.key for offer in offers}
        ],
        agreed=agreed,
        likes=_LIKES,
        **tried.shown(name="", like=_LIKES[0]),
    )


async def _one(request: Request[Any, Any, Any], who: Member, program: str, tried: Tried) -> Response[str]:
    """How one stands, what it offers, what it cost, and its versions. Seven queries, however much there is."""
    say, at = await saying.here(request), clock.now()
    async with entering.reading(request):
        work, agreed = await drafting.in_work(key=program), await agreeing.has_agreed()
        offer = work.offer
        costs = await figures.costs(offers=[offer] if offer else [])
        published, names = await versions.all_of(key=program), await members.names()
        moves = await versions.moves_of(key=program)
        joined_at = f"{ground.current().origin}/recommend/{work.key}"
    return await entering.page(
        request,
        who,
        "console_program_one.html",
        say=say,
        at=at,
        work=work,
        title=program_words.title(work.terms, say.lang),
        offer=offer,
        cost=costs.get(offer.id) if offer else None,
        versions=published,
        moves=[(each, *program_words.moved(each, offer, say)) for each in moves] if offer else [],
        names=names,
        agreed=agreed,
        joined_at=joined_at,
        summary=program_words.summary(offer or work.terms, say),
        **tried.shown(),
    )
