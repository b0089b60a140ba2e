"""Enrol: a person adds an authenticator app or a passkey to their account and shows at once that it works."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.company import describing
from leumund.customers.login import factors, recovering, signing, visiting
from leumund.customers.login.factors import Factor, Shown
from leumund.customers.login.visiting import Visit
from leumund.customers.records import finding, holding
from leumund.kit import codes, ground, tokens
from leumund.kit.faults import Refused

# Long enough to look for the telephone, too short for a browser that was left open.
FRESH = timedelta(minutes=10)


class WrongCode(Refused):
    """The app shows another code."""


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """The secret of an app that nobody has confirmed yet, as text and as otpauth address."""

    secret: str
    otpauth_uri: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """A factor that was added: the session's new token, and the recovery codes that come with the first one."""

    factor: UUID
    token: str
    counts_at: datetime
    codes: list[str]


async def show(*, token: str, visit: Visit) -> Offered:
    """What the page for an app shows; changes nothing, since the secret is derived from the session's ``token``."""
    secret, person = _secret(token), await finding.known(customer=visit.customer)
    company = await describing.profile()
    address = codes.address(secret, email=person.email or person.name or company.name, company=company.name)
    return Offered(secret=secret, otpauth_uri=address)


async def add_app(*, token: str, visit: Visit, name: str, code: str, at: datetime) -> Enrolled:
    """Add the app that shows ``code``. Raises WrongCode, and what ``factors`` raises."""
    held = await _held(visit, kind=factors.APP, at=at)
    secret = _secret(token)
    step = codes.step_of(secret, code, at)
    if step is None:
        raise WrongCode("errors.customers.app_code", field="code")
    return await _add(visit, held, Shown(factors.APP, name, secret, step), at)


async def add_passkey(*, visit: Visit, name: str, answer: str, at: datetime) -> Enrolled:
    """Add the passkey that ``answer``, the browser's JSON, tells of. Raises signing.Refuted, and as ``add_app``."""
    held = await _held(visit, kind=factors.PASSKEY, at=at)
    made = await signing.made(visit=visit, answer=answer, at=at)
    return await _add(visit, held, Shown(factors.PASSKEY, name, made.kept(), made.counter), at)


async def renew_codes(*, visit: Visit, at: datetime) -> list[str]:
    """New recovery codes for who just showed a factor. Raises NeedsProof."""
    if not visit.is_proven(at=at, within=FRESH):
        raise factors.NeedsProof("errors.customers.needs_proof")
    fresh = await recovering.renew(customer=visit.customer, counts_at=at, at=at)
    await _note(visit, "customer.recovery_codes_renewed", at)
    return fresh


async def _held(visit: Visit, *, kind: str, at: datetime) -> list[Factor]:
    """What they have, under a lock: of two browsers that add at once the second one sees the first."""
    await holding.lock(customer=visit.customer)
    held = await factors.of(customer=visit.customer)
    factors.require_proof(held, proven=visit.is_proven(at=at, within=FRESH), at=at)
    factors.require_room(held, kind=kind)
    return held


async def _add(visit: Visit, held: list[Factor], shown: Shown, at: datetime) -> Enrolled:
    proven = visit.is_proven(at=at, within=FRESH)
    counts_at = at if proven else at + factors.COUNTS_AFTER
    made = await factors.keep(customer=visit.customer, shown=shown, counts_at=counts_at, at=at)
    fresh = [] if held else await recovering.renew(customer=visit.customer, counts_at=counts_at, at=at)
    await _note(visit, "customer.factor_added", at, kind=shown.kind)
    token = await visiting.renew(visit=visit, proven=proven, at=at)
    return Enrolled(factor=made, token=token, counts_at=counts_at, codes=fresh)


async def _note(visit: Visit, action: str, at: datetime, **detail: object) -> None:
    actor = f"customer:{visit.customer}"
    await noting.note(actor=actor, action=action, subject=visit.customer, detail=detail, at=at)


def _secret(token: str) -> str:
    """Derived and not stored; another session, and this one once it was renewed, has another."""
    return codes.derived(ground.current().key("customer totp:" + tokens.digest(token)))
