"""``/console/records``: what the law has the company write down, as pages, PDF and JSON, and its own words in them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.kit.settings import Settings
from leumund.kit.sheets import Sheet
from leumund.privacy.records import accounting, activities, answering, measures
from leumund.privacy.records.accounting import Span
from leumund.privacy.records.measures import Surroundings
from leumund.staff.members import Member
from leumund.tenancy.arriving import deployment_of
from leumund.web import answering as pages
from leumund.web import forms, paging, saying
from leumund.web.console import entering
from leumund.web.console.naming import NoSuchPage
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_SEE, _MANAGE = "records.see", "records.manage"
_HERE = "/console/records"
_RECORDS = ("activities", "measures", "report")
_DONE = ("answered",)
_YEAR = timedelta(days=365)


class RecordController(Controller):
    """All records, each of them, and the company's own words."""

    path = "/records"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _SEE)
        return await _overview(request, who, forms.done(request, _DONE))

    @post(status_code=200)
    async def answer(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        who, sent = await entering.member(request, _MANAGE), await forms.filled(request)
        try:
            async with entering.inside(request):
                await answering.answer(given=sent, by=who.id, at=clock.now())
        except Refused as fault:
            return await _overview(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=answered")

    @get("/{record:str}")
    async def show_one(self, request: Request[Any, Any, Any], record: FromPath[str]) -> Response[str]:
        who, say = await entering.member(request, _SEE), await saying.here(request)
        sheet = await _sheet(request, record, say)
        since, until = _days(request, say)
        return await entering.page(
            request,
            who,
            "console_record.html",
            sheet=sheet,
            record=record,
            records=_RECORDS,
            values={"from": since.isoformat(), "until": until.isoformat()},
        )

    @get("/{record:str}/record.pdf")
    async def as_pdf(self, request: Request[Any, Any, Any], record: FromPath[str]) -> Response[Any]:
        await entering.member(request, _SEE)
        sheet = await _sheet(request, record, await saying.here(request))
        return await pages.pdf(sheet, name=f"{record}.pdf")

    @get("/{record:str}/record.json")
    async def as_json(self, request: Request[Any, Any, Any], record: FromPath[str]) -> Response[Any]:
        await entering.member(request, _SEE)
        sheet = await _sheet(request, record, await saying.here(request))
        content = msgspec.json.format(msgspec.json.encode(sheet))
        return pages.file(content, name=f"{record}.json")


async def _overview(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        answers = await answering.answers()
    shown = tried.shown(**answers)
    return await entering.page(request, who, "console_records.html", records=_RECORDS, keys=answering.KEYS, **shown)


async def _sheet(request: Request[Any, Any, Any], record: str, say: Saying) -> Sheet:
    """Raises NoSuchPage for a record there is not."""
    around, now = surroundings(deployment_of(request.scope).settings), clock.now()
    if record not in _RECORDS:
        raise NoSuchPage("errors.http.404.message")
    async with entering.reading(request):
        if record == "activities":
            return await activities.sheet(lang=say.lang, surroundings=around, at=now)
        if record == "measures":
            return await measures.sheet(lang=say.lang, surroundings=around, at=now)
        return await accounting.sheet(lang=say.lang, span=_span(request, say), at=now)


def surroundings(settings: Settings) -> Surroundings:
    """What the deployment's settings say of how data are kept."""
    return Surroundings(
        operator=settings.operator_name or settings.base_domain,
        encrypted_web=settings.public_scheme == "https",
        encrypted_mail=settings.smtp_url.get_secret_value().startswith("smtps://"),
        sealed_apart=settings.master_key_file is not None,
        backups=settings.backups,
    )


def _span(request: Request[Any, Any, Any], say: Saying) -> Span:
    since, until = _days(request, say)
    begun, ended = (
        datetime.combine(day, time(), say.zone).astimezone(UTC) for day in (since, until + timedelta(days=1))
    )
    return Span(begun, ended, f"{say.day(since)} – {say.day(until)}")


def _days(request: Request[Any, Any, Any], say: Saying) -> tuple[date, date]:
    """The days asked for in either order, both meant as well; what is none ends today, or begins a year before."""
    until = say.dated(paging.asked(request, "until")) or clock.now().astimezone(say.zone).date()
    since = say.dated(paging.asked(request, "from")) or until - _YEAR
    return min(since, until), max(since, until)
