"""Import consents that were given elsewhere: only with their basis, and never over what a person said to us."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.consent import addressing, rules
from leumund.kit import faults, ground
from leumund.kit.sealing import Column

# What is retired covers no channel in its newest version, so no file can claim it any more.
_TEXTS = """
SELECT DISTINCT ON (purpose) purpose, id FROM (
    SELECT DISTINCT ON (purpose, language) purpose, language, version, channels, id FROM consent_text
    WHERE kind = 'consent' ORDER BY purpose, language, version DESC
) newest
WHERE channels ? $1 ORDER BY purpose, version DESC, language
"""
# A no in a form says nothing of an older yes that stands here; it does say that nobody may claim one from elsewhere.
_IMPORT = """
INSERT INTO consent_event (id, customer, text, controller, purpose, channel, state, source, evidence, basis_sealed, at)
SELECT given.id, given.customer, given.text, $11, given.purpose, given.channel, 'given', $12, given.evidence::jsonb,
    given.basis, given.at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
            $9::uuid[], $10::bytea[])
    AS given (customer, text, purpose, channel, at, address, address_for_purpose, evidence, id, basis)
WHERE NOT EXISTS (
    SELECT FROM consent_event said
    WHERE (said.customer, said.purpose, said.channel) = (given.customer, given.purpose, given.channel)
      AND said.state IN ('given', 'refused', 'withdrawn'))
  AND NOT EXISTS (
    SELECT FROM consent_suppression stop
    WHERE stop.channel = given.channel AND stop.address_hash = given.address)
  AND NOT EXISTS (
    SELECT FROM consent_suppression stop
    WHERE stop.channel = given.channel AND stop.address_hash = given.address_for_purpose)
RETURNING customer, purpose, channel
"""
BASIS = Column("consent_event", "basis_sealed")
Told = tuple[UUID, str, str]


class BasisMissing(faults.Refused):
    """Nobody says how this consent was given, so it could never be demonstrated (GDPR Art. 7(1))."""


class PurposeUnknown(faults.Refused):
    """No text was ever published for this purpose and channel."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A consent of ``customer`` for ``purpose`` and ``channel``; with ``email`` it holds for that address alone.

    ``basis`` says how, when and in which words it was given.
    """

    customer: UUID
    purpose: str
    channel: str
    email: str | None
    basis: str
    at: datetime

    @property
    def told(self) -> Told:
        return self.customer, self.purpose, self.channel


async def askable(*, channel: str) -> Mapping[str, UUID]:
    """The purposes with a published text for ``channel``, and the newest text of each."""
    return {row["purpose"]: row["id"] for row in await ground.fetch(_TEXTS, channel)}


async def import_all(*, given: Sequence[Given], source: str) -> set[Told]:
    """Record consents given before, and say which: none is after an earlier yes, a no, a withdrawal or a stop.

    A person, purpose and channel may stand in ``given`` once. Raises BasisMissing, PurposeUnknown.
    """
    assert len({each.told for each in given}) == len(given), "said once each"
    texts = {channel: await askable(channel=channel) for channel in {each.channel for each in given}}
    for each in given:
        check(given=each, askable=texts[each.channel])
    profile = await describing.profile()
    ids = [uuid4() for _ in given]
    addresses = [None if each.email is None else addressing.hashed(each.email) for each in given]
    done = await ground.fetch(
        _IMPORT,
        [each.customer for each in given],
        [texts[each.channel][each.purpose] for each in given],
        [each.purpose for each in given],
        [each.channel for each in given],
        [each.at for each in given],
        addresses,
        [_for_purpose(each, address) for each, address in zip(given, addresses, strict=True)],
        [_evidence(address) for address in addresses],
        ids,
        [BASIS.keep(each.basis, event) for each, event in zip(given, ids, strict=True)],
        company_rules.controller(profile.legal_name, profile.imprint),
        source,
    )
    return {(row["customer"], row["purpose"], row["channel"]) for row in done}


def check(*, given: Given, askable: Container[str]) -> None:
    """Nothing, when ``given`` can be demonstrated and is ``askable`` on its channel.

    Raises BasisMissing, PurposeUnknown.
    """
    if not rules.proves(given.basis):
        raise BasisMissing("errors.consent.basis_missing", field="basis")
    if given.purpose not in askable:
        raise PurposeUnknown(
            "errors.consent.purpose_unknown", field="purpose", purpose=given.purpose, channel=given.channel
        )


def _for_purpose(given: Given, address: str | None) -> str | None:
    return None if address is None else addressing.hashed_for(address, given.purpose)


def _evidence(address: str | None) -> str:
    known: dict[str, object] = {"imported": True} | ({} if address is None else {"address": address})
    return msgspec.json.encode(known).decode()
