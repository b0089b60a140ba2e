"""Answer the person: by a mail that says nothing of the matter and leads to a page that does, for some weeks."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.customers.records import finding as people
from leumund.kit import faults
from leumund.messages import kinds, sending
from leumund.privacy.cases import finding
from leumund.privacy.cases.finding import Case, Open

PURPOSE = kinds.signed_for("rights_done")
# How long the page of an answer opens, once the case is closed.
READABLE = timedelta(days=90)


class AnswerGone(faults.Unknown):
    """The answer was readable for long enough, or there is none yet."""


async def answer(*, case: Open, kind: str, at: datetime) -> bool:
    """Queue a mail of ``kind`` about ``case``; false where nobody can be written to, who has to be told another way."""
    person = None if case.customer is None else await people.by_id(customer=case.customer)
    if person is None or person.email is None:
        return False
    await sending.queue(kind=kind, customer=person.id, subject_id=case.id, language=case.language, at=at)
    return True


async def read(*, case: UUID, at: datetime) -> Case:
    """What the person may read of their case. Raises AnswerGone."""
    try:
        found = await finding.find(case=case)
    except finding.CaseUnknown:
        raise AnswerGone("errors.rights.answer_gone") from None
    if found.closed_at is not None and at > found.closed_at + READABLE:
        raise AnswerGone("errors.rights.answer_gone")
    return found
