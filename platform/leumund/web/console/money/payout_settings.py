"""How the company pays: its account, the way of each kind, limits by currency, and the schedule."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.company import describing
from leumund.kit import clock, language, sums
from leumund.kit.faults import Refusals, Refused
from leumund.payouts import arranging, ibans, rules, setting
from leumund.payouts.arranging import Arrangement
from leumund.payouts.rules import Limit
from leumund.payouts.setting import Setting
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.console.money.payouts import HERE, MANAGE
from leumund.web.forms import UNTRIED, Tried

_HERE = f"{HERE}/settings"
_DONE = ("saved",)
# What a field holds that means no sum: it is told so where the limits are checked.
_NO_SUM = -1


class PayoutSettingController(Controller):
    """``/console/payouts/settings``; whose account it is, and who has to look, is changed with a fresh code."""

    path = "/payouts/settings"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, MANAGE)
        return await _page(request, who, forms.done(request, _DONE))

    @post()
    async def save(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        async with entering.reading(request):
            before, currencies = await setting.read(), await _currencies()
        wanted = _wanted(sent, before, currencies)
        deed = partial(arranging.arrange, wanted=wanted, actor=who.actor, at=clock.now())
        try:
            await confirming.with_code(request, who, sent.get("code", ""), deed)
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=saved")


def _wanted(sent: Mapping[str, str], before: Setting, currencies: Sequence[str]) -> Arrangement:
    """What the form asks for; an account is never sent to the browser, so that an empty field leaves it as it is."""
    iban = "" if forms.ticked(sent, "forget") else sent.get("iban") or before.iban
    return Arrangement(
        setting=Setting(
            holder=sent.get("holder", ""),
            iban=iban,
            purpose=sent.get("purpose", ""),
            donation_to=sent.get("donation_to", ""),
            schedule=sent.get("schedule", ""),
            schedule_day=forms.whole(sent, "schedule_day"),
        ),
        ways={kind: sent.get(f"way_{kind}", "") for kind in rules.WAYS if f"way_{kind}" in sent},
        limits={currency: _limit(sent, currency) for currency in currencies},
    )


def _limit(sent: Mapping[str, str], currency: str) -> Limit:
    figures = {name: _sum(sent.get(f"{name}_{currency}", ""), currency) for name in ("least", "batch", "payout")}
    year = sent.get(f"year_{currency}", "")
    return Limit(
        least_cents=figures["least"],
        four_eyes_batch_cents=figures["batch"],
        four_eyes_payout_cents=figures["payout"],
        most_a_year_cents=_sum(year, currency) if year else None,
    )


def _sum(text: str, currency: str) -> int:
    cents = sums.cents(text, currency=currency)
    return _NO_SUM if cents is None else cents


async def _currencies() -> list[str]:
    """Those of the company, of its limits, and of whatever it owes."""
    known = {(await describing.profile()).currency, *(await setting.limits()), *(await setting.owed_currencies())}
    return sorted(known - {rules.POINTS})


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Five questions."""
    say = await saying.here(request)
    async with entering.reading(request):
        said, directed = await setting.read(), await setting.ways()
        currencies, limits = await _currencies(), await setting.limits()
    before = {
        "holder": said.holder,
        "iban": "",
        "purpose": said.purpose,
        "donation_to": said.donation_to,
        "schedule": said.schedule,
        "schedule_day": str(said.schedule_day),
        **{f"way_{kind}": way for kind, way in directed.items()},
    }
    for currency in currencies:
        before |= _shown(limits.get(currency) or Limit(), currency, say.lang)
    spoken = {
        kind: [(way, language.text(f"console.payouts.way.{way}", say.lang)) for way in ways]
        for kind, ways in rules.WAYS.items()
    }
    return await entering.page(
        request,
        who,
        "console_payout_settings.html",
        say=say,
        account=ibans.masked(said.iban),
        kinds=spoken,
        currencies=currencies,
        schedules=arranging.SCHEDULES,
        **tried.shown(**before),
    )


def _shown(limit: Limit, currency: str, lang: str) -> dict[str, str]:
    told = {
        "least": limit.least_cents,
        "batch": limit.four_eyes_batch_cents,
        "payout": limit.four_eyes_payout_cents,
        "year": limit.most_a_year_cents,
    }
    return {f"{name}_{currency}": sums.text(cents, currency=currency, language=lang) for name, cents in told.items()}
