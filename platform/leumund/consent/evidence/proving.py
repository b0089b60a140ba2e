"""Prove what one person allowed: the whole story in exact words, with what was shown, chosen, mailed and pressed.

The controller must be able to demonstrate each declaration, and to print it at any time (GDPR Art. 7(1); BGH I ZR
164/09).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import masking
from leumund.company import describing
from leumund.consent import rules
from leumund.consent.evidence import reading, serving, verifying
from leumund.consent.evidence.reading import Happening
from leumund.consent.evidence.serving import Shown
from leumund.consent.evidence.verifying import Fault
from leumund.consent.rules import Event
from leumund.kit import ground

_CHECK_MAILS = """
SELECT id, check_mail FROM consent_request WHERE customer = $1 AND check_mail IS NOT NULL
"""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What has come of one purpose on one channel: given or not, since when, under which title of its newest text."""

    purpose: str
    channel: str
    title: str
    given: bool
    since: datetime


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """All there is; ``person`` is their id, ``faults`` what is wrong with the chain, ``forms`` what was served.

    ``check_mails`` are those of requests, by request: what was given carries its own.
    """

    person: UUID
    controller: str
    at: datetime
    story: list[Happening]
    standings: list[Outcome]
    forms: dict[UUID, Shown]
    check_mails: dict[UUID, dict[str, Any]]
    faults: list[Fault]

    @property
    def is_unbroken(self) -> bool:
        return not self.faults

    @property
    def chain_hash(self) -> str:
        """The hash of the last event, which holds all before it."""
        return self.story[-1].chain_hash if self.story else ""


async def prove(*, customer: UUID, at: datetime) -> Proof:
    """The proof of everything ``customer`` was asked and said, as it stands ``at`` this moment."""
    story = await reading.story(customer=customer)
    mails = await ground.fetch(_CHECK_MAILS, customer)
    return Proof(
        person=customer,
        controller=await describing.controller(),
        at=at,
        story=story,
        standings=await _standings(customer, story),
        forms=await serving.shown(served={each.served for each in story if each.served}),
        check_mails={row["id"]: msgspec.json.decode(row["check_mail"]) for row in mails},
        faults=await verifying.verify_one(person=customer),
    )


def masked(proof: Proof) -> Proof:
    """The same with the person's address masked: for a screen, where the file in full is a deed of its own."""
    return msgspec.structs.replace(proof, story=[_masked(each) for each in proof.story])


def _masked(each: Happening) -> Happening:
    address = each.evidence.get("email")
    shown = {"email": masking.email(address)} if address else {}
    return msgspec.structs.replace(each, evidence=each.evidence | shown)


def as_json(proof: Proof) -> bytes:
    """The proof for a machine: events, texts and forms, as they were kept."""
    return msgspec.json.format(msgspec.json.encode(proof), indent=2)


async def _standings(customer: UUID, story: list[Happening]) -> list[Outcome]:
    """How each purpose and channel stands, by purpose and channel, as it does wherever else it is shown."""
    titles = {(each.purpose, each.channel): each.title for each in story}
    events = await reading.events(customer=customer)
    return [_standing(*about, title, events[about[0]][about[1]]) for about, title in sorted(titles.items())]


def _standing(purpose: str, channel: str, title: str, events: list[Event]) -> Outcome:
    telling = [event for event in events if rules.tells(event)] or events
    since = max(event.at for event in telling)
    return Outcome(purpose=purpose, channel=channel, title=title, given=rules.stands(events), since=since)


def facts(evidence: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Everything an event proves as dotted names and values, in the order it was written."""
    told: list[tuple[str, Any]] = []
    for name, value in evidence.items():
        if isinstance(value, dict):
            told += [(f"{name}.{inner}", one) for inner, one in facts(value)]
        else:
            told.append((name, value))
    return told
