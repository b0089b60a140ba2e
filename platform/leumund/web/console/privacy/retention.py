"""``/console/retention``: how long each kind of data stays, what must stay longer, and what has gone."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.privacy import explaining, register
from leumund.privacy.cases import entering as entries
from leumund.privacy.explaining import Explained
from leumund.privacy.forgetting import lapsing, preserving, remembering, retaining
from leumund.privacy.forgetting.preserving import AlreadyOver
from leumund.staff import members
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_SEE, _MANAGE = "records.see", "records.manage"
_HERE = "/console/retention"
_DONE = ("held", "released")
# What the form calls it when a person is held, and not a class of data.
_PERSON = "person"
_EMPTY: Mapping[str, str] = {"what": "", "person": "", "reason": "", "until": ""}


class Rule(NamedTuple):
    """One kind of data in words, what becomes of it in the end, and whether that waits."""

    told: Explained
    then: str
    held: bool


class RetentionController(Controller):
    """The rules, what is held, what went; and ``/console/retention/preview`` with what would go now."""

    path = "/retention"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @get("/preview")
    async def preview(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Every row is counted that a night would let go; nothing happens."""
        who, say, now = await entering.member(request, _SEE), await saying.here(request), clock.now()
        async with entering.figures(request):
            rows = await retaining.foresee(at=now)
            people = len(await lapsing.lapsed(at=now))
        return await entering.page(
            request, who, "console_retention_preview.html", rows=remembering.summed(rows), people=people, say=say
        )

    @post(status_code=200)
    async def hold(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        who, sent = await entering.member(request, _MANAGE), await forms.filled(request)
        say = await saying.here(request)
        try:
            async with entering.inside(request):
                await _hold(sent, until_at=_until(sent.get("until", ""), say), actor=who.actor)
        except Refused as fault:
            return await _page(request, who, forms.refused(sent, fault, say.lang))
        return entering.redirect(request, f"{_HERE}?done=held")

    @post("/{hold:uuid}/release")
    async def release(self, request: Request[Any, Any, Any], hold: FromPath[UUID]) -> Redirect:
        who = await entering.member(request, _MANAGE)
        async with entering.inside(request):
            await preserving.release(hold=hold, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=released")


async def _hold(sent: Mapping[str, str], *, until_at: datetime | None, actor: str) -> None:
    reason, at = sent.get("reason", ""), clock.now()
    if sent.get("what") == _PERSON:
        person = await entries.person(text=sent.get("person", ""))
        await preserving.preserve_person(customer=person, reason=reason, actor=actor, at=at, until_at=until_at)
    else:
        kind = sent.get("what", "")
        await preserving.preserve_class(data_class=kind, reason=reason, actor=actor, at=at, until_at=until_at)


def _until(text: str, say: Saying) -> datetime | None:
    """The end of the day ``text`` names by the company's clocks; none where nobody knows yet. Raises AlreadyOver."""
    if not text:
        return None
    day = say.dated(text)
    if day is None:
        raise AlreadyOver("errors.privacy.until", field="until")
    return datetime.combine(day, time.max, tzinfo=say.zone).astimezone(UTC)


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say, now = await saying.here(request), clock.now()
    async with entering.reading(request):
        holds = await preserving.standing(at=now)
        nights = await remembering.lately()
        names = await members.names()
    return await entering.page(
        request,
        who,
        "console_retention.html",
        preservable=preserving.preservable(),
        rules=_rules(say.lang, {hold.data_class for hold in holds}),
        holds=holds,
        nights=nights,
        names=names,
        person=_PERSON,
        say=say,
        **tried.shown(**_EMPTY),
    )


def _rules(lang: str, held: set[str | None]) -> list[Rule]:
    told = explaining.explain(lang, everybody=True)
    return [Rule(each, register.period(each.key).then, each.key in held) for each in told]
