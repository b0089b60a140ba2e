"""Answer at a place, as whoever comes along: anonymously, as a whole, and not a thousand times from one address."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import counting, faults, ground, sealing
from leumund.kit.counting import Limit
from leumund.surveys.answers import boxing, following
from leumund.surveys.answers.boxing import Content
from leumund.surveys.answers.following import Answered, Sent
from leumund.surveys.asking import placing
from leumund.surveys.asking.placing import Standing

_TABLE, _KEY = "survey_attempt", "key_hash"
_HOUR = timedelta(hours=1)
# All who stand in one shop may come from one address, and a telephone at its counter answers for many.
_OF_PEER = Limit(_TABLE, _KEY, 120, _HOUR)
_OF_PLACE = Limit(_TABLE, _KEY, 3_000, _HOUR)


class TooMany(faults.TooSoon):
    """This address, or this place, answered as often as it may."""


async def count(*, peer: str, code: str, at: datetime) -> None:
    """Count an answer by where it comes from. Raises TooMany.

    Commit before the answer itself: nothing of what is counted here may stand beside it.
    """
    for limit, key in ((_OF_PEER, f"peer {peer} {code}"), (_OF_PLACE, f"place {code}")):
        hashed = sealing.keyed_hash(_TABLE, key)
        wait = await counting.count(ground.current().connection, limit=limit, key=hashed, at=at)
        if wait is not None:
            raise TooMany("errors.pacing.too_many", wait=wait)


def read(found: Standing, *, sent: Sent, page: int) -> Answered:
    """What ``sent`` answers up to ``page``, of which nothing is kept. Raises Refusals beside its question."""
    return following.so_far(found.survey, sent, page=following.in_range(found.survey, page))


async def answer(*, code: str, ticket: UUID, sent: Sent, page: int, language: str) -> Answered:
    """Take the answer once its last page is sent; the same ``ticket`` twice is one answer.

    Raises PlaceUnknown, NoLongerStanding, and Refusals beside its question.
    """
    found = await placing.standing(code=code)
    answered = read(found, sent=sent, page=page)
    if answered.next_page is None:
        content = Content(filled=answered.filled, language=language, channel=found.kind)
        await boxing.put(ticket, survey=found.survey, place=found.place, content=content)
    return answered


async def clear(*, at: datetime) -> None:
    """Forget what counts no more; a nightly job."""
    await ground.execute("DELETE FROM survey_attempt WHERE ends_at <= $1", at)
