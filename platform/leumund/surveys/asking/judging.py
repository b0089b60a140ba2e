"""Judge who may be asked now, and say of everybody else why not: rest and limits over all surveys, and the gate.

The gate is asked again when a mail goes; here it keeps an invitation from being made that nobody would hear of.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.consent import addressing
from leumund.customers.segments import sparing
from leumund.kit import ground, lots
from leumund.messages.gate import gating
from leumund.surveys.asking import rules
from leumund.surveys.asking.arranging import Limits
from leumund.surveys.asking.listing import Wave
from leumund.surveys.asking.rules import Reason

CONTROL: Reason = "control"
_GRAVER = ("at_rest", "no_address")
_YEAR = timedelta(days=365)
# The order is that of the reasons: the first that holds is told.
_FACTS = """
SELECT c.id, c.email_hash, c.language, CASE
    WHEN c.held IS NOT NULL THEN 'at_rest'
    WHEN c.email_hash IS NULL THEN 'no_address'
    WHEN EXISTS (SELECT FROM survey_invitation i WHERE i.customer = c.id AND i.invited_at > $2) THEN 'quarantine'
    WHEN (SELECT count(*) FROM survey_invitation i JOIN survey s ON s.id = i.survey
          WHERE i.customer = c.id AND i.invited_at > $3 AND s.key = $4) >= $5 THEN 'limit'
    END AS reason
FROM customer c WHERE c.id = ANY ($1)
"""
_STOPPED = "SELECT address_hash FROM consent_suppression WHERE channel = 'email' AND address_hash = ANY ($1)"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """``asked`` may be asked, each with the language they wish; ``held`` may not, and why."""

    asked: Mapping[UUID, str | None]
    held: Mapping[UUID, Reason]


async def judge(
    *,
    people: Sequence[UUID],
    key: str,
    channel: str,
    limits: Limits,
    spared: Collection[UUID] = frozenset(),
    at: datetime,
) -> Judged:
    """Whom of ``people`` the survey ``key`` may be put to over ``channel`` at ``at``; at most seven queries.

    On ``spared`` nothing is spent. Whoever asks them reserved them before: of two waves at once the second sees what
    the first did.

    In the portal nobody is written to, so there no consent is needed; rest and limits count all the same.
    """
    rows = await ground.fetch(
        _FACTS, list(people), at - timedelta(days=limits.rest_days), at - _YEAR, key, limits.yearly
    )
    for row in rows:
        if row["id"] in spared and row["reason"] not in _GRAVER:
            row["reason"] = "class_c"
    held: dict[UUID, Reason] = {row["id"]: row["reason"] for row in rows if row["reason"]}
    left = {row["id"]: row for row in rows if not row["reason"]}
    if channel == "email" and left:
        held |= await gated(addresses={person: row["email_hash"] for person, row in left.items()}, at=at)
    return Judged(asked={person: row["language"] for person, row in left.items() if person not in held}, held=held)


async def by_wave(wave: Wave, *, people: Sequence[UUID], limits: Limits, at: datetime) -> Judged:
    """Whom of ``people`` the wave asks, and not whoever is drawn to be compared with out of those it may ask.

    What is only laid ready in the portal costs nothing, and spares nobody.
    """
    leaves_out = not wave.includes_c and wave.channel == "email"
    spared = await sparing.spared(people=people) if leaves_out else set[UUID]()
    judged = await judge(people=people, key=wave.key, channel=wave.channel, limits=limits, spared=spared, at=at)
    return _without(judged, {person for person in judged.asked if _is_control(wave, person)})


def _is_control(wave: Wave, person: UUID) -> bool:
    """Whether they are compared with; the same people in all waves of a survey."""
    return lots.is_drawn(purpose="control of a survey", of=wave.key, person=person, percent=wave.control_percent)


def _without(judged: Judged, control: Collection[UUID]) -> Judged:
    asked = {person: lang for person, lang in judged.asked.items() if person not in control}
    return Judged(asked=asked, held={**judged.held, **dict.fromkeys(control, CONTROL)})


async def gated(*, addresses: Mapping[UUID, str], at: datetime) -> dict[UUID, Reason]:
    """Whom the gate lets no survey through to, and why, by their addresses' hashes."""
    found = await gating.hindrances(purpose=rules.PURPOSE, addresses=addresses, at=at)
    reasons = {person: rules.gated(reason) for person, reason in found.items()}
    unwilling = {person: addresses[person] for person, reason in reasons.items() if reason == "no_consent"}
    stopped = await _stopped(unwilling)
    return {person: "suppressed" if person in stopped else reason for person, reason in reasons.items()}


async def _stopped(addresses: Mapping[UUID, str]) -> set[UUID]:
    """Of whom an address was stopped: withdrawn, objected, complained of or bounced."""
    if not addresses:
        return set()
    hashes = {person: {each, addressing.hashed_for(each, rules.PURPOSE)} for person, each in addresses.items()}
    rows = await ground.fetch(_STOPPED, [each for both in hashes.values() for each in both])
    stopped = {row["address_hash"] for row in rows}
    return {person for person, both in hashes.items() if both & stopped}
