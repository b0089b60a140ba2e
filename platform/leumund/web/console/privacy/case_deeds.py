"""What is done to a request: each deed a form of its page, and the page again with what is wrong."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.privacy.cases import entering as entries
from leumund.privacy.cases import extending, identifying, refusing, rules, taking, telling
from leumund.privacy.rights import carrying_out, lifting, mending, proving, reconsidering, releasing
from leumund.web import forms
from leumund.web.console import entering, naming
from leumund.web.console.privacy import cases
from leumund.web.forms import Choice

Answer = Response[str] | Redirect
# The deed to do with what was sent, by whom and when.
Deed = Callable[[Mapping[str, str], UUID, datetime], Awaitable[object]]


class Press(Protocol):
    """A deed that takes a button and no words."""

    async def __call__(self, *, case: UUID, by: UUID, at: datetime) -> None: ...


class CaseDeedController(Controller):
    """The forms of ``/console/cases/<case>``: who is asking, taking it on, more time, and its end."""

    path = "/cases/{case:str}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @post("/person")
    async def name(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            customer = await entries.person(text=sent.get("person", ""))
            await identifying.name(case=naming.known(case), customer=customer, by=by, at=at)

        return await _do(request, case, deed)

    @post("/loop")
    async def send_code(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        return await _press(request, case, proving.ask_of)

    @post("/identification")
    async def vouch(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            await identifying.vouch(case=naming.known(case), proof=sent.get("proof", ""), by=by, at=at)

        return await _do(request, case, deed)

    @post("/work")
    async def take(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            take = taking.take_over if forms.ticked(sent, "over") else taking.take
            await take(case=naming.known(case), by=by, at=at)

        return await _do(request, case, deed)

    @post("/extension")
    async def extend(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            reason = _chosen(sent, "extension_reason", rules.EXTENSIONS)
            told = sent.get("extension", "")
            await extending.extend(case=naming.known(case), reason=reason, told=told, by=by, at=at)

        return await _do(request, case, deed)

    @post("/refusal")
    async def refuse(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            reason = _chosen(sent, "refusal_reason", rules.REFUSALS)
            told = sent.get("refusal", "")
            await refusing.refuse(case=naming.known(case), reason=reason, told=told, by=by, at=at)

        return await _do(request, case, deed)

    @post("/copy")
    async def release(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        return await _press(request, case, releasing.release)

    @post("/execution")
    async def carry_out(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            why, told = sent.get("ground", ""), sent.get("answer", "")
            await carrying_out.carry_out(case=naming.known(case), ground=why, told=told, by=by, at=at)

        return await _do(request, case, deed)

    @post("/correction")
    async def mend(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            told = {field: sent[field] for field in mending.FIELDS if field in sent}
            await mending.mend(case=naming.known(case), told=told, by=by, at=at)

        return await _do(request, case, deed)

    @post("/completion")
    async def finish(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            outcome = _chosen(sent, "outcome", rules.OUTCOMES)
            told = sent.get("answer", "")
            await reconsidering.finish_by_hand(case=naming.known(case), outcome=outcome, told=told, by=by, at=at)

        return await _do(request, case, deed)

    @post("/lifting")
    async def lift(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        return await _press(request, case, lifting.announce)

    @post("/notices/{notice:str}")
    async def tell(self, request: Request[Any, Any, Any], case: FromPath[str], notice: FromPath[str]) -> Answer:
        async def deed(_: Mapping[str, str], by: UUID, at: datetime) -> None:
            await telling.confirm(case=naming.known(case), notice=naming.known(notice), by=by, at=at)

        return await _do(request, case, deed)


async def _press(request: Request[Any, Any, Any], case: str, press: Press) -> Answer:
    async def deed(_: Mapping[str, str], by: UUID, at: datetime) -> None:
        await press(case=naming.known(case), by=by, at=at)

    return await _do(request, case, deed)


async def _do(request: Request[Any, Any, Any], case: str, deed: Deed) -> Answer:
    """The deed, and back to the case; where it was refused, the page says what is wrong and keeps what was typed."""
    who, wanted, sent = await entering.member(request, cases.WORK), naming.known(case), await forms.filled(request)
    try:
        async with entering.inside(request):
            await deed(sent, who.id, clock.now())
    except Unknown:
        raise
    except (Refused, Refusals) as fault:
        return await cases.page(request, who, wanted, forms.refused(sent, fault, entering.language(request)))
    return entering.redirect(request, f"{cases.HERE}/{wanted}")


def _chosen(sent: Mapping[str, str], name: str, among: Sequence[Choice]) -> Choice:
    return forms.chosen(sent, name, among, fault="errors.rights.no_reason")
