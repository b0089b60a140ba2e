"""Ask for a way into the portal: whoever has something to see there gets a link by mail, and nobody learns who does."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.customers import finding, visiting
from leumund.kit import ground
from leumund.messages import sending
from leumund.programs import joining
from leumund.rewards import listing

_MOST_AN_HOUR = 5


async def ask_for_login(*, email: str, language: str, at: datetime) -> None:
    """Mail a one-time link if ``email`` is an advocate's, or of somebody who was granted a reward, as friends are.

    The caller answers the same either way.
    """
    person = await finding.by_email(email=email.strip().lower())
    if person is None or not await _sees_something(person.id):
        return
    recent = await ground.fetch(
        "SELECT count(*) AS n FROM customer_login WHERE customer = $1 AND created_at > $2",
        person.id,
        at - timedelta(hours=1),
    )
    if recent[0]["n"] >= _MOST_AN_HOUR:
        return
    login = await visiting.open_login(customer=person.id, at=at)
    await sending.queue(kind="portal_login", customer=person.id, subject_id=login, language=language, at=at)


async def _sees_something(customer: UUID) -> bool:
    return await joining.takes_part(customer=customer) or await listing.has_rewards(customer=customer)
