"""Import consents that were given elsewhere: only with their basis, and never over what a person said to us."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.company import describing
from leumund.consent import addressing, rules
from leumund.consent.evidence import recording
from leumund.consent.evidence.recording import Said
from leumund.kit import faults, ground, turns

# What is retired covers no channel in its newest version, so no file can claim it any more.
_TEXTS = """
SELECT DISTINCT ON (purpose) purpose, id, language, version, sha256 FROM (
    SELECT DISTINCT ON (purpose, language) purpose, language, version, channels, id, sha256 FROM consent_text
    WHERE kind = 'consent' ORDER BY purpose, language, version DESC
) newest
WHERE channels ? $1 ORDER BY purpose, version DESC, language
"""
# A no in a form says nothing of an older yes that stands here; it does say that nobody may claim one from elsewhere.
# Nobody claims anything of somebody who was erased while we waited for their chain.
_NEW = """
SELECT place FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
    AS given (customer, purpose, channel, address, address_for_purpose, place)
WHERE EXISTS (SELECT FROM customer WHERE id = given.customer AND held IS DISTINCT FROM 'erased')
  AND NOT EXISTS (
    SELECT FROM consent_event said
    WHERE (said.customer, said.purpose, said.channel) = (given.customer, given.purpose, given.channel)
      AND said.state = ANY ($6::text[]))
  AND NOT EXISTS (
    SELECT FROM consent_suppression stop
    WHERE stop.channel = given.channel AND stop.address_hash = given.address)
  AND NOT EXISTS (
    SELECT FROM consent_suppression stop
    WHERE stop.channel = given.channel AND stop.address_hash = given.address_for_purpose)
"""
_STOPS = "SELECT address_hash, channel FROM consent_suppression WHERE address_hash = ANY ($1::text[])"
_ANSWERS = ["given", "refused", *rules.ENDS]
Told = tuple[UUID, str, str]


class BasisMissing(faults.Refused):
    """Nobody says how this consent was given, so it could never be demonstrated (GDPR Art. 7(1))."""


class PurposeUnknown(faults.Refused):
    """No text was ever published for this purpose and channel."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A consent of ``customer`` for ``purpose`` and ``channel``; with ``email`` it holds for that address alone.

    ``basis`` says how, when and in which words it was given. ``known_by`` is the person's address, and any other one of
    the same mailbox, by which a stop is found on whatever channel: who objected and is here anew, or under an address
    that only sorts its mail, has no events that would tell.
    """

    customer: UUID
    purpose: str
    channel: str
    email: str | None
    known_by: tuple[str, ...] = ()
    basis: str
    at: datetime

    @property
    def told(self) -> Told:
        return self.customer, self.purpose, self.channel


async def askable(*, channel: str) -> Mapping[str, UUID]:
    """The purposes with a published text for ``channel``, and the newest text of each."""
    return {purpose: text["id"] for purpose, text in (await _texts(channel)).items()}


async def import_all(*, given: Sequence[Given], source: str) -> set[Told]:
    """Record consents given before, and say which: none is after an earlier yes, a no, a withdrawal or a stop.

    A person, purpose and channel may stand in ``given`` once. Raises BasisMissing, PurposeUnknown.
    """
    assert len({each.told for each in given}) == len(given), "said once each"
    texts = {channel: await _texts(channel) for channel in {each.channel for each in given}}
    if not given:
        return set()
    await recording.hold(people={each.customer for each in given})
    addressed = []
    async for each in turns.taken(given):
        check(given=each, askable=texts[each.channel])
        addressed.append(_addressed(each))
    new = await _unstopped([given[place] for place in await _new(addressed)])
    controller = await describing.controller()
    await recording.record([_said(each, texts[each.channel][each.purpose], controller, source) for each in new])
    return {each.told for each in new}


async def _texts(channel: str) -> dict[str, dict[str, Any]]:
    """The newest text of each purpose for ``channel``, and what says which words it had."""
    return {row.pop("purpose"): row for row in await ground.fetch(_TEXTS, channel)}


async def _new(addressed: Sequence[tuple[object, ...]]) -> list[int]:
    """The places of those that say something nobody said to us."""
    rows = await ground.fetch(_NEW, *zip(*addressed, strict=True), _ANSWERS)
    return [row["place"] - 1 for row in rows]


async def _unstopped(given: Sequence[Given]) -> list[Given]:
    """Those whom no stop of another address of their mailbox keeps from it; hardly anybody has one."""
    asked = [[*_others(each)] for each in given]
    hashes = [address for others in asked for address in others]
    rows = await ground.fetch(_STOPS, hashes) if hashes else []
    stops = {(row["address_hash"], row["channel"]) for row in rows}
    return [
        each
        for each, others in zip(given, asked, strict=True)
        if stops.isdisjoint((address, each.channel) for address in others)
    ]


def _others(given: Given) -> Iterator[str]:
    """What stops the purpose at every other address of the mailbox."""
    for address in map(addressing.hashed, given.known_by[1:]):
        yield address
        yield addressing.hashed_for(address, given.purpose)


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


def _addressed(given: Given) -> tuple[object, ...]:
    """One row of what _NEW is given."""
    email = given.email or next(iter(given.known_by), None)
    address = addressing.hashed(email) if email else None
    for_purpose = addressing.hashed_for(address, given.purpose) if address else None
    return (*given.told, address, for_purpose)


def _said(given: Given, text: Mapping[str, Any], controller: str, source: str) -> Said:
    known: dict[str, object] = {"imported": True, **{name: text[name] for name in ("language", "version", "sha256")}}
    if given.email:
        known["address"] = addressing.hashed(given.email)
    return Said(
        customer=given.customer,
        text=text["id"],
        controller=controller,
        purpose=given.purpose,
        channel=given.channel,
        state="given",
        source=source,
        evidence=known,
        basis=given.basis,
        address=given.email or "",
        at=given.at,
    )
