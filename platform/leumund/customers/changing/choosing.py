"""Choose: a person says yes or no to what the company asks for, each by one button (GDPR Art. 7(3))."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.consent.evidence import reading
from leumund.consent.evidence.reading import Standing
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.stopping import suppressing, withdrawing
from leumund.customers.records import finding
from leumund.kit.faults import Refused, Unknown

SOURCE = "portal"


class PurposeUnknown(Unknown):
    """The company does not ask for a consent of this purpose, or not on this channel."""


class WordingChanged(Refused):
    """The company asks in other words by now: nobody says yes to what they have not read."""


class Objected(Refused):
    """They objected to all advertising, or complained: no form brings a consent back that nothing would be sent by."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no to ``purpose``, on one ``channel`` or on all it is asked for.

    ``shown`` is the id of the text that stood beside the button; a no is taken whatever stood there.
    """

    purpose: str
    allow: bool
    channel: str | None = None
    shown: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody chose: the ``source`` of the event, what is known of the form, and the language it was in."""

    source: str
    language: str
    evidence: Mapping[str, object]


async def choose(*, customer: UUID, choice: Choice, page: Page, at: datetime) -> None:
    """Give or withdraw a consent in the portal. Raises what ``take`` raises."""
    asked = await take(customer=customer, choice=choice, page=page, at=at)
    if asked is None:
        return
    # The session began with a link mailed to this very address half a day ago at most: that mail is the second opt-in,
    # so that the button confirms what it asks for.
    await confirming.confirm(request=asked, at=at, evidence={**page.evidence, "method": "mailed login"})


async def take(*, customer: UUID, choice: Choice, page: Page, at: datetime) -> UUID | None:
    """Withdraw at once, or record the request that has to be confirmed for a yes; returns that.

    A yes to what is given already, or is asked for no more, changes nothing.
    Raises PurposeUnknown, WordingChanged, Objected.
    """
    email, offered = await _offered(customer, choice, page.language)
    if not choice.allow:
        await withdrawing.withdraw(
            customer=customer,
            email=email,
            purpose=choice.purpose,
            channel=choice.channel,
            source=page.source,
            evidence=page.evidence,
            at=at,
        )
        return None
    if offered.retired or offered.needs_no_asking or choice.channel in offered.given:
        return None
    if await suppressing.objected(email=email):
        raise Objected("errors.customers.objected")
    _as_shown(offered, choice.shown)
    wanted = Offered(
        boxes={choice.purpose: True},
        channel=choice.channel,
        language=page.language,
        source=page.source,
        evidence=page.evidence,
    )
    asked = await requesting.request(customer=customer, email=email, offered=wanted, at=at)
    # Read after the deed too: what was published meanwhile would be evidence of words nobody read.
    _, recorded = await _offered(customer, choice, page.language)
    _as_shown(recorded, choice.shown)
    return asked


async def stop(*, customer: UUID, page: Page, at: datetime) -> None:
    """End everything they ever allowed, in one step. Raises CustomerUnknown."""
    person = await finding.known(customer=customer)
    if person.email is not None:
        await withdrawing.withdraw(
            customer=customer, email=person.email, source=page.source, evidence=page.evidence, at=at
        )


def _as_shown(offered: Standing, shown: str) -> None:
    if str(offered.text) != shown:
        raise WordingChanged("errors.customers.wording_changed")


async def _offered(customer: UUID, choice: Choice, language: str) -> tuple[str, Standing]:
    """Where the consent is about, and how it stands; only for a purpose the page shows."""
    person = await finding.by_id(customer=customer)
    standings = await reading.standing(customer=customer, language=language)
    offered = next((each for each in standings if each.purpose == choice.purpose), None)
    if person is None or person.email is None or offered is None:
        raise PurposeUnknown("errors.customers.purpose_unknown")
    if choice.channel not in (None, *offered.channels):
        raise PurposeUnknown("errors.customers.purpose_unknown")
    return person.email, offered
