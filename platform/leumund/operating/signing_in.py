"""Sign an operator in with e-mail, password and code, sent together and answered by one yes or no.

As for a company's staff: who fails never learns which of the three was wrong, an unknown address costs the same work,
a code is good once, wrong codes after the right password are slowed down, and the password is looked at between two
transactions: three connections serve all operators.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from leumund.kit import actors, codes, knocking, mailboxes
from leumund.kit.knocking import Knock
from leumund.kit.passwords import Verdict
from leumund.operating import clearing, limiting, noting, second_factor, sessions
from leumund.operating.noting import About
from leumund.operating.office import Desk

_FIND = "SELECT id, password_hash, totp_sealed, failed_attempts FROM operator WHERE email = $1"
# Counted before the code is looked at, under the row's lock: a thousand tries at once are tried one by one.
_COUNT = """
UPDATE operator SET failed_attempts = failed_attempts + 1, failed_at = $2
WHERE id = $1 AND (failed_at IS NULL OR failed_at + $3 <= $2) AND failed_attempts = $4 RETURNING id
"""
_USE_STEP = """
UPDATE operator SET totp_last_step = $2, failed_attempts = 0, failed_at = NULL
WHERE id = $1 AND totp_last_step < $2 RETURNING id
"""
_RENEW = "UPDATE operator SET password_hash = $2 WHERE id = $1"


async def knock(desk: Desk, *, email: str, peer: str, at: datetime) -> str | None:
    """Count a try of ``peer``; the hash to compare the password with, if there is one. Raises knocking.TooOften."""
    await limiting.count(desk, peer=peer, at=at)
    # Last of what locks a row: it waits for nobody, so two at once cannot wait for each other.
    await clearing.clear(desk, at=at)
    row = await _find(desk, email)
    return row["password_hash"] if row else None


async def sign_in(desk: Desk, *, knocks: Knock, password: Verdict, at: datetime) -> str | None:
    """The token of a new session, or None. It answers instead of raising, so that a counted failure is committed.

    A browser has one session: what ``knocks.token`` opened ends with it.
    """
    row = await _find(desk, knocks.email)
    known = row is not None and password.holds(row["password_hash"])
    counted = await _count(desk, row if known else None, at)
    if row is None or not counted or not await _use_code(desk, row, knocks.code, at):
        about = About(subject=row["id"] if row else None)
        await noting.note(desk.connection, actor=actors.SIGN_IN, action="sign_in.refused", at=at, about=about)
        return None
    if password.renewed is not None:
        await desk.connection.execute(_RENEW, row["id"], password.renewed)
    await limiting.give_back(desk, peer=knocks.peer)
    await sessions.leave(desk, token=knocks.token, at=at)
    await noting.note(desk.connection, actor=f"operator:{row['id']}", action="sign_in.done", at=at)
    return await sessions.begin(desk, operator=row["id"], at=at)


async def _find(desk: Desk, email: str) -> Any:
    # What no mail could reach is nobody's, and is looked for all the same.
    return await desk.connection.fetchrow(_FIND, mailboxes.normal(email) or "")


async def _count(desk: Desk, row: Any, at: datetime) -> bool:
    operator, attempts = (row["id"], row["failed_attempts"]) if row else (uuid4(), 0)
    return await desk.connection.fetchval(_COUNT, operator, at, knocking.wait(attempts), attempts) is not None


async def _use_code(desk: Desk, row: Any, code: str, at: datetime) -> bool:
    operator: UUID = row["id"]
    step = codes.step_of(second_factor.unseal(desk, row["totp_sealed"], operator), code, at)
    return step is not None and await desk.connection.fetchval(_USE_STEP, operator, step) is not None
