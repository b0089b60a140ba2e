"""Import consents that were given elsewhere: only with their basis, and never over what a person said to us."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.consent import addressing, rules
from leumund.kit import faults, ground, turns
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
SELECT given.id, given.customer, given.text, $1, given.purpose, given.channel, 'given', $2, given.evidence::jsonb,
    given.basis, given.at
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[], $9::bytea[], $10::text[],
            $11::text[], $12::text[])
    AS given (id, customer, text, purpose, channel, at, basis, address, address_for_purpose, evidence)
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
    if not given:
        return set()
    rows = []
    async for each in turns.taken(given):
        check(given=each, askable=texts[each.channel])
        rows.append(_row(each, texts[each.channel][each.purpose]))
    done = await ground.fetch(_IMPORT, await describing.controller(), source, *zip(*rows, strict=True))
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


def _row(given: Given, text: UUID) -> tuple[object, ...]:
    """One row of what _IMPORT is given."""
    event = uuid4()
    said = (event, given.customer, text, given.purpose, given.channel, given.at, BASIS.keep(given.basis, event))
    if given.email is None:
        return (*said, None, None, _evidence({}))
    address = addressing.hashed(given.email)
    return (*said, address, addressing.hashed_for(address, given.purpose), _evidence({"address": address}))


def _evidence(known: dict[str, str]) -> str:
    return msgspec.json.encode({"imported": True} | known).decode()
