"""One batch of payouts: what is in it, who stands for it, and each deed that moves it on."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.payouts import approving, banking, batching, listing, recording, rules, submitting, transferring
from leumund.payouts.transferring import NotABankDay
from leumund.staff import members
from leumund.staff.members import Member
from leumund.tenancy.arriving import tenant_of
from leumund.web import answering, forms, paging, saying
from leumund.web.console import confirming, entering, naming, taking_along
from leumund.web.console.money.payouts import APPROVE, HERE, PREPARE, SEE
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_DONE = ("drafted", "checked", "approved", "changed", "sent", "arrived", "recorded", "set_aside", "nothing_left")
# What for a file for the bank is taken.
_REASONS = ("bank", "again", "review")


class PayoutBatchController(Controller):
    """``/console/payouts/<batch>``; to approve, to send and to settle take a fresh code."""

    path = "/payouts/{batch:uuid}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], batch: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await page(request, who, batch, forms.done(request, _DONE))

    @post("/approval")
    async def approve(self, request: Request[Any, Any, Any], batch: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, APPROVE), await forms.filled(request)
        seen = forms.whole(sent, "seen_cents", otherwise=-1)
        deed = partial(approving.approve, batch=batch, seen_cents=seen, by=who.id, at=clock.now())
        return await _coded(request, who, batch, sent, deed)

    @post("/sending")
    async def send(self, request: Request[Any, Any, Any], batch: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, PREPARE), await forms.filled(request)
        say = await saying.here(request)

        async def deed() -> str:
            known = await listing.batch(batch=batch)
            asked = _day(sent, say) if known.way == "sepa" else None
            left = await submitting.send(batch=batch, by=who.id, at=clock.now(), execution_date=asked)
            return "sent" if left else "nothing_left"

        return await _coded(request, who, batch, sent, deed)

    @post("/settlement")
    async def settle(self, request: Request[Any, Any, Any], batch: FromPath[UUID]) -> Response[Any]:
        """All that is on its way has arrived, as the statement says."""
        who, sent = await entering.member(request, PREPARE), await forms.filled(request)

        async def deed() -> str:
            reference = sent.get("reference", "")
            await recording.arrived(batch=batch, reference=reference, by=who.id, at=clock.now())
            return "arrived"

        return await _coded(request, who, batch, sent, deed)

    @post("/discarding")
    async def discard(self, request: Request[Any, Any, Any], batch: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, PREPARE)
        try:
            async with entering.inside(request):
                await batching.discard(batch=batch, by=who.id, at=clock.now())
        except Refused as fault:
            return await page(request, who, batch, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}?done=discarded")

    @post("/file", status_code=200)
    async def take(self, request: Request[Any, Any, Any], batch: FromPath[UUID]) -> Response[Any]:
        """The bank's file, for a reason and with a fresh code: it names people and their accounts."""
        who, sent = await entering.member(request, PREPARE), await forms.filled(request)
        try:
            reason = taking_along.reason(sent, among=_REASONS)
            deed = partial(_file, batch, who, reason)
            file = await confirming.with_code(request, who, sent.get("code", ""), deed)
        except Refused as fault:
            return await page(request, who, batch, forms.refused(sent, fault, entering.language(request)))
        mark = "TEST-" if tenant_of(request.scope).is_twin else ""
        return answering.file(file, name=f"{mark}sepa-{batch.hex[:8]}.xml")


async def page(request: Request[Any, Any, Any], who: Member, batch: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """One batch: five questions, however many are in it."""
    say, state = await saying.here(request), naming.chosen(request, "state", rules.PAYOUT_STATES)
    async with entering.reading(request):
        known = await listing.batch(batch=batch)
        two = known.four_eyes
        if known.state == "draft":
            sums = {"total_cents": known.cents, "largest_cents": known.largest_cents}
            two = await approving.takes_two(currency=known.currency, **sums, at=clock.now())
        rows = await listing.payouts(batch=batch, state=state, after=paging.after(request), limit=paging.ROWS)
        names = {each.id: each.name for each in await members.everybody()}
    today = clock.now().astimezone(say.zone).date()
    return await entering.page(
        request,
        who,
        "console_payout_batch.html",
        say=say,
        batch=known,
        two=two,
        payouts=rows.rows,
        ways=paging.onward(request, rows),
        names=names,
        by_hand=known.way in recording.BY_HAND,
        reasons=recording.REASONS,
        taking_reasons=taking_along.reasons(say.lang, among=_REASONS),
        state=state,
        states=rules.PAYOUT_STATES,
        next_day=banking.next_bank_day(today).isoformat(),
        **tried.shown(),
    )


async def _file(batch: UUID, who: Member, reason: str) -> bytes:
    file = await transferring.file(batch=batch)
    detail = {"reason": reason}
    await noting.note(actor=who.actor, action="payout.file_taken", subject=batch, detail=detail, at=clock.now())
    return file


async def _coded(
    request: Request[Any, Any, Any], who: Member, batch: UUID, sent: dict[str, str], deed: Callable[[], Awaitable[str]]
) -> Response[Any]:
    """``deed`` once a fresh code was shown; what it answers the page then says."""
    try:
        done = await confirming.with_code(request, who, sent.get("code", ""), deed)
    except Refused as fault:
        return await page(request, who, batch, forms.refused(sent, fault, entering.language(request)))
    return entering.redirect(request, f"{HERE}/{batch}?done={done}")


def _day(sent: Mapping[str, str], say: Saying) -> date:
    """Raises NotABankDay, as for any day on which banks rest."""
    day = say.dated(sent.get("execution_date", ""))
    if day is None:
        raise NotABankDay("errors.payouts.no_bank_day", field="execution_date")
    return day
