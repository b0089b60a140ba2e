"""Sign in with e-mail, password and code, sent together and answered by one yes or no.

Whoever fails learns nothing about which of the three was wrong, and an unknown address costs the same work. Only wrong
codes after the right password are counted and slowed down: a stranger without the password can therefore never keep
Anna out, and gains nothing from guessing, since no answer ever confirms a password without its code. The entrance
limits how often one peer may try.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.staff import members, passwords, rules, second_factor, sessions
from leumund.staff.members import Member
from leumund.staff.tables import StaffMember

# Counted before the code is looked at, under the row's lock: a thousand tries at once are tried one by one.
_COUNT = """
UPDATE staff_member SET failed_attempts = failed_attempts + 1, failed_at = $2
WHERE id = $1 AND (failed_at IS NULL OR failed_at + $3 <= $2) AND failed_attempts = $4 RETURNING id
"""
_USE_STEP = """
UPDATE staff_member SET totp_last_step = $2, failed_attempts = 0, failed_at = NULL
WHERE id = $1 AND totp_last_step < $2 RETURNING id
"""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new session's token, to be put into the cookie and nowhere else, and whose it is."""

    token: str
    member: Member


async def sign_in(*, email: str, password: str, code: str, at: datetime) -> SignedIn | None:
    """A new session, or None. It answers instead of raising, so that a counted failure is committed."""
    row = await StaffMember.select().where(StaffMember.email == email.strip().lower()).first()
    known = await passwords.matches(row["password_hash"] if row else None, password) and _is_usable(row)
    counted = await _count(row if known else None, at)
    if row is None or not counted or not await _use_code(row, code, at):
        # Noted for every failure alike: the log wants it, and so does a clock held against us.
        whose = row["id"] if row else None
        await noting.note(actor="system:sign-in", action="staff.sign_in_refused", subject=whose, at=at)
        return None
    if passwords.is_outdated(row["password_hash"]):
        renewing = StaffMember.update(password_hash=await passwords.hashed(password))
        await renewing.where(StaffMember.id == row["id"])
    await noting.note(actor=f"staff:{row['id']}", action="staff.signed_in", subject=row["id"], at=at)
    return SignedIn(token=await sessions.begin(member=row["id"], at=at), member=members.seen(row))


def _is_usable(row: dict[str, Any] | None) -> bool:
    return row is not None and row["disabled_at"] is None and row["totp_sealed"] is not None


async def _count(row: dict[str, Any] | None, at: datetime) -> bool:
    member, attempts = (row["id"], row["failed_attempts"]) if row else (uuid4(), 0)
    return bool(await ground.fetch(_COUNT, member, at, rules.wait(attempts), attempts))


async def _use_code(row: dict[str, Any], code: str, at: datetime) -> bool:
    member: UUID = row["id"]
    step = second_factor.step_of(second_factor.unseal(row["totp_sealed"], member), code, at)
    return step is not None and bool(await ground.fetch(_USE_STEP, member, step))
