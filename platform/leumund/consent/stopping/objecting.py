"""Object to advertising (GDPR Art. 21(2), (3)): all of it ends on every channel and stays stopped.

Without an objection a new yes lifts what a withdrawal stopped; what an objection stopped is lifted by nobody but staff
whom the person asked.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.consent import rules
from leumund.consent.stopping import ending, suppressing
from leumund.consent.stopping.ending import End


async def object_to_all(
    *,
    customer: UUID,
    email: str | None,
    source: str,
    at: datetime,
    evidence: Mapping[str, object] | None = None,
    basis: str = "",
) -> None:
    """End every consent of ``customer`` and let nothing reach ``email`` again, on whatever channel.

    ``basis`` says in which words they objected, where somebody wrote it down. Twice a day changes nothing more.
    """
    end = End(state="objected", source=source, evidence=evidence or {}, basis=basis, at=at)
    await ending.end(customer=customer, end=end)
    if email is not None:
        for channel in rules.CHANNELS:
            await suppressing.suppress(email=email, channel=channel, reason="objection", at=at)
