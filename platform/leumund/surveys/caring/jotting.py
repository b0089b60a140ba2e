"""Jot down what was said or is to be done of a case, open or closed."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.kit import free_text, personal
from leumund.surveys.caring import finding, recording
from leumund.surveys.caring.finding import Open
from leumund.surveys.caring.tables import NOTE, CaseNote


async def jot(*, case: UUID, text: str, by: UUID, at: datetime) -> None:
    """Raises CaseUnknown, free_text.Missing, free_text.TooLong."""
    plain = free_text.checked(text, field="note", needed=True)
    found = await finding.held(case=case)
    await keep(case=found, plain=plain, by=by, at=at)
    await recording.stay(case=case, what="noted", state=found.state, actor=f"staff:{by}", at=at)


async def keep(*, case: Open, plain: str, by: UUID, at: datetime) -> None:
    """Keep a note beside another step of a case that is locked; nothing where there is no word."""
    if plain:
        row, key = uuid4(), await personal.key(person=case.customer)
        sealed = NOTE.seal(plain, row, key=key)
        await CaseNote.insert(CaseNote(id=row, customer_case=case.id, at=at, member=by, words_sealed=sealed))
