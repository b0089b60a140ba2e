"""Ask for a way into the portal: an advocate gets a link by mail, and nobody learns who is one."""

from datetime import datetime, timedelta

from leumund.customers import finding, visiting
from leumund.kit import ground
from leumund.messages import sending
from leumund.programs import joining

_MOST_AN_HOUR = 5


async def ask_for_login(*, email: str, language: str, at: datetime) -> None:
    """Mail a one-time link if ``email`` belongs to somebody who takes part; the caller answers the same either way."""
    person = await finding.by_email(email=email.strip().lower())
    if person is None or not await joining.takes_part(customer=person.id):
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
