"""Draw codes by lot for a company that asked for that: it hears of each by webhook or API, and makes it valid itself.

A code that no shop knows is a promise nobody keeps. Without that choice a code comes out of the company's own pools,
and whoever is owed one waits for it.
"""

from datetime import datetime
from secrets import choice

from leumund.events import telling
from leumund.kit import ground, twins

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 12
_CHOSEN = "SELECT FROM payout_way WHERE kind = 'voucher' AND way = 'made'"
_WAITING = """
SELECT id FROM reward WHERE kind = 'voucher' AND voucher_code IS NULL AND state IN ('approved', 'failed')
ORDER BY beneficiary, id FOR NO KEY UPDATE
"""
_DRAW = """
UPDATE reward SET voucher_code = drawn.code FROM unnest($1::uuid[], $2::text[]) AS drawn (id, code)
WHERE reward.id = drawn.id
"""


def code() -> str:
    """A code that nobody guesses: 60 bits, without letters that are taken for others."""
    return twins.mark() + "".join(choice(_ALPHABET) for _ in range(_LENGTH))


async def is_chosen() -> bool:
    """Whether the company has its codes drawn here. One query."""
    return bool(await ground.fetch(_CHOSEN))


async def draw_for_waiting(*, at: datetime) -> int:
    """Draw a code for everybody who waits for one, where that was chosen; for how many. Told as their approval is.

    Three queries, and one where it was not chosen.
    """
    if not await is_chosen():
        return 0
    waiting = [row["id"] for row in await ground.fetch(_WAITING)]
    if waiting:
        await ground.execute(_DRAW, waiting, [code() for _ in waiting])
        await telling.tell_all(happened=[("reward.approved", reward) for reward in waiting], at=at)
    return len(waiting)
