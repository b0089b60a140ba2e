"""Withdraw consents, as easily as they were given (GDPR Art. 7(3)): one call, no reason asked, at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.consent.stopping import ending, suppressing
from leumund.consent.stopping.ending import End


async def withdraw(
    *,
    customer: UUID,
    email: str | None,
    purpose: str | None = None,
    channel: str | None = None,
    source: str,
    at: datetime,
    evidence: Mapping[str, object] | None = None,
    basis: str = "",
) -> None:
    """End ``purpose``, or all, on ``channel``, or every one, and suppress ``email`` where that is a mail's.

    ``basis`` is what they said, where somebody wrote it down. Twice a day changes nothing more.
    """
    end = End(state="withdrawn", source=source, evidence=evidence or {}, basis=basis, at=at)
    await ending.end(customer=customer, purpose=purpose, channel=channel, end=end)
    if email is not None and channel in (None, "email"):
        await suppressing.suppress(email=email, purpose=purpose, reason=suppressing.WITHDRAWAL, at=at)
