"""Prefer: by a link of a mail, without a login, a person sees and changes what may be written to them.

The link holds for the address its mail went to: once the person has another one, it opens nothing. A no ends at once.
A yes is asked for once more by a check mail, since an old mail may have been forwarded, and it takes more than having
received an advertisement to prove that one wants the next.
"""

from datetime import datetime
from uuid import UUID

from leumund.customers.changing import choosing
from leumund.customers.changing.choosing import Choice, Page
from leumund.customers.notation import normalising
from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.kit import faults, ground, tokens
from leumund.messages import kinds, sending
from leumund.messages.gate import pacing

PURPOSE, SOURCE = kinds.PREFERENCES, "preferences"
# A mail that advertised, or a form that was confirmed: both reached the mailbox.
_REACHED = """
SELECT customer.id FROM (
    SELECT customer, address_hash FROM message WHERE id = $1 AND purpose IS NOT NULL
    UNION ALL SELECT customer, address_hash FROM consent_request WHERE id = $1 AND confirmed_at IS NOT NULL
) reached JOIN customer ON customer.id = reached.customer AND customer.email_hash = reached.address_hash
"""


class LinkUnknown(faults.Unknown):
    """No mail of this company carries this link, or it went to an address its person no longer has."""


def link(*, unsubscribe: str) -> str:
    """The token for all preferences, beside the one by which a mail unsubscribes. Raises BadToken."""
    return tokens.sign(PURPOSE, tokens.read(kinds.UNSUBSCRIBE, unsubscribe))


async def reader(*, token: str) -> Person:
    """Whose preferences the link opens. Raises LinkUnknown."""
    try:
        rows = await ground.fetch(_REACHED, tokens.read(PURPOSE, token))
    except tokens.BadToken as fault:
        raise LinkUnknown("errors.messages.preferences_unknown") from fault
    person = await finding.by_id(customer=rows[0]["id"]) if rows else None
    if person is None or person.email is None:
        raise LinkUnknown("errors.messages.preferences_unknown")
    return person


async def choose(*, token: str, choice: Choice, page: Page, at: datetime) -> bool:
    """Take a choice; true when a check mail is on its way to confirm a yes.

    Raises LinkUnknown, PurposeUnknown, WordingChanged.
    """
    person = await reader(token=token)
    asked = await choosing.take(customer=person.id, choice=choice, page=page, at=at)
    if asked is not None:
        await _check(person, asked, page, at)
    return asked is not None


async def stop(*, token: str, page: Page, at: datetime) -> None:
    """End everything the reader ever allowed. Raises LinkUnknown."""
    person = await reader(token=token)
    await choosing.stop(customer=person.id, page=page, at=at)


async def _check(person: Person, asked: UUID, page: Page, at: datetime) -> None:
    """Have the yes confirmed; a mailbox that got as many check mails as it may gets none, and the yes lapses."""
    assert person.email is not None, "the link went there"
    if await pacing.may_check(mailbox=normalising.folded(person.email), at=at):
        await sending.queue(kind="opt_in", customer=person.id, subject_id=asked, language=page.language, at=at)
