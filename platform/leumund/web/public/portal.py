"""The portal: an advocate's link and its code, what became of it, rewards, and what may be written to a person."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get

from leumund.consent.evidence import reading as consents
from leumund.consent.evidence.reading import Standing
from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.kit import clock, money
from leumund.kit.money import Money
from leumund.programs import joining, telling
from leumund.programs.offers import Offer
from leumund.programs.telling import Speech
from leumund.referrals import accepted
from leumund.referrals.accepted import Accepted
from leumund.referrals.claims import asking as claims
from leumund.rewards import listing
from leumund.surveys.asking import offering as asked
from leumund.surveys.asking.offering import Offered
from leumund.web import answering, dressing, entering, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import sharing as ways
from leumund.web.public import visitors
from leumund.web.public.sharing import Kit
from leumund.web.public.visitors import NotSignedIn
from leumund.web.saying import Saying

# What is there already comes first; what is on its way or was received is shown once there is some.
_TOTALS = {
    "available": ("approved",),
    "pending": ("pending",),
    "on_its_way": ("scheduled", "failed"),
    "received": ("paid", "fulfilled", "redeemed"),
}
_ALWAYS = ("available", "pending")
# A voucher's code is shown while it can be used, and not before its hold has ended.
# One that a payout failed for before is drawn as well, once the company has its codes drawn.
_SPENDABLE = ("approved", "failed", "fulfilled")
_PREPARED = ("approved", "scheduled", "failed")


class Seen(NamedTuple):
    """All that one person sees, read in one scope; nothing is given while the program rests or has ended.

    A friend has rewards and consents, and takes no part until they join. ``joinable`` are the
    programs that run and that they may take part in as well, ``accepted`` is what they once accepted.
    """

    person: Person
    takes_part: bool
    given: Kit | None
    joinable: list[Offer]
    accepted: list[Accepted]
    referrals: list[dict[str, Any]]
    rewards: list[dict[str, Any]]
    consents: list[Standing]
    surveys: list[Offered]
    asks_who: bool


class PortalController(Controller):
    """``/portal``; everybody sees their own and nobody else's."""

    path = "/portal"
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        async with entering.reading(request):
            seen = await look(customer, lang)
        return await page(request, seen, lang)


async def look(customer: UUID, lang: str) -> Seen:
    """All that ``customer`` sees. Raises NotSignedIn."""
    person = await finding.by_id(customer=customer)
    if person is None:
        # The record went while the session was open.
        raise NotSignedIn
    takes_part = await joining.takes_part_in_any(customer=customer)
    given = await ways.kit_of(customer=customer, name=person.given_name or "", language=lang, at=clock.now())
    # Whoever has a link takes part in what is live, and a friend who has not bought in nothing: neither is asked.
    joinable = await joining.offered_anew(customer=customer, at=clock.now())
    return Seen(
        person=person,
        takes_part=takes_part,
        given=given,
        joinable=joinable,
        accepted=await accepted.of(customer=customer),
        referrals=await listing.referrals_of(advocate=customer),
        rewards=await listing.rewards_of(customer=customer),
        consents=await consents.standing(customer=customer, language=lang),
        surveys=await asked.offered(customer=customer, at=clock.now()),
        asks_who=await claims.is_open(customer=customer, at=clock.now()),
    )


async def page(request: Request[Any, Any, Any], seen: Seen, lang: str, tried: Tried = UNTRIED) -> Response[str]:
    """The portal, with what is wrong about a choice that could not be taken."""
    profile = (await dressing.dress_of(request)).profile
    say = await saying.to_visitor(request)
    when = say.day
    return await answering.page(
        request,
        "portal.html",
        **tried.shown(),
        path="/portal",
        customer_name=seen.person.given_name or seen.person.email or "",
        takes_part=seen.takes_part,
        anew=bool(seen.joinable) and seen.given is None and seen.takes_part,
        joinable=[(each.title(lang), f"/portal/join/{each.key}") for each in seen.joinable],
        accepted=[(each, when(each.at)) for each in seen.accepted],
        share=_share(seen.given, company=profile.name, lang=lang),
        referrals=[
            {"when": when(each["at"]), "state_key": each["state"], "address": f"/portal/referrals/{each['id']}"}
            for each in seen.referrals
        ],
        rewards=[_reward(each, say) for each in seen.rewards],
        totals=_totals(seen, profile.currency, lang),
        consents=[_choice(each) for each in seen.consents],
        asks_who=seen.asks_who,
        surveys=[_asked(each, when, lang) for each in seen.surveys],
        logout_action="/portal/logout",
    )


def _reward(reward: dict[str, Any], say: Saying) -> dict[str, Any]:
    return {
        "amount": money.text(Money(reward["cents"], reward["currency"]), say.lang),
        "state_key": reward["state"],
        "when": say.day(reward["at"]),
        "kind": reward["kind"],
        "what_for": telling.what_for(reward["rule"], Speech(say.lang, reward["currency"], say.zone.key)),
        "until": say.day(reward["hold_until"]) if reward["state"] == "pending" else "",
        "code": reward["voucher_code"] if reward["state"] in _SPENDABLE else None,
        "prepared": reward["kind"] == "voucher" and not reward["voucher_code"] and reward["state"] in _PREPARED,
    }


def _asked(survey: Offered, when: Callable[[datetime], str], lang: str) -> dict[str, Any]:
    return {
        "title": survey.definition.title(lang),
        "address": f"/portal/surveys/{survey.invitation}",
        "until": when(survey.expires_at),
        "named": survey.named,
    }


def _choice(standing: Standing) -> dict[str, Any]:
    return {
        "purpose": standing.purpose,
        "text": standing.text,
        "title": standing.title,
        "wording": standing.wording,
        "retired": standing.retired,
        "given": bool(standing.given),
        "action": f"/portal/consents/{standing.purpose}",
    }


def _share(given: Kit | None, *, company: str, lang: str) -> dict[str, object] | None:
    if given is None:
        return None
    return {
        "headline": given.offer.text("headline", lang),
        "pitch": given.offer.text("advocate_text", lang),
        "link": given.shared.link,
        "ways": ways.ways(given, company=company, language=lang, at=clock.now()),
    }


def _totals(seen: Seen, currency: str, lang: str) -> dict[str, list[str]]:
    """Sums by where the money is, one for each currency: a program may have changed its own. Nothing is 0 too."""
    found: dict[str, list[str]] = {}
    for name, states in _TOTALS.items():
        sums: Counter[str] = Counter()
        for each in seen.rewards:
            if each["state"] in states:
                sums[each["currency"]] += each["cents"]
        if sums or name in _ALWAYS:
            told = sorted((sums or {currency: 0}).items())
            found[name] = [money.text(Money(cents, code), lang) for code, cents in told]
    return found
