"""Sign in with e-mail, password and code, sent together and answered by one yes or no.

Whoever fails learns nothing about which of the three was wrong, and an unknown address costs the same work. Only wrong
codes after the right password are counted and slowed down: a stranger without the password can therefore never keep
Anna out, and gains nothing from guessing, since no answer ever confirms a password without its code.

It takes two scopes, and ``passwords.judge`` between them: a password takes its time, and no connection waits for it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import actors, codes, ground, knocking, mailboxes
from leumund.kit.knocking import Knock
from leumund.kit.passwords import Verdict
from leumund.staff import limiting, members, second_factor, sessions
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


async def knock(*, email: str, peer: str, at: datetime) -> str | None:
    """Count a try of ``peer``; the hash to compare the password with, if there is one. Raises knocking.TooOften."""
    await limiting.count(peer=peer, at=at)
    row = await _find(email)
    return row["password_hash"] if row else None


async def sign_in(*, knocks: Knock, password: Verdict, at: datetime) -> SignedIn | None:
    """A new session, or None. It answers instead of raising, so that a counted failure is committed.

    A browser has one session: what ``knocks.token`` opened ends with it.
    """
    row = await _find(knocks.email)
    known = row is not None and password.holds(row["password_hash"]) and _is_usable(row)
    counted = await _count(row if known else None, at)
    if row is None or not counted or not await _use_code(row, knocks.code, at):
        # Noted for every failure alike: the log wants it, and so does a clock held against us.
        whose = row["id"] if row else None
        await noting.note(actor=actors.SIGN_IN, action="staff.sign_in_refused", subject=whose, at=at)
        return None
    if password.renewed is not None:
        await StaffMember.update(password_hash=password.renewed).where(StaffMember.id == row["id"])
    await limiting.give_back(peer=knocks.peer)
    await sessions.leave(token=knocks.token, at=at)
    await noting.note(actor=f"staff:{row['id']}", action="staff.signed_in", subject=row["id"], at=at)
    return SignedIn(token=await sessions.begin(member=row["id"], at=at), member=members.seen(row))


async def _find(email: str) -> dict[str, Any] | None:
    # What no mail could reach is nobody's, and is looked for all the same.
    return await StaffMember.select().where(StaffMember.email == (mailboxes.normal(email) or "")).first()


def _is_usable(row: dict[str, Any]) -> bool:
    return row["disabled_at"] is None and row["totp_sealed"] is not None


async def _count(row: dict[str, Any] | None, at: datetime) -> bool:
    member, attempts = (row["id"], row["failed_attempts"]) if row else (uuid4(), 0)
    return bool(await ground.fetch(_COUNT, member, at, knocking.wait(attempts), attempts))


async def _use_code(row: dict[str, Any], code: str, at: datetime) -> bool:
    member: UUID = row["id"]
    step = codes.step_of(second_factor.unseal(row["totp_sealed"], member), code, at)
    return step is not None and bool(await ground.fetch(_USE_STEP, member, step))
