"""Tell a company of a breach at its processor, without undue delay (Art. 33(2) GDPR): in its register, and by mail."""

from datetime import datetime
from uuid import UUID

from leumund.messages import alerting
from leumund.privacy.breaches import recording

KIND = "breach_notice"
_RIGHT = "breaches.manage"


async def tell(*, notice: UUID, words: str, actor: str, at: datetime) -> int | None:
    """Put it into the open company's register and mail whoever answers for it; how many, None where it was told before.

    Raises recording.WordsMissing, free_text.TooLong.
    """
    if await recording.take_in(notice=notice, words=words, actor=actor, at=at) is None:
        return None
    return await alerting.alert(kind=KIND, right=_RIGHT, at=at)
