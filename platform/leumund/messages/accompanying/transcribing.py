"""Take down what a person said by telephone, at a fair, on paper or in a letter: a yes with its proof, or an end."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.consent.giving import requesting, transcribing
from leumund.consent.giving.requesting import Offered
from leumund.consent.giving.transcribing import Taken
from leumund.consent.stopping import objecting, withdrawing
from leumund.customers.notation import normalising
from leumund.customers.records import finding, holding
from leumund.kit import faults
from leumund.messages import sending
from leumund.messages.gate import pacing

ENDS = ("withdrawal", "objection")
WAYS = ("phone", "letter", "counter")


class MailboxFull(faults.Refused):
    """Their mailbox got as many check mails as anybody may have sent to it."""


class WordsMissing(faults.Refused):
    """Nobody says what the person said."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A withdrawal of ``purpose`` (empty: of all) or an objection to all advertising, and what the person said."""

    customer: UUID
    kind: str
    way: str
    words: str
    purpose: str = ""


async def transcribe(*, taken: Taken, actor: str, at: datetime) -> bool:
    """Record a consent, or have a mailbox asked that nobody signed for; true when a check mail is on its way.

    Raises MailboxFull, CustomerUnknown, and what consent.giving.transcribing.check raises.
    """
    # Of somebody erased a row may be left, of whom nothing is said any more.
    await holding.lock(customer=taken.customer)
    asks = transcribing.needs_check_mail(taken)
    if asks:
        await _ask(taken, actor, at)
    else:
        await transcribing.transcribe(taken=taken, actor=actor, at=at)
    detail = {"purpose": taken.purpose, "channel": taken.channel, "way": taken.way}
    await noting.note(actor=actor, action="consent.entered", subject=taken.customer, detail=detail, at=at)
    return asks


async def end(*, ended: Ended, actor: str, at: datetime) -> None:
    """End what the person wants ended. Raises WordsMissing, CustomerUnknown."""
    if not ended.words.strip():
        raise WordsMissing("errors.consent.words_missing", field="said")
    await holding.lock(customer=ended.customer)
    person = await finding.known(customer=ended.customer)
    evidence = {"entered_by": actor, "way": ended.way}
    told: dict[str, Any] = {
        "customer": ended.customer,
        "source": ended.way,
        "evidence": evidence,
        "basis": ended.words,
        "at": at,
    }
    if ended.kind == "objection":
        await objecting.object_to_all(email=person.email, **told)
    else:
        await withdrawing.withdraw(email=person.email, purpose=ended.purpose or None, **told)
    detail = {"kind": ended.kind, "purpose": ended.purpose, "way": ended.way}
    await noting.note(actor=actor, action="consent.ended", subject=ended.customer, detail=detail, at=at)


async def _ask(taken: Taken, actor: str, at: datetime) -> None:
    text = await transcribing.check(taken=taken, at=at)
    assert taken.email is not None, "checked"
    if not await pacing.may_check(mailbox=normalising.folded(taken.email), at=at):
        raise MailboxFull("errors.consent.mailbox_full", field="channel")
    offered = Offered(
        boxes={taken.purpose: True},
        channel=taken.channel,
        language=taken.language,
        source=taken.way,
        evidence={**transcribing.evidence(taken, text, actor=actor, at=at), "said_at": taken.said_at},
        basis=transcribing.words(taken),
    )
    request = await requesting.request(customer=taken.customer, email=taken.email, offered=offered, at=at)
    await sending.queue(kind="opt_in", customer=taken.customer, subject_id=request, language=taken.language, at=at)
