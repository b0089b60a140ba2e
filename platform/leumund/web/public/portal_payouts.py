"""What somebody is paid: what waits and why, what is on its way, what arrived or came back, and where it goes."""

from collections.abc import Sequence
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.customers.login.factors import NeedsProof
from leumund.kit import clock, money
from leumund.kit.faults import Refused
from leumund.kit.money import Money
from leumund.payouts import entering as entered
from leumund.payouts import ibans, listing, setting
from leumund.payouts.listing import Waiting
from leumund.web import answering, entering, forms, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import visitors
from leumund.web.public.visitors import SecondFactorNeeded
from leumund.web.saying import Saying

_HERE = "/portal/payouts"
_DONE = ("account", "removed", "address")


class PortalPayoutController(Controller):
    """``/portal/payouts``; ``account`` and ``address`` below it take a second factor.

    Whoever is about to be erased gets what they are owed all the same, and so says here where to.
    """

    path = _HERE
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, say = await visitors.visit(request, going=True), await saying.to_visitor(request)
        async with entering.reading(request):
            waiting = await listing.waiting_of(customer=visit.customer)
            payouts = await listing.of_person(customer=visit.customer)
            account = await entered.account_of(customer=visit.customer)
            address = await entered.address_of(customer=visit.customer)
            ways, said = await setting.ways(), await setting.read()
        directed = {ways[each.kind] for each in waiting}
        return await answering.page(
            request,
            "portal_payouts.html",
            path=_HERE,
            waiting=_sums(waiting, say.lang),
            owes=[money.text(Money(each.debt_cents, each.currency), say.lang) for each in waiting if each.debt_cents],
            payouts=[_shown(each, say) for each in payouts],
            account=account and {"iban": ibans.masked(account.iban), "holder": account.holder},
            address=address,
            wants_account="sepa" in directed and account is None,
            takes_account=ways["cash"] == "sepa" or account is not None,
            by_stripe="stripe_transfer" in directed,
            wants_address="goods" in directed and not address,
            donation_to=said.donation_to if "donation" in directed else "",
            **forms.done(request, _DONE).shown(),
        )

    @get("/account")
    async def account_form(self, request: Request[Any, Any, Any]) -> Response[str]:
        await visitors.proven(request, back="payout_account", going=True)
        return await _form(request, "portal_payout_account.html")

    @post("/account", status_code=200)
    async def enter(self, request: Request[Any, Any, Any]) -> Response[Any]:
        visit = await visitors.proven(request, back="payout_account", going=True)
        sent, lang = await forms.filled(request), await entering.language(request)
        iban, holder = sent.get("iban", ""), sent.get("holder", "")
        try:
            async with entering.inside(request):
                await entered.enter_account(visit=visit, iban=iban, holder=holder, language=lang, at=clock.now())
        except NeedsProof:
            raise SecondFactorNeeded("payout_account") from None
        except Refused as fault:
            return await _form(request, "portal_payout_account.html", forms.refused(sent, fault, lang))
        return entering.redirect(request, f"{_HERE}?done=account")

    @post("/account/removal")
    async def remove(self, request: Request[Any, Any, Any]) -> Redirect:
        visit = await visitors.proven(request, back="payout_account", going=True)
        lang = await entering.language(request)
        async with entering.inside(request):
            await entered.remove_account(visit=visit, language=lang, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=removed")

    @get("/address")
    async def address_form(self, request: Request[Any, Any, Any]) -> Response[str]:
        await visitors.proven(request, back="payout_address", going=True)
        return await _form(request, "portal_payout_address.html")

    @post("/address", status_code=200)
    async def enter_address(self, request: Request[Any, Any, Any]) -> Response[Any]:
        visit = await visitors.proven(request, back="payout_address", going=True)
        sent, lang = await forms.filled(request), await entering.language(request)
        try:
            async with entering.inside(request):
                address = sent.get("address", "")
                await entered.enter_address(visit=visit, address=address, language=lang, at=clock.now())
        except NeedsProof:
            raise SecondFactorNeeded("payout_address") from None
        except Refused as fault:
            return await _form(request, "portal_payout_address.html", forms.refused(sent, fault, lang))
        return entering.redirect(request, f"{_HERE}?done=address")


async def _form(request: Request[Any, Any, Any], template: str, tried: Tried = UNTRIED) -> Response[str]:
    """What stands there already is not shown: a screen that is left open tells nobody."""
    return await answering.page(request, template, path=_HERE, **tried.shown(iban="", holder="", address=""))


def _sums(waiting: Sequence[Waiting], lang: str) -> list[dict[str, str]]:
    return [{"kind": each.kind, "sum": money.text(Money(each.cents, each.currency), lang)} for each in waiting]


def _shown(payout: dict[str, Any], say: Saying) -> dict[str, Any]:
    """One payout in words; which state it is in is the company's affair as long as nothing left."""
    moment = payout["settled_at"] or payout["submitted_at"] or payout["at"]
    return {
        "sum": say.money(payout["cents"], payout["currency"]),
        "way": payout["way"],
        "state": payout["state"],
        "reason": payout["reason"],
        "when": say.day(moment),
        "code": payout["code"],
        "until": say.day(payout["expires_date"]) if payout["expires_date"] else "",
        "set_off": say.money(payout["set_off_cents"], payout["currency"]) if payout["set_off_cents"] else "",
    }
