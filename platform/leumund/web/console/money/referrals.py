"""Referrals: who brought whom, and the ones a person has to decide about."""

from collections.abc import Mapping
from typing import Any, get_args
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.insight import retracing
from leumund.insight.traces import Trace
from leumund.kit import clock
from leumund.kit.faults import Refused, Unknown
from leumund.privacy.rights import reconsidering
from leumund.privacy.rights.reconsidering import Verdict
from leumund.programs import telling
from leumund.rewards import deciding, listing, queueing, reviewing
from leumund.rewards.refusing import Refusal
from leumund.staff.members import Member
from leumund.web import forms, paging, saying, traces
from leumund.web.console import entering, naming
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_CONFLICT = 409
_VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class ReferralController(Controller):
    """``/console/referrals``, one referral's page, ``approval``, ``refusal``, and the answer to an ``objection``."""

    path = "/referrals"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, "referrals.see"), await saying.here(request)
        text, state = paging.asked(request, "q"), naming.chosen(request, "state", listing.REFERRAL_STATES)
        async with entering.reading(request):
            page = await listing.referrals(state=state, text=text, after=paging.after(request))
            waiting = await queueing.waiting()
        return await entering.page(
            request,
            who,
            "console_referrals.html",
            say=say,
            referrals=page.rows,
            waiting=waiting,
            ways=paging.onward(request, page),
            q=text,
            state=state,
            states=listing.REFERRAL_STATES,
        )

    @get("/{referral:str}")
    async def show(self, request: Request[Any, Any, Any], referral: FromPath[str]) -> Response[str]:
        who = await entering.member(request, "referrals.see")
        return await _page(request, who, naming.known(referral))

    @post("/{referral:str}/approval")
    async def approve(self, request: Request[Any, Any, Any], referral: FromPath[str]) -> Response[str] | Redirect:
        who, wanted = await entering.member(request, "referrals.decide"), naming.known(referral)
        try:
            async with entering.inside(request):
                await reviewing.approve(referral=wanted, by=who.id, at=clock.now())
        except Refused as fault:
            return await _refused(request, who, wanted, fault, {})
        return entering.redirect(request, f"/console/referrals/{wanted}")

    @post("/{referral:str}/refusal")
    async def refuse(self, request: Request[Any, Any, Any], referral: FromPath[str]) -> Response[str] | Redirect:
        who, wanted = await entering.member(request, "referrals.decide"), naming.known(referral)
        sent = await forms.filled(request)
        try:
            async with entering.inside(request):
                refusal = Refusal(category=sent.get("category", ""), words=sent.get("reason", ""))
                await reviewing.refuse(referral=wanted, refusal=refusal, by=who.id, at=clock.now())
        except Refused as fault:
            return await _refused(request, who, wanted, fault, sent)
        return entering.redirect(request, f"/console/referrals/{wanted}")

    @post("/{referral:str}/objection")
    async def answer(self, request: Request[Any, Any, Any], referral: FromPath[str]) -> Response[str] | Redirect:
        who, wanted = await entering.member(request, "referrals.decide"), naming.known(referral)
        sent = await forms.filled(request)
        try:
            verdict = forms.chosen(sent, "verdict", _VERDICTS, fault="errors.reviews.no_verdict")
            told = sent.get("answer", "")
            async with entering.inside(request):
                await reconsidering.decide(referral=wanted, verdict=verdict, told=told, by=who.id, at=clock.now())
        except Refused as fault:
            return await _refused(request, who, wanted, fault, sent)
        return entering.redirect(request, f"/console/referrals/{wanted}")


async def _refused(
    request: Request[Any, Any, Any], who: Member, referral: UUID, fault: Refused, sent: Mapping[str, str]
) -> Response[str]:
    """The same page, which tells what is wrong, or that somebody was faster and what they decided."""
    if isinstance(fault, Unknown):
        raise fault
    return await _page(request, who, referral, forms.refused(sent, fault, entering.language(request)))


async def _page(request: Request[Any, Any, Any], who: Member, referral: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """One referral with all that may be done to it and its trace; nine queries, and one more for each objection."""
    say = await saying.here(request)
    async with entering.reading(request):
        matter = await reviewing.look(referral=referral)
        trace = await retracing.retrace(referral=referral)
        decisions = await deciding.story(referral=referral)
        refused = matter.state == "rejected" or any(each.verdict == "denied" for each in decisions)
        objections = await reconsidering.objections(referral=referral) if refused else []
    return await entering.page(
        request,
        who,
        "console_referral.html",
        say=say,
        matter=matter,
        trace=trace,
        answers=_answers(trace, say),
        why=lambda said, event: traces.why(said, event, trace.stands, say),
        worth=lambda rule: telling.whole(rule, telling.of(trace.stands.offer, language=say.lang, zone=say.zone.key)),
        late=tried.status == _CONFLICT,
        decisions=decisions,
        objections=objections,
        categories=deciding.CATEGORIES,
        **tried.shown(category="", reason="", verdict="", answer=""),
    )


def _answers(trace: Trace, say: Saying) -> list[dict[str, str]]:
    """Where each side's reward is, in a sentence."""
    return [
        {"side": side, "mood": traces.mood(answer), "text": traces.whole(answer, trace.stands, say)}
        for side, answer in trace.answers.items()
    ]
