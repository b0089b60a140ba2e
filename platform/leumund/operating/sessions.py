"""Sessions of operators: random in a cookie, a keyed hash in the table; half an hour idle, half a day at most.

The operator's role writes that table, and so does whoever has its password. So a token says whose it is, and its hash
is made with a key that is not in the database: a row that was made or altered there signs nobody in, least of all as
another operator, who was granted something.
"""

from datetime import datetime
from hmac import digest
from uuid import UUID

import msgspec

from leumund.kit import sitting, tokens
from leumund.operating.office import Desk

_BEGIN = "INSERT INTO operator_session (operator, token_hash, created_at, seen_at) VALUES ($1, $2, $3, $3)"
_FIND = """
SELECT s.id AS session, s.created_at, s.seen_at, o.id, o.email
FROM operator_session s JOIN operator o ON o.id = s.operator WHERE s.token_hash = $1 AND s.ended_at IS NULL
"""


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    id: UUID
    email: str

    @property
    def actor(self) -> str:
        """How the log names this operator."""
        return f"operator:{self.id}"


async def begin(desk: Desk, *, operator: UUID, at: datetime) -> str:
    """The token of a new session; password and code were just shown."""
    token = f"{operator.hex}.{tokens.fresh()}"
    await desk.connection.execute(_BEGIN, operator, kept(desk, token), at)
    return token


async def recognise(desk: Desk, *, token: str, at: datetime) -> Operator | None:
    """Whose session ``token`` is; None when it ended, ran out or never was."""
    row = await desk.connection.fetchrow(_FIND, kept(desk, token))
    if row is None or row["id"].hex != token.partition(".")[0]:
        return None
    if not sitting.is_alive(row["created_at"], row["seen_at"], at):
        return None
    if sitting.is_to_be_noted(row["seen_at"], at):
        await desk.connection.execute("UPDATE operator_session SET seen_at = $2 WHERE id = $1", row["session"], at)
    return Operator(id=row["id"], email=row["email"])


async def leave(desk: Desk, *, token: str, at: datetime) -> None:
    """End this session; an old cookie is worth nothing from now on."""
    await desk.connection.execute(
        "UPDATE operator_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL",
        kept(desk, token),
        at,
    )


async def end_all(desk: Desk, *, operator: UUID, at: datetime) -> None:
    """End every session of an operator, wherever it is open."""
    await desk.connection.execute(
        "UPDATE operator_session SET ended_at = $2 WHERE operator = $1 AND ended_at IS NULL", operator, at
    )


def kept(desk: Desk, token: str) -> str:
    """What the table holds of ``token``."""
    return digest(desk.key, f"operator_session.{token}".encode(), "sha256").hex()
