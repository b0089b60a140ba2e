"""Draw the code of a link that is said over a phone or a counter."""

from datetime import datetime
from secrets import choice
from uuid import UUID

from leumund.kit import ground
from leumund.referrals.codes import keeping, speaking

_SPOKEN = "SELECT FROM share_code WHERE link = $1 AND kind = 'spoken'"
_LOCK = "SELECT FROM share_link WHERE id = $1 FOR NO KEY UPDATE"


async def draw(*, link: UUID, advocate: UUID, at: datetime) -> bool:
    """Give ``link`` a code to say, once; whether it had none.

    Of two draws at once the second finds the first one's. A code that reads like another's is drawn again.
    """
    await ground.execute(_LOCK, link)
    if await ground.fetch(_SPOKEN, link):
        return False
    while not await keeping.keep(link=link, advocate=advocate, kind="spoken", spelled=speaking.drawn(choice), at=at):
        pass
    return True
