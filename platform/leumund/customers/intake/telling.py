"""Take in what a company tells of one customer: who it is, and which consents they gave it before."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.company import agreeing
from leumund.consent import rules
from leumund.consent.giving import importing
from leumund.consent.giving.importing import Given
from leumund.customers.intake import permitting
from leumund.customers.notation import normalising
from leumund.customers.records import finding, registering
from leumund.customers.records.finding import Person
from leumund.customers.records.registering import Record
from leumund.kit.faults import Refusals, Refused

FIRST_MOMENT = rules.FIRST_MOMENT


class GivenLater(Refused):
    """A consent given in the future."""


class GivenTooEarly(Refused):
    """A consent given before anybody could have kept it for us."""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A consent the person gave the company: ``basis`` says how, where and in which words."""

    purpose: str
    channel: str
    basis: str
    given_at: datetime


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Who it is, whether they are new, and for each consent in its order whether it was taken."""

    customer: UUID
    created: bool
    taken: list[bool]


async def tell(*, record: Record, consents: Sequence[Claimed], source: str, at: datetime) -> Told:
    """Register the person and record what they consented to; the same consent said twice is taken once.

    Raises what registering raises, and Refusals with every consent that is wrong, such as ``consents[0].basis``:
    GivenLater, GivenTooEarly, NoAddress, BasisMissing, PurposeUnknown. Raises NotAgreed.
    """
    await agreeing.require()
    registered = await registering.register(record=record, source=source, at=at)
    person = await finding.known(customer=registered.id)
    given = [_given(person, each) for each in consents]
    askable = {channel: await importing.askable(channel=channel) for channel in {each.channel for each in given}}
    faults = [
        Refused(fault.key, field=f"consents[{place}].{fault.field}", **fault.values)
        for place, each in enumerate(given)
        for fault in _faults(each, askable[each.channel], at)
    ]
    if faults:
        raise Refusals(faults)
    first = {each.told: place for place, each in reversed(list(enumerate(given)))}
    taken = await importing.import_all(given=[given[place] for place in first.values()], source=source)
    marks = [each.told in taken and first[each.told] == place for place, each in enumerate(given)]
    return Told(customer=person.id, created=registered.created, taken=marks)


def _given(person: Person, claimed: Claimed) -> Given:
    return Given(
        customer=person.id,
        purpose=claimed.purpose,
        channel=claimed.channel,
        email=person.email if claimed.channel == permitting.CHANNEL else None,
        known_by=normalising.of_mailbox(person.email),
        basis=claimed.basis,
        at=claimed.given_at,
    )


def _faults(given: Given, askable: Mapping[str, UUID], at: datetime) -> Iterator[Refused]:
    if given.at > at:
        yield GivenLater("errors.consent.given_later", field="given_at")
    if given.at < FIRST_MOMENT:
        yield GivenTooEarly("errors.consent.given_too_early", field="given_at")
    try:
        if given.channel == permitting.CHANNEL:
            permitting.need_address(given.email)
        importing.check(given=given, askable=askable)
    except Refused as fault:
        yield fault
