"""Choose in the portal: a person says yes or no to what the company asks for, each by one button (GDPR Art. 7(3))."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.consent import confirming, reading, requesting, withdrawing
from leumund.consent.reading import Standing
from leumund.customers import finding
from leumund.kit.faults import Refused, Unknown

SOURCE = "portal"


class PurposeUnknown(Unknown):
    """The company does not ask for a consent of this purpose."""


class WordingChanged(Refused):
    """The company asks in other words by now: nobody says yes to what they have not read."""


async def choose(
    *,
    customer: UUID,
    purpose: str,
    allow: bool,
    shown: str,
    language: str,
    at: datetime,
    evidence: Mapping[str, object],
) -> None:
    """Give or withdraw the consent for ``purpose``, as the portal showed it in ``language``.

    ``shown`` is the id of the text that stood beside the button; a no is taken whatever stood there. A yes to what is
    given already, or is asked for no more, changes nothing. Raises PurposeUnknown, WordingChanged.
    """
    email, offered = await _offered(customer, purpose, language)
    if not allow:
        await withdrawing.withdraw(
            customer=customer, email=email, purpose=purpose, source=SOURCE, evidence=evidence, at=at
        )
        return
    if offered.retired or offered.needs_no_asking:
        return
    _as_shown(offered, shown)
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
    # Read after the deed too: what was published meanwhile would be evidence of words nobody read.
    _, recorded = await _offered(customer, purpose, language)
    _as_shown(recorded, shown)


def _as_shown(offered: Standing, shown: str) -> None:
    if str(offered.text) != shown:
        raise WordingChanged("errors.customers.wording_changed")


async def _offered(customer: UUID, purpose: str, language: str) -> tuple[str, Standing]:
    """Where the consent is about, and how it stands; only for a purpose the portal shows."""
    person = await finding.by_id(customer=customer)
    standings = await reading.standing(customer=customer, language=language)
    offered = next((each for each in standings if each.purpose == purpose), None)
    if person is None or person.email is None or offered is None:
        raise PurposeUnknown("errors.customers.purpose_unknown")
    return person.email, offered
