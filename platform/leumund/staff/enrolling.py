"""Enrol: the invited person chooses a password, adds the second factor and shows that it works, all in one step."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.company import describing
from leumund.kit import codes, faults, ground, passwords, tokens
from leumund.staff import members, second_factor, sessions

_FIND = """
SELECT id, name_sealed, email_sealed, enrolment_hash FROM staff_member
WHERE enrolment_hash = $1 AND enrolment_expires_at > $2 AND disabled_at IS NULL
"""
_FINISH = """
UPDATE staff_member
SET password_hash = $3, totp_sealed = $4, totp_last_step = $5, enrolment_hash = NULL, enrolment_expires_at = NULL,
    failed_attempts = 0, failed_at = NULL
WHERE id = $1 AND enrolment_hash = $2 RETURNING id
"""


class LinkUnknown(faults.Unknown):
    """Never made, used, replaced or run out: all answer alike."""


class WrongCode(faults.Refused):
    """The app shows another code."""


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of the link shows: whose account, and the secret as text and as otpauth address."""

    name: str
    email: str
    secret: str
    otpauth_uri: str


async def show(*, token: str, at: datetime) -> Enrolment:
    """The enrolment behind a link; changes nothing. Raises LinkUnknown."""
    row = await _find(token, at)
    company = await describing.profile()
    secret = second_factor.secret_of(row["enrolment_hash"])
    invited = members.reached(row, member=row["id"])
    address = codes.address(secret, email=invited.email, company=company.name)
    return Enrolment(name=invited.name, email=invited.email, secret=secret, otpauth_uri=address)


async def finish(*, token: str, password: str, code: str, at: datetime) -> UUID:
    """Set password and second factor and end all sessions; the link is used up. Returns the member's id.

    Raises LinkUnknown, and Refusals with WeakPassword, WrongCode or both.
    """
    row = await _find(token, at)
    company = await describing.profile()
    secret = second_factor.secret_of(row["enrolment_hash"])
    step = codes.step_of(secret, code, at)
    invited = members.reached(row, member=row["id"])
    # Both are told at once: the secret stands on the page itself, so a code tells nobody anything about it.
    wrong = list(_weaknesses(password, known=(invited.name, invited.email.partition("@")[0], company.name)))
    if step is None:
        wrong.append(WrongCode("errors.staff.code_wrong", field="code"))
    if wrong:
        raise faults.Refusals(wrong)
    member: UUID = row["id"]
    kept = await passwords.hashed(password)
    sealed = second_factor.seal(secret, member)
    if not await ground.fetch(_FINISH, member, row["enrolment_hash"], kept, sealed, step):
        raise LinkUnknown("errors.staff.link_unknown")
    await sessions.end_all(member=member, at=at)
    await noting.note(actor=f"staff:{member}", action="staff.enrolled", subject=member, at=at)
    return member


def _weaknesses(password: str, *, known: tuple[str, ...]) -> Iterator[faults.Refused]:
    try:
        passwords.check(password, known=known)
    except passwords.WeakPassword as fault:
        yield fault


async def _find(token: str, at: datetime) -> dict[str, Any]:
    try:
        enrolment = tokens.read("enrol", token)
    except tokens.BadToken as fault:
        raise LinkUnknown("errors.staff.link_unknown") from fault
    rows = await ground.fetch(_FIND, tokens.digest(str(enrolment)), at)
    if not rows:
        raise LinkUnknown("errors.staff.link_unknown")
    return rows[0]
