"""Release a survey that asks for what Art. 9 GDPR protects: these words, by one who answers for it, for a reason."""

from datetime import datetime
from uuid import uuid4

import msgspec

from leumund.audit import noting
from leumund.kit.faults import Overtaken, Refused
from leumund.kit.sealing import Column
from leumund.surveys.questions import judging
from leumund.surveys.questions.defining import Definition
from leumund.surveys.tables import SurveyRelease

LONGEST_REASON = 1_000
_REASON = Column("survey_release", "reason_sealed")


class ReasonMissing(Refused):
    """Nobody asks for what is protected without saying why, in a few sentences."""


class WordsChanged(Overtaken):
    """What is to be released reads otherwise by now."""


class NotReleased(Refused):
    """The survey asks for what is protected, and nobody has released it as it stands."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """Who released a survey, when, and why."""

    reason: str
    at: datetime
    by: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A survey as it stands, and the ``digest`` of what whoever releases it has read."""

    key: str
    definition: Definition
    named: bool
    digest: str


async def found(definition: Definition, *, named: bool) -> Release | None:
    """The release of exactly ``definition``, asked of people who are known or not, if there is one."""
    row = await SurveyRelease.select().where(SurveyRelease.digest == judging.digest(definition, named=named)).first()
    if row is None:
        return None
    reason = _REASON.tell(row["reason_sealed"], row["id"])
    return Release(reason=reason, at=row["released_at"], by=row["released_by"])


async def require(definition: Definition, *, named: bool) -> None:
    """Nothing, where ``definition`` asks for nothing protected or is released. Raises NotReleased."""
    protected = judging.protected(definition)
    if protected and await found(definition, named=named) is None:
        raise NotReleased("errors.studio.not_released", words=", ".join(each.word for each in protected))


async def release(*, asked: Asked, reason: str, actor: str, at: datetime) -> None:
    """Let ``asked`` be published as it stands. Raises ReasonMissing, WordsChanged."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing("errors.studio.no_reason", field="reason", most=LONGEST_REASON)
    if asked.digest != judging.digest(asked.definition, named=asked.named):
        raise WordsChanged("errors.studio.overtaken")
    row = SurveyRelease(id=uuid4(), digest=asked.digest, released_at=at, released_by=actor)
    row.reason_sealed = _REASON.seal(reason, row.id)
    await SurveyRelease.insert(row).on_conflict(target=SurveyRelease.digest, action="DO NOTHING")
    categories = sorted({each.category for each in judging.protected(asked.definition)})
    detail = {"survey": asked.key, "sha256": asked.digest, "categories": categories}
    await noting.note(actor=actor, action="survey.released", detail=detail, at=at)
