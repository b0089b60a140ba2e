"""Limit how often one place may fail to sign in as an operator: counted as for a company's staff, in our own table."""

from datetime import datetime
from hashlib import sha256
from hmac import digest

from leumund.operating.office import Desk
from leumund.staff import limiting, rules

_TABLE = "operator_attempt"


async def count(desk: Desk, *, peer: str, at: datetime) -> None:
    """Count a try of ``peer`` before it is looked at, and forget whose window has ended. Raises limiting.TooOften.

    Commit before the password is looked at: its row stays locked until then, and others of the same place would wait.
    """
    await desk.connection.execute("DELETE FROM operator_attempt WHERE ends_at <= $1", at)
    known, until = _hashed(desk, peer), at + rules.PEER_WINDOW
    counting = limiting.COUNT.format(table=_TABLE)
    if await desk.connection.fetchrow(counting, known, at, until, rules.ATTEMPTS_OF_PEER) is None:
        raise limiting.too_often(await desk.connection.fetchval(limiting.LEFT.format(table=_TABLE), known, at))


async def give_back(desk: Desk, *, peer: str) -> None:
    """A try that got in was no failure."""
    await desk.connection.execute(limiting.GIVE_BACK.format(table=_TABLE), _hashed(desk, peer))


def _hashed(desk: Desk, peer: str) -> str:
    return digest(desk.key, f"operator_attempt {peer}".encode(), sha256).hex()
