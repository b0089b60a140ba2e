"""Answer the person: by a mail that says nothing of the matter and leads to a page that does, for some weeks."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.customers.records import finding as people
from leumund.kit import faults, ground
from leumund.messages import kinds, sending
from leumund.privacy.cases import finding
from leumund.privacy.cases.finding import Case, Open

PURPOSE = kinds.signed_for("rights_done")
# How long the page of an answer opens, once the case is closed.
READABLE = timedelta(days=90)
# Whoever reads the mailbox the person had before reads nothing of what was answered since.
_ABOUT = """
SELECT message.subject_id FROM message
JOIN customer ON customer.id = message.customer AND customer.email_hash = message.address_hash
WHERE message.id = $1 AND message.subject_id IS NOT NULL
"""


class AnswerGone(faults.Unknown):
    """The answer was readable for long enough, or went to an address its person no longer has."""


async def answer(*, case: Open, kind: str, at: datetime) -> bool:
    """Queue a mail of ``kind`` about ``case``; false where nobody can be written to, who has to be told another way."""
    person = None if case.customer is None else await people.by_id(customer=case.customer)
    if person is None or person.email is None:
        return False
    await sending.queue(kind=kind, customer=person.id, subject_id=case.id, language=case.language, at=at)
    return True


async def read(*, mail: UUID, at: datetime) -> Case:
    """What the person may read of the case that ``mail`` told them of. Raises AnswerGone."""
    rows = await ground.fetch(_ABOUT, mail)
    if not rows:
        raise AnswerGone("errors.rights.answer_gone")
    found = await finding.find(case=rows[0]["subject_id"])
    if found.closed_at is not None and at > found.closed_at + READABLE:
        raise AnswerGone("errors.rights.answer_gone")
    return found
