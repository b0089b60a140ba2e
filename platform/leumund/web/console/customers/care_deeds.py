"""What is done to a follow-up: each deed a form of its page, and the page again with what is wrong."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.audit import noting
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.messages.words.letters import Words
from leumund.surveys.caring import assigning, closing, contacting, finding, jotting, replying, rules
from leumund.surveys.caring.arranging import NotAble
from leumund.web import forms
from leumund.web.console import entering, naming
from leumund.web.console.customers import care

Answer = Response[str] | Redirect
# The deed to do with what was sent, by whom and when.
Deed = Callable[[Mapping[str, str], UUID, datetime], Awaitable[object]]
_OUTCOMES = tuple(outcome for outcome in rules.OUTCOMES if outcome != "answered_better")


class CareDeedController(Controller):
    """The forms of ``/console/care/<case>``: whose it is, notes, contact, a letter, its end, and its beginning anew."""

    path = "/care/{case:str}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @post("/owner")
    async def assign(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            to = by if forms.ticked(sent, "mine") else _member(sent)
            await assigning.hand_over(case=naming.known(case), to=to, by=by, at=at)

        return await _do(request, case, deed)

    @post("/notes")
    async def jot(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            await jotting.jot(case=naming.known(case), text=sent.get("note", ""), by=by, at=at)

        return await _do(request, case, deed)

    @post("/contacts")
    async def contact(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            way = forms.chosen(sent, "way", rules.WAYS, fault="errors.care.way")
            told = contacting.reach if forms.ticked(sent, "reached") else contacting.miss
            await told(case=naming.known(case), way=way, note=sent.get("contact_note", ""), by=by, at=at)

        return await _do(request, case, deed)

    @post("/letters")
    async def write(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            words = Words(None, sent.get("subject", ""), sent.get("wording", ""))
            await replying.reply(case=naming.known(case), words=words, by=by, at=at)

        return await _do(request, case, deed)

    @post("/outcome")
    async def close(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            outcome = forms.chosen(sent, "outcome", _OUTCOMES, fault="errors.care.outcome")
            note = sent.get("outcome_note", "")
            await closing.close(case=naming.known(case), outcome=outcome, note=note, by=by, at=at)

        return await _do(request, case, deed)

    @post("/reopening")
    async def reopen(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Answer:
        async def deed(sent: Mapping[str, str], by: UUID, at: datetime) -> None:
            await closing.reopen(case=naming.known(case), note=sent.get("reopening_note", ""), by=by, at=at)

        return await _do(request, case, deed)

    @post("/contact", status_code=200)
    async def reveal(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Response[str]:
        """How to reach them, after an entry in the log has been committed."""
        await entering.member(request, care.SEE)
        who, wanted = await entering.member(request, "contacts.see"), naming.known(case)
        async with entering.inside(request):
            person = (await finding.held(case=wanted)).customer
            await noting.note(actor=who.actor, action="customer.contact_seen", subject=person, at=clock.now())
        return await care.page(request, who, wanted, revealed=True)


async def _do(request: Request[Any, Any, Any], case: str, deed: Deed) -> Answer:
    """The deed, and back to the case; where it was refused, the page says what is wrong and keeps what was typed."""
    who, wanted, sent = await entering.member(request, care.WORK), naming.known(case), await forms.filled(request)
    try:
        async with entering.inside(request):
            await deed(sent, who.id, clock.now())
    except Unknown:
        raise
    except (Refused, Refusals) as fault:
        return await care.page(request, who, wanted, forms.refused(sent, fault, entering.language(request)))
    return entering.redirect(request, f"{care.HERE}/{wanted}")


def _member(sent: Mapping[str, str]) -> UUID:
    """Raises NotAble for what can be nobody's id."""
    try:
        return UUID(sent.get("owner", ""))
    except ValueError:
        raise NotAble("errors.care.not_able", field="owner") from None
