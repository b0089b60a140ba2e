"""What a person may do about their data, on one page: see it, put it right, let it rest, object, ask for a review."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.customers.changing import rectifying
from leumund.customers.login.visiting import Visit
from leumund.customers.records import finding
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.privacy.cases import listing as cases
from leumund.privacy.cases.listing import Listed
from leumund.privacy.rights import asserting, objecting, restricting
from leumund.privacy.rights.asserting import DecisionUnknown, Person
from leumund.programs import joining
from leumund.referrals import leaving
from leumund.rewards import listing, refusing
from leumund.rewards.refusing import Told
from leumund.web import answering, entering, forms, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import visitors
from leumund.web.public.visitors import NotSignedIn
from leumund.web.saying import Saying

# What a form asks for, with what was sent.
Deed = Callable[[Person, Mapping[str, str]], Awaitable[None]]
_HOME = "/portal/data"
_DONE = ("stayed",)
_ADVERSE = ("rejected", "voided", "canceled", "expired")


class Seen(NamedTuple):
    """What the page tells of one person, read in one scope."""

    person: finding.Person
    takes_part: bool
    profiled: bool
    cases: list[Listed]
    decisions: list[dict[str, Any]]
    refusals: list[Told]


class PortalDataController(Controller):
    """``/portal/data`` and a deed for each right; each answers with the page and what has been done."""

    path = _HOME
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await visitors.visit(request), forms.done(request, _DONE))

    @post("/correction", status_code=200)
    async def correct(self, request: Request[Any, Any, Any]) -> Response[str]:
        async def deed(person: Person, sent: Mapping[str, str]) -> None:
            told = {field: sent.get(field, "") for field in rectifying.FIELDS}
            await asserting.correct(person=person, told=told, at=clock.now())

        return await _do(request, deed, done="corrected")

    @post("/restriction", status_code=200)
    async def restrict(self, request: Request[Any, Any, Any]) -> Response[str]:
        async def deed(person: Person, sent: Mapping[str, str]) -> None:
            reason = next((each for each in restricting.GROUNDS if each == sent.get("reason")), restricting.GROUNDS[0])
            await asserting.restrict(person=person, reason=reason, words=sent.get("words", ""), at=clock.now())

        return await _do(request, deed, done="restricted")

    @post("/objection", status_code=200)
    async def object_to(self, request: Request[Any, Any, Any]) -> Response[str]:
        async def deed(person: Person, sent: Mapping[str, str]) -> None:
            against = next((each for each in asserting.AGAINST if each == sent.get("against")), asserting.AGAINST[0])
            await asserting.object_to(person=person, against=against, words=sent.get("words", ""), at=clock.now())

        return await _do(request, deed, done="objected")

    @post("/review", status_code=200)
    async def review(self, request: Request[Any, Any, Any]) -> Response[str]:
        async def deed(person: Person, sent: Mapping[str, str]) -> None:
            decision, words = _decision(sent), sent.get("words", "")
            await asserting.ask_for_review(person=person, referral=decision, words=words, at=clock.now())

        return await _do(request, deed, done="reviewed")

    @post("/departure", status_code=200)
    async def leave(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, _, person = await _asking(request)
        async with entering.inside(request):
            await leaving.leave(customer=visit.customer, actor=person.actor, at=clock.now())
        return await _page(request, visit, Tried(done="left"))


async def person_of(request: Request[Any, Any, Any], visit: Visit) -> Person:
    """Whose right is used, and how they are spoken to."""
    return Person(customer=visit.customer, language=await entering.language(request))


async def _do(request: Request[Any, Any, Any], deed: Deed, *, done: str) -> Response[str]:
    """The deed, and the page with what was done, or with what is wrong and what was typed."""
    visit, sent, person = await _asking(request)
    try:
        async with entering.inside(request):
            await deed(person, sent)
    except (Refused, Refusals) as fault:
        return await _page(request, visit, forms.refused(sent, fault, person.language))
    return await _page(request, visit, Tried(done=done))


async def _asking(request: Request[Any, Any, Any]) -> tuple[Visit, dict[str, str], Person]:
    visit = await visitors.visit(request)
    return visit, await forms.filled(request), await person_of(request, visit)


async def _look(customer: UUID) -> Seen:
    person = await finding.by_id(customer=customer)
    if person is None:
        # The record went while the session was open.
        raise NotSignedIn
    return Seen(
        person=person,
        takes_part=await joining.takes_part_in_any(customer=customer),
        profiled=not await objecting.objects_to_profiling(customer=customer),
        cases=await cases.of(customer=customer),
        decisions=await _decisions(customer),
        refusals=await refusing.told(customer=customer),
    )


async def _decisions(customer: UUID) -> list[dict[str, Any]]:
    """What was decided against the person, by referral: a reward they did not get, on whichever side."""
    mine = [{**row, "referral": row["id"]} for row in await listing.referrals_of(advocate=customer)]
    found = [row for row in (*mine, *await listing.rewards_of(customer=customer)) if row["state"] in _ADVERSE]
    return list({row["referral"]: row for row in found}.values())


async def _page(request: Request[Any, Any, Any], visit: Visit, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.to_visitor(request)
    async with entering.reading(request):
        seen = await _look(visit.customer)
    return await answering.page(
        request,
        "portal_data.html",
        path=_HOME,
        email=seen.person.email or "",
        takes_part=seen.takes_part,
        restricted=seen.person.held == "restriction",
        profiled=seen.profiled,
        cases=[_case(each, say) for each in seen.cases],
        decisions=_decided(seen, say),
        grounds=restricting.GROUNDS,
        against=asserting.AGAINST,
        **tried.shown(**_known(seen.person)),
    )


def _known(person: finding.Person) -> dict[str, str]:
    values = {field: getattr(person, field) for field in rectifying.FIELDS}
    return {field: "" if value is None else str(value) for field, value in values.items()}


def _case(case: Listed, say: Saying) -> dict[str, Any]:
    return {
        "kind": case.kind,
        "state": case.state,
        "when": say.day(case.received_at),
        "due": "" if case.closed_at else say.day(case.due_date),
    }


def _decided(seen: Seen, say: Saying) -> list[dict[str, Any]]:
    """What was refused with its reason and until when to object, and whatever else ended otherwise than hoped for."""
    refused = [
        {
            "id": each.referral,
            "when": say.day(each.began_at),
            "reason": f"mail.reason.{each.category}.{each.side}",
            "words": each.words,
            "until": say.day(each.object_until),
            "objected": any(case.subject == each.referral and not case.closed_at for case in seen.cases),
        }
        for each in seen.refusals
    ]
    known = {each["id"] for each in refused}
    others = [{"id": row["referral"], "when": say.day(row["at"]), "reason": ""} for row in seen.decisions]
    return [*refused, *(each for each in others if each["id"] not in known)]


def _decision(sent: Mapping[str, str]) -> UUID:
    """Raises DecisionUnknown."""
    try:
        return UUID(sent.get("decision", ""))
    except ValueError as fault:
        raise DecisionUnknown("errors.privacy.decision_unknown") from fault
