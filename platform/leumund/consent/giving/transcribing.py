"""Transcribe a consent that was given by telephone, at a fair or on paper: with who took it, when, and in which words.

Each way proves something else. A signature proves a yes to mail or calls; a voice on the telephone proves nothing of a
mailbox, which is asked by a check mail (``messages.accompanying.transcribing``), and of its number only what somebody
verified.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.company import describing
from leumund.consent import addressing, rules
from leumund.consent.evidence import reading, recording
from leumund.consent.evidence.recording import Said
from leumund.consent.giving import reopening
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import NotPublished, Text
from leumund.kit import faults

WAYS = ("phone", "fair", "paper")


class NotAsked(faults.Refused):
    """The company asks for no such consent on this channel in this language."""


class ProofMissing(faults.Refused):
    """Nobody says who took it, in which words, or where its proof lies: it could never be demonstrated."""


class InTheFuture(faults.Refused):
    """It is said to have been given later than now."""


class TooEarly(faults.Refused):
    """It is said to have been given before anybody could have kept it."""


class AddressMissing(faults.Refused):
    """A consent to mail of a person without an address."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody of the company took down.

    ``way`` is phone, fair or paper, ``said_at`` when it was given, ``words`` what was read out or signed, ``taker`` who
    took it. ``reference`` says where the signed paper lies, or how the telephone number was verified.
    """

    customer: UUID
    email: str | None
    purpose: str
    channel: str
    language: str
    way: str
    said_at: datetime
    words: str
    taker: str
    reference: str = ""


def needs_check_mail(taken: Taken) -> bool:
    """Whether a mailbox has to say yes itself, since nobody signed for it."""
    return (taken.way, taken.channel) == ("phone", "email")


async def transcribe(*, taken: Taken, actor: str, at: datetime) -> None:
    """Record a consent that was given, as it was proven. Raises what ``check`` raises."""
    assert not needs_check_mail(taken), "that mailbox is asked first"
    text = await check(taken=taken, at=at)
    said = Said(
        customer=taken.customer,
        text=text.id,
        controller=await describing.controller(),
        purpose=taken.purpose,
        channel=taken.channel,
        state="given",
        source=taken.way,
        evidence=evidence(taken, text, actor=actor, at=at),
        basis=words(taken),
        address=taken.email or "",
        at=taken.said_at,
    )
    await recording.record([said])
    await _reopen(taken, said, actor, at)


async def check(*, taken: Taken, at: datetime) -> Text:
    """The text it was given to. Raises NotAsked, ProofMissing, InTheFuture, TooEarly, AddressMissing."""
    assert taken.way in WAYS, "a way we know the proof of"
    for field in ("words", "taker"):
        if not getattr(taken, field).strip():
            raise ProofMissing(f"errors.consent.{field}_missing", field=field)
    if _needs_reference(taken) and not taken.reference.strip():
        raise ProofMissing("errors.consent.reference_missing", field="reference")
    if taken.said_at > at:
        raise InTheFuture("errors.consent.in_the_future", field="said_at")
    if taken.said_at < rules.FIRST_MOMENT:
        raise TooEarly("errors.consent.given_too_early", field="said_at")
    if taken.channel == "email" and taken.email is None:
        raise AddressMissing("errors.consent.address_missing", field="channel")
    return await _asked(taken)


def evidence(taken: Taken, text: Text, *, actor: str, at: datetime) -> dict[str, object]:
    """What is proven in the clear; the words themselves lie sealed beside it."""
    known: dict[str, object] = {"way": taken.way, "entered_by": actor, "entered_at": at, "sha256": text.sha256}
    if taken.email:
        known["address"] = addressing.hashed(taken.email)
    return known


def words(taken: Taken) -> str:
    """What somebody wrote, in one piece, to be sealed."""
    told = {"words": taken.words, "taker": taken.taker, "reference": taken.reference}
    return msgspec.json.encode({name: word for name, word in told.items() if word}).decode()


def _needs_reference(taken: Taken) -> bool:
    """A signature lies somewhere; and of a call for more calls the number must have been verified (§ 7a UWG)."""
    return taken.way != "phone" or taken.channel in ("phone", "sms")


async def _asked(taken: Taken) -> Text:
    try:
        text = await publishing.current(kind="consent", purpose=taken.purpose, language=taken.language)
    except NotPublished:
        raise NotAsked("errors.consent.not_asked", field="purpose") from None
    if taken.channel not in text.channels:
        raise NotAsked("errors.consent.not_asked", field="channel")
    return text


async def _reopen(taken: Taken, said: Said, actor: str, at: datetime) -> None:
    """What they said yes to after they had withdrawn it is no longer stopped; an older yes brings nothing back."""
    if taken.email is not None and await _stands(taken):
        address = addressing.hashed(taken.email)
        await reopening.reopen(said=said, address_hash=address, actor=actor, reason="given anew", at=at)


async def _stands(taken: Taken) -> bool:
    events = (await reading.events(customer=taken.customer)).get(taken.purpose, {})
    return rules.stands(events.get(taken.channel, ()))
