"""Take up consents that a company's own form offered: a registration or a checkout, beside what it has to ask for.

What was ticked there is asked for once more by mail, as everywhere: a shop's word alone is no proof of whose it was.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.company import agreeing
from leumund.consent.evidence import reading
from leumund.consent.evidence.serving import Served
from leumund.consent.giving import requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.judging import blocks
from leumund.consent.stopping import suppressing
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import Text
from leumund.customers.changing.choosing import Objected, WordingChanged
from leumund.customers.intake import permitting
from leumund.customers.notation import normalising
from leumund.customers.records import finding, holding
from leumund.customers.records.finding import Person
from leumund.kit.faults import Refused
from leumund.messages import sending
from leumund.messages.accompanying.transcribing import MailboxFull
from leumund.messages.gate import pacing

FORM = "shop"


class NotOffered(Refused):
    """A box was ticked that the form did not offer."""


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """What ``customer`` was shown and chose: ids of the texts that stood there, and of those whose box was ticked.

    ``html`` is the block of consents as the form showed it, ``version`` the form's own, ``url`` where it stands.
    """

    customer: UUID
    offered: Sequence[UUID]
    chosen: Collection[UUID]
    url: str
    version: str
    html: str
    shown_at: datetime


async def capture(*, captured: Captured, source: str, at: datetime) -> bool:
    """Record what was offered and chosen; true when a mail asks for what was ticked.

    What the person gave before is not asked for again. Raises NotAgreed, CustomerUnknown, NoAddress, Objected,
    WordingChanged, NotOffered, MailboxFull, and what blocks.check raises.
    """
    await agreeing.require()
    await holding.lock(customer=captured.customer)
    person = await finding.seen(customer=captured.customer)
    permitting.need_address(person.email)
    texts = await _offered(captured)
    blocks.check(captured.html, texts=texts)
    return await _ask(person, texts, captured, source, at)


async def _ask(person: Person, texts: list[Text], captured: Captured, source: str, at: datetime) -> bool:
    assert person.email is not None, "checked"
    if await suppressing.objected(email=person.email):
        raise Objected("errors.consent.person_objected", field="customer")
    language = texts[0].language
    standings = await reading.standing(customer=person.id, language=language)
    # An empty box beside a standing yes would read like a no.
    given = {each.purpose for each in standings if each.needs_no_asking}
    boxes = {text.purpose: text.id in captured.chosen for text in texts if text.purpose not in given}
    asks = any(boxes.values())
    if asks and not await pacing.may_check(mailbox=normalising.folded(person.email), at=at):
        raise MailboxFull("errors.consent.mailbox_full", field="customer")
    if boxes:
        offered = Offered(boxes=boxes, language=language, source=source, served=_served(captured, language))
        request = await requesting.request(customer=person.id, email=person.email, offered=offered, at=at)
    if asks:
        await sending.queue(kind="opt_in", customer=person.id, subject_id=request, language=language, at=at)
    return asks


async def _offered(captured: Captured) -> list[Text]:
    """The texts that stood there, of one language, each the newest of its kind, and there when it was shown.

    Raises WordingChanged, NotOffered.
    """
    if not set(captured.chosen) <= set(captured.offered):
        raise NotOffered("errors.consent.not_offered", field="chosen")
    current = {text.id: text for text in await publishing.all_current() if text.kind == "consent"}
    texts = [current[text] for text in dict.fromkeys(captured.offered) if text in current]
    were_there = all(text.published_at <= captured.shown_at for text in texts)
    if len(texts) != len(captured.offered) or len({text.language for text in texts}) != 1 or not were_there:
        raise WordingChanged("errors.consent.offered_changed", field="offered")
    return texts


def _served(captured: Captured, language: str) -> Served:
    return Served(
        form=FORM,
        version=captured.version,
        url=captured.url,
        language=language,
        texts=list(captured.offered),
        html=captured.html,
        at=captured.shown_at,
    )
