"""What is printed of a link: an advocate's own, or the company's for its counter, dressed as the company is."""

from typing import Any, NamedTuple

from litestar import Request

from leumund.company import rules
from leumund.kit import clock, language
from leumund.kit.printed import Printed
from leumund.programs.offers import Offer
from leumund.referrals.share_kit import phrasing
from leumund.referrals.share_kit.linting import Words
from leumund.theming import tokens as design
from leumund.web import dressing
from leumund.web.public import sharing
from leumund.web.public.sharing import Kit, Shared


class Print(NamedTuple):
    """What stands beside the words: whose link, what the code holds, who earns by it, and in which language."""

    shared: Shared
    leads_to: str
    disclosure: str
    language: str


async def of_advocate(request: Request[Any, Any, Any], kit: Kit, *, lang: str) -> Printed:
    """Its code holds the link's own address, which leads on whatever else is chosen or taken down."""
    profile = (await dressing.dress_of(request)).profile
    told = sharing.values(kit.offer, kit.shared, company=profile.name, language=lang, at=clock.now())
    said = phrasing.said(channel="print", language=lang, own=kit.words.get("print"), values=told)
    disclosure = language.text(
        "share.print.disclosure" if told["reward"] else "share.print.disclosure_plain",
        lang,
        name=kit.shared.name or profile.name,
        reward=told["reward"],
    )
    return await _dressed(request, said, Print(kit.shared, kit.own, disclosure, lang))


async def of_company(request: Request[Any, Any, Any], offer: Offer, *, origin: str, lang: str) -> Printed:
    """For the counter: it leads to where whoever was told a code types it, and earns nobody anything by itself."""
    profile = (await dressing.dress_of(request)).profile
    said = Words(
        offer.text("headline", lang) or language.text("share.counter.title", lang, company=profile.name),
        language.text("share.counter.lead", lang),
    )
    place = f"{origin}/r"
    disclosure = language.text("share.counter.disclosure", lang, company=profile.name)
    return await _dressed(request, said, Print(Shared("", place, ""), place, disclosure, lang))


async def _dressed(request: Request[Any, Any, Any], said: Words, what: Print) -> Printed:
    dress = await dressing.dress_of(request)
    worn = design.tuned(theme=dress.look.theme, tokens=dress.look.tokens)
    address = what.shared.link.partition("://")[2]
    return Printed(
        language=what.language,
        issuer=dress.profile.name,
        logo=dress.look.logo,
        wordmark=worn["logo"] == "wordmark",
        title=said.subject,
        lead=said.wording,
        leads_to=what.leads_to,
        code_alt=language.text("share.print.code_alt", what.language, address=address),
        address=address,
        spoken=what.shared.code,
        spoken_label=language.text("share.print.spoken", what.language),
        disclosure=what.disclosure,
        foot=rules.controller(dress.profile.legal_name, dress.profile.imprint),
        brand=worn["color-brand"],
        brand_ink=worn["color-brand-ink"],
        serif=worn["font-display"] == "serif",
    )
