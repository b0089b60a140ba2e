"""An Idempotency-Key: whoever asks the same again under it gets the first answer, and nothing happens twice.

The key's row is added before the deed and filled in after it, in the deed's own transaction. Others who come with the
same key wait for that row: they find the answer once it is committed, or take the key over when the deed failed.
"""

from datetime import datetime

import msgspec

from leumund.kit import ground, sealing
from leumund.kit.faults import Refused

_CLAIM = """
INSERT INTO idempotency (key_hash, request_hash, status, body, at) VALUES ($1, $2, 0, '', $3) ON CONFLICT DO NOTHING
"""
_KEEP = "UPDATE idempotency SET status = $2, body = $3 WHERE key_hash = $1"


class KeyReused(Refused):
    """The key was used for another request."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered: an HTTP status and the body, byte for byte."""

    status: int
    body: str


async def recall(*, key: str, request: str, at: datetime) -> Answer | None:
    """The answer ``request`` got under ``key``; None when it is new, and then ``keep`` must follow.

    Of key and request only hashes are stored, which tell nothing outside this company. Raises KeyReused.
    """
    name, hashed = _name(key), sealing.keyed_hash("idempotency", request)
    if await ground.execute(_CLAIM, name, hashed, at):
        return None
    rows = await ground.fetch("SELECT request_hash, status, body FROM idempotency WHERE key_hash = $1", name)
    if rows[0]["request_hash"] != hashed:
        raise KeyReused("errors.api.key_reused")
    return Answer(status=rows[0]["status"], body=rows[0]["body"])


async def keep(*, key: str, answer: Answer) -> None:
    """Store what was answered under a key that ``recall`` found new."""
    done = await ground.execute(_KEEP, _name(key), answer.status, answer.body)
    assert done == 1, "recall added the row in this transaction"


def _name(key: str) -> str:
    """Whoever makes a key of an address has it kept here no more than elsewhere."""
    return sealing.keyed_hash("idempotency key", key)
