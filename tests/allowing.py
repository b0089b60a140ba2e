"""A person's consent, brought along one at a time."""

from datetime import datetime
from uuid import UUID

from leumund.consent.giving import importing
from leumund.consent.giving.importing import Given


async def given(
    *,
    customer: UUID,
    purpose: str,
    channel: str,
    source: str,
    basis: str,
    at: datetime,
    email: str | None = None,
) -> bool:
    """Whether it was recorded; a file's rows go the same way, all at once."""
    one = Given(customer=customer, purpose=purpose, channel=channel, email=email, basis=basis, at=at)
    return bool(await importing.import_all(given=[one], source=source))
