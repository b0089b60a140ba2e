"""A request about data that came by mail or phone: what was asked for, by whom, how and when, as staff type it."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.customers.notation import normalising
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.privacy.cases import entering as entries
from leumund.privacy.cases import opening, rules
from leumund.privacy.cases.opening import Asked
from leumund.privacy.cases.rules import Came, Kind
from leumund.staff.members import Member
from leumund.web import dressing, forms, paging, saying
from leumund.web.console import entering
from leumund.web.console.privacy import cases
from leumund.web.forms import Tried

# A request whose hour nobody wrote down came in at noon of its day.
_NOON = time(12)


class NoKind(Refused):
    """It was not chosen what is asked for, or how it came."""


class CaseEntryController(Controller):
    """``/console/cases/new``: the form, and the case it opens."""

    path = "/cases/new"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, cases.WORK)
        return await _form(request, who, Tried({"person": paging.asked(request, "person")}))

    @post()
    async def enter(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        who, sent = await entering.member(request, cases.WORK), await forms.filled(request)
        say = await saying.here(request)
        # Asked before a scope is opened, since it may need one of its own.
        spoken = (await dressing.dress_of(request)).profile.languages
        try:
            kind, came, received_at = _told(sent, say.zone)
            async with entering.inside(request):
                asked = await _asked(sent, kind, came, spoken)
                case = await opening.open(asked=asked, actor=who.actor, received_at=received_at, at=clock.now())
        except (Refused, Refusals) as fault:
            return await _form(request, who, forms.refused(sent, fault, say.lang))
        return entering.redirect(request, f"{cases.HERE}/{case}")


def _told(sent: Mapping[str, str], zone: ZoneInfo) -> tuple[Kind, Came, datetime | None]:
    """What, how and when; the moment is None for today. Raises Refusals."""
    kind = next((each for each in rules.KINDS if each == sent.get("kind")), None)
    came = next((each for each in rules.CAME if each == sent.get("came")), None)
    faults: list[Refused] = []
    if kind is None:
        faults.append(NoKind("errors.rights.no_kind", field="kind"))
    if came is None:
        faults.append(NoKind("errors.rights.no_came", field="came"))
    received_at: datetime | None = None
    try:
        received_at = _received(sent.get("received", ""), zone)
    except Refused as fault:
        faults.append(fault)
    if faults or kind is None or came is None:
        raise Refusals(faults)
    return kind, came, received_at


def _received(text: str, zone: ZoneInfo) -> datetime | None:
    now = clock.now()
    day = normalising.past_day(text, field="received", at=now)
    return min(now, datetime.combine(day, _NOON, tzinfo=zone)) if day != rules.day_of(now, time_zone=zone.key) else None


async def _asked(sent: Mapping[str, str], kind: Kind, came: Came, languages: list[str]) -> Asked:
    """Raises what looking for the person or the referral raises, and free_text.TooLong."""
    lang = sent.get("language", "")
    return Asked(
        kind=kind,
        customer=await entries.person(text=sent["person"]) if sent.get("person") else None,
        came=came,
        subject=await entries.referral(text=sent.get("referral", "")) if kind == "review" else None,
        language=lang if lang in languages else languages[0],
        words=sent.get("words", ""),
    )


async def _form(request: Request[Any, Any, Any], who: Member, tried: Tried) -> Response[str]:
    say, profile = await saying.here(request), (await dressing.dress_of(request)).profile
    today = rules.day_of(clock.now(), time_zone=say.zone.key).isoformat()
    return await entering.page(
        request,
        who,
        "console_case_new.html",
        say=say,
        kinds=rules.KINDS,
        ways_in=rules.CAME,
        tongues=profile.languages,
        today=today,
        **tried.shown(received=today, language=profile.languages[0]),
    )
