"""Where a share link leads: who recommends what, who gets what for it, and a form to sign up.

Who recommended is known by the address and by the form's signed tokens alone; nothing is kept on the device.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.customers.notation import normalising
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.programs.offers import Offer
from leumund.referrals import accepting, finding, rules, stamping
from leumund.referrals.accepting import Form
from leumund.referrals.codes import reading
from leumund.referrals.finding import Shared
from leumund.theming.looks import Look
from leumund.web import answering, dressing, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import evidence, offers, pacing, redirecting, serving, wordings
from leumund.web.public.guessing import TooManyCodes
from leumund.web.public.serving import Serving
from leumund.web.public.wordings import Wordings

PURPOSE = "landing"
_FIELDS = ("given_name", "family_name", "email")


class Landing(NamedTuple):
    """All that the page shows, read in one scope; ``proven`` when the form that was sent showed the same words."""

    shared: Shared
    wordings: Wordings
    proven: bool
    form_token: str


class Asked(NamedTuple):
    """A link's code, and the language and the look in which its page is shown."""

    code: str
    language: str
    look: Look


class LinkController(Controller):
    """``/r/<code>`` itself, of which ``redirecting`` answers whatever leads somewhere before a page is asked."""

    path = "/r/{code:str}"

    @get()
    async def lost(self, request: Request[Any, Any, Any]) -> Response[str]:
        """No query for a code that was not found: one of nobody, of another company, of an ended program."""
        raise request.scope["state"].get(redirecting.FAULT) or finding.UnknownCode("errors.referrals.unknown_code")


class LandingController(Controller):
    """``/r/<code>/welcome``: a code of nobody, another company's or an ended program's answers one and the same 404."""

    path = f"/r/{{code:str}}/{rules.LANDING}"

    @get()
    async def show(self, request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        _require_patience(request)
        asked = await _asked(request, code)
        async with entering.reading(request):
            landing = await _look(asked, {}, clock.now())
        return await _page(request, landing, asked.language, click=request.query_params.get("click", ""))

    @post(status_code=200)
    async def accept(self, request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        _require_patience(request)
        asked, at = await _asked(request, code), clock.now()
        sent = await forms.filled(request)
        try:
            async with entering.reading(request):
                form = await _form(request, asked, sent, at)
            await pacing.count(request, link=reading.normal(code))
            async with pacing.evened(), entering.inside(request):
                await accepting.accept(code=code, form=form, at=at)
                # Read after the deed: what was published meanwhile would be evidence of words nobody read.
                (await _shown(asked, at)).served(sent, at=at)
        except Unknown:
            raise
        except (Refused, Refusals) as fault:
            async with entering.reading(request):
                landing = await _look(asked, sent, at)
            lang = asked.language
            tried = forms.refused(sent, fault, lang)
            page = await _page(request, landing, lang, tried, click=sent.get("click", ""))
            return forms.timed(page, fault)
        return await answering.page(request, "landing_sent.html", email_hint=forms.masked(sent["email"]))


def _require_patience(request: Request[Any, Any, Any]) -> None:
    """Nothing, but for whoever tried out codes. Raises TooManyCodes; other faults the page meets by itself."""
    fault = request.scope["state"].get(redirecting.FAULT)
    if isinstance(fault, TooManyCodes):
        raise fault


async def _asked(request: Request[Any, Any, Any], code: str) -> Asked:
    return Asked(code, await entering.language(request), (await dressing.dress_of(request)).look)


async def _look(asked: Asked, sent: Mapping[str, str], at: datetime) -> Landing:
    shared = await finding.look_up(code=asked.code, at=at)
    served = await _serving(asked, shared.offer)
    return Landing(shared, served.shown, served.proven(sent, at=at), served.token(sent, at=at))


async def _form(request: Request[Any, Any, Any], asked: Asked, sent: Mapping[str, str], at: datetime) -> Form:
    form = await _shown(asked, at)
    served = form.served(sent, at=at)
    _require(sent)
    return Form(
        **{name: sent[name] for name in _FIELDS},
        language=asked.language,
        terms=form.shown.terms.id,
        consents=form.shown.chosen(sent),
        evidence=evidence.of(request, page=PURPOSE),
        served=served,
        click=sent.get("click", ""),
    )


async def _shown(asked: Asked, at: datetime) -> Serving:
    """The form as it would be shown at ``at``. Raises UnknownCode."""
    return await _serving(asked, (await finding.look_up(code=asked.code, at=at)).offer)


async def _serving(asked: Asked, offer: Offer) -> Serving:
    """The form with the current wordings and conditions; its answer holds for this link alone."""
    form = serving.Form(key=PURPOSE, template="landing.html", url="/r", about=asked.code)
    return Serving(form, await wordings.shown(language=asked.language, offer=offer), asked.look, asked.language)


def _require(sent: Mapping[str, str]) -> None:
    """Nothing, when all is filled in and the address is one; else all that is wrong at once. Raises Refusals."""
    faults: list[Refused] = []
    try:
        forms.require(sent, fields=_FIELDS)
    except Refusals as missing:
        faults += missing.faults
    try:
        if sent.get("email"):
            normalising.email(sent["email"])
    except Refused as fault:
        faults.append(fault)
    if faults:
        raise Refusals(faults)


async def _page(
    request: Request[Any, Any, Any],
    landing: Landing,
    lang: str,
    tried: Tried = UNTRIED,
    *,
    click: str,
) -> Response[str]:
    """``click`` shows how the link was followed, and travels on in the form."""
    offer, advocate = landing.shared.offer, landing.shared.advocate_name
    company = (await dressing.dress_of(request)).profile.name
    offered: dict[str, Any] = {
        **offers.to_friend(offer, advocate=advocate, company=company, language=lang, at=clock.now())
    }
    return await answering.page(
        request,
        "landing.html",
        advocate=advocate,
        **offered,
        action=request.url.path,
        form_token=landing.form_token,
        click=click[: stamping.MOST_CHARACTERS],
        **landing.wordings.view(tried.sent, proven=landing.proven),
        **tried.shown(**dict.fromkeys(_FIELDS, "")),
    )
