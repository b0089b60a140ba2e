"""Faults as problem details (RFC 9457): what kind it is, said in the caller's language, and which field it is."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from leumund.api.answering import KeyTwice
from leumund.api.authenticating import KeyRefused, ScopeMissing, WrongMode
from leumund.api.pacing import TooMany
from leumund.api.reading import Malformed, NotJson
from leumund.company.agreeing import NotAgreed
from leumund.customers.changing.choosing import Objected, WordingChanged
from leumund.customers.records.registering import TwoPeople
from leumund.kit import language
from leumund.kit.faults import Refusals, Refused, TooSoon, Unknown
from leumund.kit.idempotency import KeyReused
from leumund.messages.accompanying.transcribing import MailboxFull
from leumund.rewards.buying import CustomerUnknown
from leumund.rewards.converting import OrderReused
from leumund.rewards.refunding import RefundReused
from leumund.surveys.asking.hearing import EventReused
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.database.reaching import PASSING

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = "1"


class Kind(NamedTuple):
    """The last part of a problem's type, and its status."""

    slug: str
    status: int


INVALID = Kind("invalid", 422)
NOT_FOUND = Kind("not-found", 404)
BUSY = Kind("busy", 503)
UNEXPECTED = Kind("unexpected", 500)
KINDS: Mapping[type[Exception], Kind] = {
    KeyRefused: Kind("unauthorized", 401),
    WrongMode: Kind("wrong-mode", 401),
    ScopeMissing: Kind("scope-missing", 403),
    TooMany: Kind("too-many-requests", 429),
    NotJson: Kind("not-json", 415),
    Malformed: Kind("malformed", 400),
    KeyTwice: Kind("idempotency-key", 400),
    KeyReused: Kind("idempotency-key-reused", 422),
    OrderReused: Kind("order-reused", 409),
    EventReused: Kind("event-reused", 409),
    RefundReused: Kind("refund-reused", 409),
    NotAgreed: Kind("agreement-missing", 409),
    CustomerUnknown: Kind("customer-unknown", 422),
    WordingChanged: Kind("wording-changed", 409),
    Objected: Kind("objected", 409),
    MailboxFull: Kind("mailbox-full", 429),
    TwoPeople: Kind("two-people", 409),
    Unknown: NOT_FOUND,
    Refused: INVALID,
    Refusals: INVALID,
    Busy: BUSY,
    # The key makes it safe to ask again.
    **dict.fromkeys(PASSING, BUSY),
    # The company moves to another deployment: it is read, and written again within minutes.
    asyncpg.ReadOnlySQLTransactionError: BUSY,
}
FRAMEWORKS = {
    400: Kind("malformed", 400),
    404: NOT_FOUND,
    405: Kind("method-not-allowed", 405),
    413: Kind("too-large", 413),
}


class FieldFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field; ``field`` is such as ``customer.email`` or ``consents[0].basis``."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why nothing was done. ``request_id`` names our own fault in our log."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []
    request_id: str = ""


def refused(request: Request[Any, Any, Any], fault: Exception) -> Response[Problem]:
    """What a deed or a reader refuses, by its type."""
    kind = next(KINDS[one] for one in type(fault).__mro__ if one in KINDS)
    if kind is BUSY:
        log.warning("busy", path=request.url.path, fault=type(fault).__name__)
    lang = language_of(request)
    faults = fault.faults if isinstance(fault, Refusals) else (fault,) if isinstance(fault, Refused) else ()
    texts = [(one.field, language.text(one.key, lang, **one.values)) for one in faults]
    detail = texts[0][1] if len(texts) == 1 else None
    answer = _answer(kind, lang, detail, [FieldFault(field=field, detail=text) for field, text in texts if field])
    if isinstance(fault, TooSoon):
        answer.set_header("retry-after", str(fault.wait_seconds))
    return answer


def invalid(request: Request[Any, Any, Any], fault: ValidationException) -> Response[Problem]:
    """A header or query parameter that does not fit; Litestar names it, and we say it in the caller's language."""
    lang = language_of(request)
    wrong = fault.extra if isinstance(fault.extra, list) else []
    names = [str(one["key"]) for one in wrong if "key" in one]
    # The Idempotency-Key is the only header we take and all a call cannot do without; one that is missing has no name.
    if not names or any(one.get("source") == "header" for one in wrong):
        return _answer(KINDS[KeyTwice], lang, None, [])
    if names == ["data"]:
        return _answer(KINDS[Malformed], lang, language.text("errors.api.malformed", lang), [])
    faults = [FieldFault(field=name, detail=language.text("errors.api.parameter", lang)) for name in names]
    return _answer(INVALID, lang, None, faults)


def frameworks(request: Request[Any, Any, Any], fault: HTTPException) -> Response[Problem]:
    """No such route, no such method, too large."""
    lang = language_of(request)
    kind = FRAMEWORKS.get(fault.status_code, FRAMEWORKS[400])
    answer = _answer(kind, lang, None, [])
    for name, value in (fault.headers or {}).items():
        answer.set_header(name, value)
    return answer


def unexpected(request: Request[Any, Any, Any], fault: Exception) -> Response[Problem]:
    """Our own fault: an id for the caller, the rest for the log."""
    incident = uuid4().hex[:12]
    log.error("unexpected", incident=incident, route=request.scope.get("path_template", ""), exc_info=fault)
    lang = language_of(request)
    return _answer(UNEXPECTED, lang, None, [], request_id=incident)


def said(kind: Kind, lang: str) -> Problem:
    """What is said of a kind where nothing more is known."""
    return Problem(
        type=f"/problems/{kind.slug}",
        title=language.text(f"api.{kind.slug}.title", lang),
        status=kind.status,
        detail=language.text(f"api.{kind.slug}.detail", lang),
    )


def language_of(request: Request[Any, Any, Any]) -> str:
    """Programs that name no language of ours are answered in English."""
    return language.preferred(request.headers.get("accept-language", ""), ("en", "de"))


def _answer(
    kind: Kind, lang: str, detail: str | None, errors: list[FieldFault], *, request_id: str = ""
) -> Response[Problem]:
    problem = msgspec.structs.replace(said(kind, lang), errors=errors, request_id=request_id)
    if detail:
        problem = msgspec.structs.replace(problem, detail=detail)
    headers = {"cache-control": "no-store", "content-language": lang}
    if kind.status == 401:
        headers["www-authenticate"] = 'Bearer realm="api"'
    if kind is BUSY:
        headers["retry-after"] = _RETRY_SECONDS
    return Response(problem, status_code=kind.status, media_type=MEDIA_TYPE, headers=headers)


HANDLERS: ExceptionHandlersMap = {
    **dict.fromkeys(KINDS, refused),
    ValidationException: invalid,
    HTTPException: frameworks,
    Exception: unexpected,
}
