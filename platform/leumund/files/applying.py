"""Apply a folder that is right: each part by the deed of its room, in the one transaction the caller opened."""

from collections.abc import AsyncIterator
from datetime import datetime

import msgspec

from leumund.audit import noting
from leumund.company import describing
from leumund.company.describing import Profile
from leumund.consent import publishing as texts
from leumund.files import wording
from leumund.files.folder import Company, CompanyFolder
from leumund.kit import actors
from leumund.programs import offering
from leumund.programs.offering import Rule, Terms
from leumund.surveys import publishing as surveys
from leumund.theming import tokens


async def apply(folder: CompanyFolder, *, at: datetime) -> list[str]:
    """Make the open company what ``folder`` says; returns the names of what changed, none the second time."""
    changed = [name async for name in _changes(folder, at)]
    if changed:
        await noting.note(actor=actors.COMMAND_LINE, action="company.applied", detail={"changed": changed}, at=at)
    return changed


async def _changes(folder: CompanyFolder, at: datetime) -> AsyncIterator[str]:
    company = folder.company
    if await describing.describe(profile=_profile(company, folder.logo), at=at):
        yield "profile"
    async for change in _changes_of_texts(folder, at):
        yield change
    before = await _version(company.survey.key)
    asked = {lang: msgspec.structs.asdict(company.survey.texts[lang]) for lang in company.languages}
    if (await surveys.publish(key=company.survey.key, texts=asked, at=at)).version != before:
        yield "survey"
    # What ran before ends first: the database lets a company run one program at a time.
    ended = await offering.end_others(key=company.program.key)
    for change in await offering.offer(terms=_terms(company), at=at):
        yield f"program: {change}"
    for key in ended:
        yield f"program {key} ended"


async def _changes_of_texts(folder: CompanyFolder, at: datetime) -> AsyncIterator[str]:
    company = folder.company
    for name in wording.names_of(company.consents):
        for lang in company.languages:
            if await _publish(folder, name, lang, at):
                yield f"text {name}.{lang}"
    kept = {(purpose, lang) for purpose in company.consents for lang in company.languages}
    for text in await texts.retire(keeping=kept, at=at):
        yield f"text consent-{text.purpose}.{text.language} retired"


async def _publish(folder: CompanyFolder, name: str, lang: str, at: datetime) -> bool:
    kind, _, purpose = name.partition("-")
    channels = list(folder.company.consents[purpose].channels) if purpose else []
    text = folder.texts[name, lang]
    published = await texts.publish(
        kind=kind,
        purpose=purpose,
        channels=channels,
        language=lang,
        title=text.title,
        wording=text.wording,
        at=at,
    )
    return published.published_at == at


async def _version(key: str) -> int:
    try:
        return (await surveys.current(key=key)).version
    except surveys.NoSurvey:
        return 0


def _profile(company: Company, logo: str | None) -> Profile:
    imprint = {name: value for name, value in msgspec.structs.asdict(company.imprint).items() if value}
    return Profile(
        name=company.name,
        legal_name=company.legal_name,
        imprint=imprint,
        sender_name=company.sender.name,
        sender_email=company.sender.email,
        languages=company.languages,
        country=company.country,
        currency=company.currency,
        time_zone=company.time_zone,
        theme=company.theme.name,
        tokens=company.theme.tokens,
        worn=tokens.tuned(theme=company.theme.name, tokens=company.theme.tokens),
        logo=logo,
    )


def _terms(company: Company) -> Terms:
    program = company.program
    return Terms(
        key=program.key,
        state=program.state,
        texts={lang: msgspec.structs.asdict(program.texts[lang]) for lang in company.languages},
        currency=company.currency,
        budget_cents=program.budget_cents,
        hold_days=program.hold_days,
        review_above_cents=program.review_above_cents,
        rules=[Rule(**msgspec.structs.asdict(reward)) for reward in program.rewards],
    )
