"""Close a survey, so that nobody is asked or answers any more, and open it again."""

from datetime import datetime

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.surveys.studio import publishing
from leumund.surveys.tables import SurveyClosing

# For a query in which ``s`` is a survey's version.
IS_CLOSED = "EXISTS (SELECT FROM survey_closing WHERE survey_closing.key = s.key)"
# The job by which the rooms above hear of it: it ends whatever asks by the survey.
CLOSED = "surveys.closed"
_CLOSE = "INSERT INTO survey_closing (key, closed_at, closed_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


async def closed() -> dict[str, datetime]:
    """Since when each closed survey is, by its key."""
    return {row["key"]: row["closed_at"] for row in await SurveyClosing.select()}


async def is_closed(*, key: str) -> bool:
    """Whether nobody may be asked any more."""
    return bool(await SurveyClosing.exists().where(SurveyClosing.key == key))


async def close(*, key: str, actor: str, at: datetime) -> bool:
    """Close the survey at once, for links that are out already too; false where it is closed. Raises NoSurvey."""
    survey = await publishing.current(key=key)
    if not await ground.execute(_CLOSE, key, at, actor):
        return False
    await noting.note(actor=actor, action="survey.closed", detail={"survey": key}, at=at)
    await outbox.enqueue(kind=CLOSED, subject=survey.id, due_at=at)
    return True


async def reopen(*, key: str, actor: str, at: datetime) -> bool:
    """Open it again; false where it is open."""
    if not await ground.execute("DELETE FROM survey_closing WHERE key = $1", key):
        return False
    await noting.note(actor=actor, action="survey.reopened", detail={"survey": key}, at=at)
    return True
