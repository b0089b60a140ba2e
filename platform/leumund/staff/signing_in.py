"""Sign in with e-mail, password and code, sent together and answered by one yes or no.

Whoever fails learns nothing about which of the three was wrong, and an unknown address costs the same work. Only wrong
codes after the right password are counted and slowed down: a stranger without the password can therefore never keep
Anna out, and gains nothing from guessing, since no answer ever confirms a password without its code.

It takes two scopes, and ``passwords.judge`` between them: a password takes its time, and no connection waits for it.
"""

from datetime import datetime
from typing import Any

import msgspec

from leumund.audit import noting
from leumund.kit import actors, mailboxes
from leumund.kit.knocking import Knock
from leumund.kit.passwords import Verdict
from leumund.staff import limiting, members, proving, sessions
from leumund.staff.members import Member
from leumund.staff.tables import StaffMember


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
    known = row is not None and password.holds(row["password_hash"]) and proving.is_usable(row)
    counted = await proving.count(row if known else None, at)
    if row is None or not counted or not await proving.use_code(row, knocks.code, at):
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
    wanted = members.address_hash(mailboxes.normal(email) or "")
    return await StaffMember.select().where(StaffMember.email_hash == wanted).first()
