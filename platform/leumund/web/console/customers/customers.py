"""Customers: found by words of a name, an address or a number, and each with all that is known of them.

How to reach somebody is masked on every page. Who needs it asks for it with a button, and the log says that they did.
"""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.consent.evidence import reading
from leumund.consent.evidence.reading import Happening, Standing
from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.insight import suggesting
from leumund.insight.rules import Step
from leumund.insight.suggesting import About, Shown
from leumund.kit import clock
from leumund.messages import listing as mails
from leumund.messages.listing import Sent
from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.referrals.claims import hearing, rules
from leumund.referrals.claims import listing as claims
from leumund.referrals.claims.listing import Listed
from leumund.rewards import listing
from leumund.scoring import telling
from leumund.segmenting import meaning
from leumund.segmenting.meaning import Meant
from leumund.staff.members import Member
from leumund.surveys.answers import listing as answers
from leumund.surveys.answers.listing import Whole
from leumund.web import dressing, forms, paging, saying, scores
from leumund.web.console import entering, naming
from leumund.web.console.customers import segment_words, suggestions
from leumund.web.console.customers.segments import tells
from leumund.web.forms import UNTRIED, Tried
from leumund.web.scores import Told

STAGES = ("customer", "lead")
# What became of a recommendation that support entered.
ENTERED = ("entered", "waits")


class Dossier(NamedTuple):
    """All that one page tells of a person; what its reader may not see is None.

    ``programs`` are those that run, for whoever may enter a recommendation.
    """

    person: Person
    about: About
    standing: list[Standing] | None
    story: list[Happening] | None
    answers: list[Whole] | None
    referrals: list[dict[str, Any]] | None
    rewards: list[dict[str, Any]] | None
    mails: list[Sent]
    may_see_score: bool
    score: Told | None
    meant: Meant | None
    claims: list[Listed] | None
    programs: list[Offer] | None


class CustomerController(Controller):
    """``/console/customers`` and one customer's page."""

    path = "/customers"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, "customers.see"), await saying.here(request)
        text, stage = paging.asked(request, "q"), naming.chosen(request, "stage", STAGES)
        async with entering.reading(request):
            page = await finding.search(text=text, stage=stage, after=paging.after(request))
        return await entering.page(
            request,
            who,
            "console_customers.html",
            say=say,
            people=page.rows,
            ways=paging.onward(request, page),
            q=text,
            stage=stage,
            stages=STAGES,
        )

    @get("/{customer:str}")
    async def show(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[str]:
        who = await entering.member(request, "customers.see")
        return await page(request, who, naming.known(customer), tried=forms.done(request, ENTERED))

    @post("/{customer:str}/contact", status_code=200)
    async def reveal(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[str]:
        """How to reach them, after an entry in the log has been committed."""
        who, person = await entering.member(request, "contacts.see"), naming.known(customer)
        async with entering.inside(request):
            await found(person, who)
            await noting.note(actor=who.actor, action="customer.contact_seen", subject=person, at=clock.now())
        return await page(request, who, person, revealed=True)


async def page(
    request: Request[Any, Any, Any], who: Member, customer: UUID, *, revealed: bool = False, tried: Tried = UNTRIED
) -> Response[str]:
    """One customer's page. Sixteen queries at most, however much is known of them."""
    say, currency = await saying.here(request), (await dressing.dress_of(request)).profile.currency
    async with entering.reading(request):
        seen = await _look(customer, say.lang, who, currency)
    segments = {kept.id: segment_words.named(kept, say.lang)[0] for kept in seen.meant.segments} if seen.meant else {}
    return await entering.page(
        request,
        who,
        "console_customer.html",
        say=say,
        seen=seen,
        segments=segments,
        steps=suggestions.said(_steps(seen, who), say, who),
        revealed=revealed,
        signed=telling.signed,
        programs=[(str(each.id), each.title(say.lang)) for each in seen.programs or ()],
        late_days=rules.LATE.days,
        longest_reason=hearing.LONGEST_REASON,
        **tried.shown(recommended_by="", program="", conditions_shown="", reason=""),
    )


async def _look(customer: UUID, lang: str, who: Member, currency: str) -> Dossier:
    consents = who.may("consents.see")

    def sees(right: str) -> bool:
        # Whoever answers what a person asks for sees all there is of that person.
        return who.may(right) or who.may("cases.work")

    return Dossier(
        person=await found(customer, who),
        about=await suggesting.about(customer=customer),
        standing=await reading.standing(customer=customer, language=lang) if consents else None,
        story=await reading.story(customer=customer) if consents else None,
        answers=await answers.answers_of(customer=customer) if sees("surveys.see") else None,
        referrals=await listing.referrals_with(customer=customer) if sees("referrals.see") else None,
        rewards=await listing.rewards_of(customer=customer) if sees("rewards.see") else None,
        mails=await mails.to_customer(customer=customer),
        may_see_score=sees("scores.see"),
        score=await scores.told(customer=customer, language=lang, currency=currency) if sees("scores.see") else None,
        meant=await _meant(customer, who) if sees("segments.see") else None,
        claims=await claims.claims_of(customer=customer) if sees("referrals.see") else None,
        programs=await offering.running(at=clock.now()) if who.may("referrals.decide") else None,
    )


async def _meant(customer: UUID, who: Member) -> Meant:
    """Without the segments that would tell ``who`` a score they may not see."""
    meant = await meaning.of_customer(customer=customer)
    return msgspec.structs.replace(meant, segments=[each for each in meant.segments if tells(each, who)])


def _steps(seen: Dossier, who: Member) -> list[Step]:
    shown = Shown(
        person=seen.person,
        mails=seen.mails,
        sees_case=who.may("care.see"),
        standing=seen.standing,
        answers=seen.answers,
        referrals=seen.referrals,
        classes=seen.meant.classes if seen.meant else [],
    )
    return suggesting.suggest(seen.about, shown, at=clock.now())


async def found(customer: UUID, who: Member) -> Person:
    """The person; whose data rest is nobody's to look at, but of whoever answers what that person asks for.

    Raises CustomerUnknown.
    """
    find = finding.known if who.may("cases.work") else finding.seen
    return await find(customer=customer)
