"""Publish the surveys of a folder, close what it closes, and write a company's surveys back."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from leumund.files import asking, checking
from leumund.files.asking import AskedSurvey
from leumund.files.faults import Fault, Faulty
from leumund.files.folder import Company
from leumund.files.shaping import FILE
from leumund.kit import actors
from leumund.kit.faults import Refused
from leumund.surveys.questions import checking as judged
from leumund.surveys.questions import starting
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import NoSurvey, Published


async def changes(company: Company, at: datetime) -> AsyncIterator[str]:
    """The names of what changed. What was written in the console and is not named here stays. Raises Faulty."""
    if company.survey is not None:
        texts = {lang: msgspec.structs.asdict(company.survey.texts[lang]) for lang in company.languages}
        if await _publish(company.survey.key, starting.nps(texts), named=True, place="survey", at=at):
            yield "survey"
        if await closing.reopen(key=company.survey.key, actor=actors.COMMAND_LINE, at=at):
            yield "survey opened"
    for place, survey in enumerate(company.surveys, 1):
        async for change in _changes(survey, f"surveys[{place}]", at):
            yield f"survey {survey.key}{change}"


async def _changes(survey: AskedSurvey, key: str, at: datetime) -> AsyncIterator[str]:
    definition = asking.definition(survey)
    before = [each.of.definition for each in reversed(await publishing.versions(key=survey.key))]
    if wrong := judged.against(definition, before):
        raise Faulty([Fault(FILE, f"{key}.questions", checking.said(each)) for each in wrong])
    if await _publish(survey.key, definition, named=survey.named, place=key, at=at):
        yield ""
    deed = closing.close if survey.closed else closing.reopen
    if await deed(key=survey.key, actor=actors.COMMAND_LINE, at=at):
        yield " closed" if survey.closed else " opened"


async def _publish(key: str, definition: Definition, *, named: bool, place: str, at: datetime) -> bool:
    """Whether there is a new version. Raises Faulty."""
    try:
        before = (await publishing.current(key=key)).version
    except NoSurvey:
        before = 0
    try:
        return (await publishing.publish(key=key, definition=definition, named=named, at=at)).version != before
    except Refused as fault:
        # What only shows here: what people were told before, or that nobody has released it.
        raise Faulty([Fault(FILE, f"{place}.{fault.field or 'questions'}", checking.said(fault))]) from fault


async def written() -> dict[str, Any]:
    """The tables of all surveys: the short one where it says all there is, whole ones for the others."""
    closed, every = await closing.closed(), await publishing.every()
    short = [each for each in every if _is_short(each) and each.key not in closed]
    whole = [
        asking.written(each.key, each.definition, named=each.named, closed=each.key in closed)
        for each in every
        if each not in short
    ]
    tables: dict[str, Any] = {}
    for each in short:
        tables["survey"] = {"key": each.key, "texts": starting.texts_of(each.definition)}
    return tables | ({"surveys": whole} if whole else {})


def _is_short(survey: Published) -> bool:
    return (
        survey.key == publishing.FIRST
        and survey.named
        and starting.nps(starting.texts_of(survey.definition)) == survey.definition
    )
