"""Reply to a person by mail from their case: to a complaint, or with a question to whoever said nothing in words.

Whoever complained in the survey's own field is answered, which sells nothing: that rests on a legitimate interest
(Art. 6(1)(f) GDPR; decision 40). To write to whoever left a mark alone is advertising as the survey was (BGH VI ZR
225/17), and so is thanking: both need the consent to surveys. The gate asks again when the mail goes.
"""

from datetime import datetime
from uuid import UUID

from leumund.company import agreeing, describing
from leumund.consent import addressing
from leumund.kit.faults import Refused
from leumund.messages.gate import gating
from leumund.messages.kinds import KINDS
from leumund.messages.words import penning
from leumund.messages.words.letters import Words
from leumund.messages.words.penning import Letter
from leumund.surveys.caring import contacting, finding
from leumund.surveys.caring.finding import Case

REPLY, QUESTION = "care_reply", "care_question"


class MayNotWrite(Refused):
    """Nobody may write to this person by mail, or there is nowhere to."""


def kind_of(case: Case) -> str:
    """Which mail an answer allows."""
    return REPLY if case.answered.words and case.mood != "glad" else QUESTION


async def hindrance(*, case: Case, at: datetime) -> str | None:
    """Why no mail could go now, by the gate's words; None when it may."""
    if case.email is None:
        return "no_address"
    if not await agreeing.has_agreed():
        return "no_agreement"
    purposes = KINDS[kind_of(case)].purposes
    if not purposes:
        # What would hold back a reply, data that rest, hides the whole case.
        return None
    address = {case.customer: addressing.hashed(case.email)}
    return (await gating.hindrances(purpose=next(iter(purposes)), addresses=address, at=at)).get(case.customer)


async def reply(*, case: UUID, words: Words, by: UUID, at: datetime) -> UUID:
    """Write to the person of ``case``, whom that reaches; returns the message's id.

    Raises what finding.locked raises, MayNotWrite, faults.Refusals.
    """
    locked, found = await finding.locked(case=case), await finding.find(case=case)
    if reason := await hindrance(case=found, at=at):
        raise MayNotWrite(f"errors.care.mail.{reason}", field="wording")
    letter = Letter(
        kind=kind_of(found),
        customer=found.customer,
        subject_id=case,
        language=found.speaks or (await describing.profile()).languages[0],
        words=words,
        by=by,
    )
    message = await penning.pen(letter=letter, at=at)
    await contacting.contacted(case=locked, what="mailed", by=by, at=at, detail={"message": str(message)})
    return message
