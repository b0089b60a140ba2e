"""Visit the portal: a one-time link opens a session, and the session ends by itself.

Both hold for the address the person had when the link was asked for: when the company gives them another one, whoever
reads the old mailbox is out, and nothing they say counts for the new one.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.customers.records import finding
from leumund.customers.tables import CustomerLogin, CustomerSession
from leumund.kit import ground, sitting, tokens
from leumund.kit.faults import Unknown

LOGIN_WITHIN = timedelta(minutes=30)
_USE = """
UPDATE customer_login login SET used_at = $2 FROM customer
WHERE login.id = $1 AND login.used_at IS NULL AND login.expires_at > $2 AND login.new_email_sealed IS NULL
  AND customer.id = login.customer
RETURNING login.customer, login.address_hash, customer.email_hash
"""
_SEE = """
SELECT session.id, session.customer, session.address_hash, session.created_at, session.seen_at,
       session.second_factor_at, customer.email_hash, customer.held
FROM customer_session session JOIN customer ON customer.id = session.customer
WHERE session.token_hash = $1 AND session.ended_at IS NULL
"""
_RENEW = """
UPDATE customer_session
SET token_hash = $2, seen_at = $3, challenge_hash = NULL,
    second_factor_at = CASE WHEN $4 THEN $3 ELSE second_factor_at END
WHERE id = $1 AND ended_at IS NULL RETURNING id
"""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A session that lives; ``second_factor_at`` tells when its person last showed what no mailbox holds.

    ``held`` says how the person's data rest, or are about to go.
    """

    id: UUID
    customer: UUID
    second_factor_at: datetime | None
    held: str | None

    def is_proven(self, *, at: datetime, within: timedelta) -> bool:
        """Whether a second factor was shown, and lately enough."""
        return self.second_factor_at is not None and at - self.second_factor_at < within


class LoginUnknown(Unknown):
    """Never opened, used, or run out: all answer alike."""


async def open_login(*, customer: UUID, at: datetime) -> UUID:
    """A login that can be used once within LOGIN_WITHIN, as long as the person keeps the address they have now."""
    login, address = uuid4(), await finding.address_hash(customer=customer)
    await CustomerLogin.insert(
        CustomerLogin(id=login, customer=customer, address_hash=address, created_at=at, expires_at=at + LOGIN_WITHIN)
    )
    return login


async def enter(*, login: UUID, at: datetime) -> str:
    """Use a login up; returns the new session's token. Raises LoginUnknown."""
    rows = await ground.fetch(_USE, login, at)
    if not _for_their_address(rows):
        raise LoginUnknown("errors.customers.login_unknown")
    token, used = tokens.fresh(), rows[0]
    await CustomerSession.insert(
        CustomerSession(
            customer=used["customer"],
            address_hash=used["address_hash"],
            token_hash=tokens.digest(token),
            created_at=at,
            seen_at=at,
        )
    )
    return token


async def seen(*, token: str, at: datetime) -> Visit | None:
    """The session of a cookie's token, kept alive by being used; None when it has ended."""
    rows = await ground.fetch(_SEE, tokens.digest(token))
    if not _for_their_address(rows) or not sitting.is_alive(rows[0]["created_at"], rows[0]["seen_at"], at):
        return None
    row = rows[0]
    if sitting.is_to_be_noted(row["seen_at"], at) and not ground.is_readonly():
        await CustomerSession.update(seen_at=at).where(CustomerSession.id == row["id"])
    return Visit(**{name: row[name] for name in ("id", "customer", "second_factor_at", "held")})


async def renew(*, visit: Visit, proven: bool, at: datetime) -> str:
    """A new token for a session whose rank changed, so that whoever knew the old one is out; returns it.

    ``proven`` when a second factor was just shown. Raises LoginUnknown where the session ended meanwhile.
    """
    token = tokens.fresh()
    if not await ground.fetch(_RENEW, visit.id, tokens.digest(token), at, proven):
        raise LoginUnknown("errors.customers.login_unknown")
    return token


async def leave(*, token: str, at: datetime) -> None:
    """End a session on the server, whatever the browser keeps."""
    await ground.execute(
        "UPDATE customer_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL", tokens.digest(token), at
    )


def _for_their_address(rows: list[dict[str, Any]]) -> bool:
    """Whether there is a row, and it holds for the address its person has."""
    return bool(rows and rows[0]["email_hash"]) and rows[0]["email_hash"] == rows[0]["address_hash"]
