"""Support enters who recommended a customer, on that customer's page; why nothing comes of it stands at the field."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock, free_text
from leumund.kit.faults import Refusals, Refused
from leumund.referrals.claims import hearing
from leumund.referrals.claims.hearing import Heard
from leumund.rewards import entering as claims
from leumund.web import forms
from leumund.web.console import entering, naming
from leumund.web.console.customers import customers


class CustomerClaimController(Controller):
    """``/console/customers/{customer}/recommendation``."""

    path = "/customers/{customer:str}/recommendation"

    @post(status_code=200)
    async def enter(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[str] | Redirect:
        who, person = await entering.member(request, "referrals.decide"), naming.known(customer)
        sent = await forms.filled(request)
        try:
            heard = _heard(sent)
            async with entering.inside(request):
                await customers.found(person, who)
                made = await claims.enter(customer=person, heard=heard, by=who.id, at=clock.now())
        except (Refused, Refusals) as fault:
            return await customers.page(
                request, who, person, tried=forms.refused(sent, fault, entering.language(request))
            )
        return entering.redirect(request, f"/console/customers/{person}?done={'entered' if made else 'waits'}")


def _heard(sent: Mapping[str, str]) -> Heard:
    """Raises Refusals with every field that is not filled."""
    forms.require_filled(sent, fields=(hearing.FIELD,), beside=_about_reason(sent))
    chosen = sent.get("program", "")
    return Heard(
        recommended_by=sent[hearing.FIELD],
        program=naming.known(chosen) if chosen else None,
        conditions_shown=forms.ticked(sent, "conditions_shown"),
        reason=sent["reason"],
    )


def _about_reason(sent: Mapping[str, str]) -> list[Refused]:
    try:
        free_text.checked(sent.get("reason", ""), field="reason", needed=True, most=hearing.LONGEST_REASON)
    except Refused as fault:
        return [fault]
    return []
