"""The day's salt: by it one visitor is told from the next for a day, and once it is destroyed nobody is any more.

The day is one of the company's own clocks. The salt alone tells nothing: visitors are hashed under a key made of it and
of the company's, so that a backup that holds both the salt and the hashes shows nobody's address either.
"""

from datetime import date, datetime
from secrets import token_bytes
from uuid import uuid4

from leumund.kit import ground, outbox

# The job that ends a day, of whichever subject.
KIND = "visitors.forget"
_SALT_BYTES = 32
_HASHING = "visitors of a day"
_BEGIN = "INSERT INTO visitor_salt (day_date, salt) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_OVER = "DELETE FROM visitor_salt WHERE day_date < $1"
_SEEN = "DELETE FROM click_visitor WHERE day_date < $1"


def hashing(salt: bytes) -> bytes:
    """What visitors of a day are hashed under: its ``salt``, with the open company's own key and name on the web."""
    here = ground.current()
    return here.vault.hashed(_HASHING, salt + here.origin.encode())


async def begin(*, day_date: date, ends_at: datetime) -> None:
    """Let the day have a salt until it ``ends_at``, whichever process comes first; that of days that are over goes."""
    await end(before_date=day_date)
    if await ground.execute(_BEGIN, day_date, token_bytes(_SALT_BYTES)):
        await outbox.enqueue(kind=KIND, subject=uuid4(), due_at=ends_at)


async def end(*, before_date: date) -> None:
    """Destroy salts of days before ``before_date``, and what was hashed with them: how many they were is counted."""
    await ground.execute(_SEEN, before_date)
    await ground.execute(_OVER, before_date)
