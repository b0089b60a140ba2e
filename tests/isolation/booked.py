"""What a company's accountants took along once."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import ground

_TAKEN = """
INSERT INTO ledger_batch (number, currency, first_date, last_date, fixed, again, lines, cents, sha256, made_at, made_by)
VALUES (1, 'EUR', $1, $1, true, false, 1, 2500, repeat('0', 64), $2, $3)
"""


async def leave(*, member: UUID, at: datetime) -> None:
    """A batch of one day a year ago; no day is closed for it, since others still fill the books."""
    await ground.execute(_TAKEN, (at - timedelta(days=365)).date(), at, member)
