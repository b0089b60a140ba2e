"""What people share with, as the company words it: each way in each language, looked at, kept, and gone back from."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock, ground, printed
from leumund.kit.faults import Refusals, Refused
from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.referrals.share_kit import linting, phrasing, wording
from leumund.referrals.share_kit.channels import CHANNELS, LONGEST_TYPED
from leumund.referrals.share_kit.linting import Words
from leumund.referrals.share_kit.wording import NoSuchChannel, Place
from leumund.staff import members
from leumund.staff.members import Member
from leumund.tenancy.arriving import tenant_of
from leumund.web import answering, dressing, forms, saying
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import products, sharing
from leumund.web.public.sharing import Shared

SEE, MANAGE = "program.see", "share.manage"
HERE = "/console/share"
_DONE = ("worded", "restored")
# Whose link a look shows: nobody's.
_SAMPLE, _SAMPLE_LINK, _SAMPLE_CODE = "Anna", "anna-m", "planet-kiwi-domino-5"


class Spot(NamedTuple):
    """Words of one way in one language of a program, and all they may name today."""

    offer: Offer
    channel: str
    tongue: str
    values: Mapping[str, str]

    @property
    def place(self) -> Place:
        return Place(program=self.offer.id, language=self.tongue, channel=self.channel)

    @property
    def address(self) -> str:
        return f"{HERE}/texts/{self.offer.key}/{self.channel}/{self.tongue}"


class ShareController(Controller):
    """``/console/share``, the words of each way, and what is printed for the counter."""

    path = "/share"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Two queries, and one a program that has not ended."""
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            programs = [offer for offer in await offering.all_offers() if offer.state != "ended"]
            own = {offer.key: await wording.own(program=offer.id) for offer in programs}
        return await entering.page(
            request,
            who,
            "console_share.html",
            say=say,
            programs=programs,
            own=own,
            channels=list(CHANNELS),
            products=list(printed.PRODUCTS),
            tongues=await _spoken(request),
        )

    @get("/counter/{program:str}/{product:str}/{tongue:str}/print.pdf")
    async def counter(
        self, request: Request[Any, Any, Any], program: FromPath[str], product: FromPath[str], tongue: FromPath[str]
    ) -> Response[Any]:
        """A product without anybody's link: it leads to where a code is typed in, and earns nobody anything."""
        await entering.member(request, SEE)
        if product not in printed.PRODUCTS or tongue not in await _spoken(request):
            raise NoSuchChannel("errors.share.product")
        async with entering.reading(request):
            offer = await _offer(program)
            origin = ground.current().origin
        sheet = await products.of_company(request, offer, origin=origin, lang=tongue)
        made = await asyncio.to_thread(printed.pdf, product, sheet)
        return answering.file(made, name=f"{tenant_of(request.scope).slug}-{product}-{tongue}.pdf")

    @get("/texts/{program:str}/{channel:str}/{tongue:str}")
    async def show(
        self, request: Request[Any, Any, Any], program: FromPath[str], channel: FromPath[str], tongue: FromPath[str]
    ) -> Response[str]:
        who = await entering.member(request, SEE)
        return await _page(request, who, await _spot(request, program, channel, tongue), forms.done(request, _DONE))

    @post("/texts/{program:str}/{channel:str}/{tongue:str}", status_code=200)
    async def change(
        self, request: Request[Any, Any, Any], program: FromPath[str], channel: FromPath[str], tongue: FromPath[str]
    ) -> Response[Any]:
        """Look at what is typed, keep it, or go back to ours, as the button says."""
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        spot = await _spot(request, program, channel, tongue)
        restores = sent.get("deed") == "restore"
        words = None if restores else Words(sent.get("subject", ""), sent.get("wording", ""))
        try:
            if words is not None and sent.get("deed") == "look":
                linting.require_fit(channel=channel, words=words, values=spot.values)
                return await _page(request, who, spot, Tried(sent))
            async with entering.inside(request):
                await wording.word(
                    place=spot.place,
                    words=words,
                    values=spot.values,
                    after=forms.whole(sent, "version"),
                    by=who.id,
                    at=clock.now(),
                )
        except (Refused, Refusals) as fault:
            return await _page(request, who, spot, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{spot.address}?done={'restored' if restores else 'worded'}")


async def _spot(request: Request[Any, Any, Any], program: str, channel: str, tongue: str) -> Spot:
    """Raises NoSuchChannel."""
    wording.require_known(channel)
    if tongue not in await _spoken(request):
        raise NoSuchChannel("errors.share.channel")
    profile = (await dressing.dress_of(request)).profile
    async with entering.reading(request):
        offer = await _offer(program)
        shared = Shared(_SAMPLE, f"{ground.current().origin}/r/{_SAMPLE_LINK}", _SAMPLE_CODE)
    told = sharing.values(offer, shared, company=profile.name, language=tongue, at=clock.now())
    return Spot(offer, channel, tongue, told)


async def _offer(program: str) -> Offer:
    """Raises NoSuchChannel."""
    found = next((offer for offer in await offering.all_offers() if offer.key == program), None)
    if found is None:
        raise NoSuchChannel("errors.share.channel")
    return found


async def _page(request: Request[Any, Any, Any], who: Member, spot: Spot, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        versions = await wording.versions(place=spot.place)
        names = {each.id: each.name for each in await members.everybody()}
    latest = versions[0] if versions and versions[0].wording is not None else None
    ours = phrasing.ours(channel=spot.channel, language=spot.tongue, values=spot.values)
    words = Words(latest.subject or "", latest.wording or "") if latest else ours
    typed = Words(tried.sent.get("subject", words.subject), tried.sent.get("wording", words.wording))
    # Until the company words it here, its program's own text is shared where there is one.
    instead = None if latest or tried.sent else _shared_now(spot)
    fits = linting.fits(channel=spot.channel, words=typed, values=spot.values)
    shown = linting.filled(typed, spot.values) if fits else None
    return await entering.page(
        request,
        who,
        "console_share_text.html",
        say=say,
        spot=spot,
        way_of=CHANNELS[spot.channel],
        longest_typed=LONGEST_TYPED,
        versions=versions,
        names=names,
        own=latest is not None,
        version=versions[0].version if versions else 0,
        shown=shown,
        instead=instead,
        of_program=instead is not None and instead != shown,
        **tried.shown(subject=words.subject, wording=words.wording),
    )


def _shared_now(spot: Spot) -> Words:
    return sharing.said_by(spot.channel, spot.offer, spot.values, language=spot.tongue)


async def _spoken(request: Request[Any, Any, Any]) -> list[str]:
    return (await dressing.dress_of(request)).profile.languages
