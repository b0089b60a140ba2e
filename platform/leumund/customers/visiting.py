"""Visit the portal: a one-time link opens a session, and the session ends by itself."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from leumund.customers.tables import CustomerLogin, CustomerSession
from leumund.kit import ground, tokens
from leumund.kit.faults import Unknown

LOGIN_WITHIN = timedelta(minutes=30)
_IDLE = timedelta(minutes=30)
_LONGEST = timedelta(hours=12)


class LoginUnknown(Unknown):
    """Never opened, used, or run out: all answer alike."""


async def open_login(*, customer: UUID, at: datetime) -> UUID:
    """A login that can be used once within LOGIN_WITHIN."""
    login = uuid4()
    await CustomerLogin.insert(CustomerLogin(id=login, customer=customer, created_at=at, expires_at=at + LOGIN_WITHIN))
    return login


async def enter(*, login: UUID, at: datetime) -> str:
    """Use a login up; returns the new session's token. Raises LoginUnknown."""
    rows = await ground.fetch(
        "UPDATE customer_login SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 "
        "RETURNING customer",
        login,
        at,
    )
    if not rows:
        raise LoginUnknown("errors.customers.login_unknown")
    token = tokens.fresh()
    await CustomerSession.insert(
        CustomerSession(customer=rows[0]["customer"], token_hash=tokens.digest(token), created_at=at, seen_at=at)
    )
    return token


async def recognise(*, token: str, at: datetime) -> UUID | None:
    """Whose session this is, kept alive by being used; None when it has ended."""
    rows = await ground.fetch(
        "UPDATE customer_session SET seen_at = $2 WHERE token_hash = $1 AND ended_at IS NULL "
        "AND seen_at > $3 AND created_at > $4 RETURNING customer",
        tokens.digest(token),
        at,
        at - _IDLE,
        at - _LONGEST,
    )
    return rows[0]["customer"] if rows else None


async def leave(*, token: str, at: datetime) -> None:
    """End a session on the server, whatever the browser keeps."""
    await ground.execute(
        "UPDATE customer_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL", tokens.digest(token), at
    )
