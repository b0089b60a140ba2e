"""Make a survey's draft its next version: read whole, released where it has to be, and noted."""

from collections.abc import Sequence
from datetime import datetime

from leumund.audit import noting
from leumund.company import describing
from leumund.surveys.questions import checking
from leumund.surveys.questions.checking import Objection
from leumund.surveys.studio import drafting, publishing
from leumund.surveys.studio.drafting import InWork
from leumund.surveys.studio.publishing import Published


class NotReady(Exception):
    """The draft cannot be published as it stands."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(", ".join(each.rule for each in objections))
        self.objections = list(objections)


async def objections(work: InWork) -> list[Objection]:
    """All that is wrong with a survey in work, none where it may be published."""
    languages = (await describing.profile()).languages
    before = [each.of.definition for each in reversed(await publishing.versions(key=work.key))]
    return [
        *checking.objections(work.definition, languages=languages, named=work.named),
        *checking.against(work.definition, before),
    ]


async def issue(*, key: str, seen: str, actor: str, at: datetime) -> Published:
    """Publish the draft and let it go. Raises SurveyUnknown, ChangedSince, NotReady, NotReleased."""
    work = await drafting.held(key=key, seen=seen)
    if wrong := await objections(work):
        raise NotReady(wrong)
    published = await publishing.publish(key=key, definition=work.definition, named=work.named, at=at)
    await drafting.drop(key=key)
    if work.published is None or published.version > work.published.version:
        detail = {"survey": key, "version": published.version}
        await noting.note(actor=actor, action="survey.published", subject=published.id, detail=detail, at=at)
    return published
