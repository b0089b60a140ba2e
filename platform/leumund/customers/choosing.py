"""Choose in the portal: a person says yes or no to what the company asks for, each by one button (GDPR Art. 7(3))."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.consent import confirming, reading, requesting, withdrawing
from leumund.customers import finding
from leumund.kit.faults import Unknown

SOURCE = "portal"


class PurposeUnknown(Unknown):
    """The company does not ask for a consent of this purpose."""


async def choose(
    *, customer: UUID, purpose: str, allow: bool, language: str, at: datetime, evidence: Mapping[str, object]
) -> None:
    """Give or withdraw the consent for ``purpose``, as the portal showed it in ``language``. Raises PurposeUnknown."""
    email = await _address(customer, purpose, language)
    if not allow:
        await withdrawing.withdraw(
            customer=customer, email=email, purpose=purpose, source=SOURCE, evidence=evidence, at=at
        )
        return
    # The session began with a link mailed to this very address half a day ago at most: that mail is the second opt-in,
    # so that the button confirms what it asks for.
    asked = await requesting.request(
        customer=customer,
        email=email,
        purposes=[(purpose, True)],
        language=language,
        source=SOURCE,
        evidence=evidence,
        at=at,
    )
    await confirming.confirm(request=asked, at=at, evidence={**evidence, "method": "mailed login"})


async def _address(customer: UUID, purpose: str, language: str) -> str:
    """Where the consent is about; only for a purpose the portal shows."""
    person = await finding.by_id(customer=customer)
    offered = await reading.standing(customer=customer, language=language)
    if person is None or person.email is None or purpose not in {each.purpose for each in offered}:
        raise PurposeUnknown("errors.customers.purpose_unknown")
    return person.email
