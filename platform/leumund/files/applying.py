"""Apply a folder that is right: each part by the deed of its room, in the one transaction the caller opened."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from leumund.audit import masking, noting
from leumund.company import describing, processing
from leumund.company.describing import Profile
from leumund.company.processing import Described
from leumund.consent.texts import publishing as texts
from leumund.files import comparing, promising, surveying, wording
from leumund.files.checking import said
from leumund.files.faults import Fault, Faulty
from leumund.files.folder import Company, CompanyFolder
from leumund.kit import actors
from leumund.kit.faults import Refusals
from leumund.privacy.texts import releasing
from leumund.programs import moving, offering
from leumund.programs import publishing as programs
from leumund.theming import tokens


async def apply(folder: CompanyFolder, *, host: Described, at: datetime) -> list[str]:
    """Make the open company what ``folder`` says; returns the names of what changed, none the second time.

    ``host`` is who operates this. Raises Faulty for a text that may not be said here.
    """
    # The texts name the company too.
    borne = describing.borne(legal_name=folder.company.legal_name)
    folder = replace(folder, company=replace(folder.company, legal_name=borne))
    before = await comparing.settings()
    changed = [name async for name in _changes(folder, host, at)]
    if changed:
        await noting.note(
            actor=actors.COMMAND_LINE,
            action="company.applied",
            detail={"changed": changed},
            changes=masking.changes(before, await comparing.settings()) if before else None,
            at=at,
        )
    return changed


async def _changes(folder: CompanyFolder, host: Described, at: datetime) -> AsyncIterator[str]:
    company = folder.company
    if await describing.describe(profile=_profile(company, folder.logo), at=at):
        yield "profile"
    if await processing.settle_host(host=host, on=at.date()):
        yield "host"
    if await processing.settle(wanted=wording.processors(company), on=at.date()):
        yield "processors"
    async for change in _changes_of_texts(folder, at):
        yield change
    async for change in surveying.changes(company, at):
        yield change
    async for change in _changes_of_programs(company, at):
        yield change


async def _changes_of_programs(company: Company, at: datetime) -> AsyncIterator[str]:
    # What a folder offered before and names no more ends.
    ended = await moving.end_others(keys=[each.key for each in company.offered], at=at)
    for program in company.offered:
        before = await offering.find(key=program.key)
        terms = promising.terms(program, currency=company.currency, languages=company.languages, before=before)
        for change in await programs.publish(terms=terms, at=at):
            yield f"program: {change}" if company.program is program else f"program {program.key}: {change}"
    for key in ended:
        yield f"program {key} ended"


async def _changes_of_texts(folder: CompanyFolder, at: datetime) -> AsyncIterator[str]:
    company = folder.company
    *before, notice = wording.names_of(company.consents)
    async for change in _published(folder, before, at):
        yield change
    kept = {(purpose, lang) for purpose in company.consents for lang in company.languages}
    for text in await texts.retire(keeping=kept, at=at):
        yield f"text consent-{text.purpose}.{text.language} retired"
    # The notice tells of the consents that are asked for by now.
    async for change in _published(folder, [notice], at):
        yield change


async def _published(folder: CompanyFolder, names: Iterable[str], at: datetime) -> AsyncIterator[str]:
    for name in names:
        for lang in folder.company.languages:
            if await _publish(folder, name, lang, at):
                yield f"text {name}.{lang}"


async def _publish(folder: CompanyFolder, name: str, lang: str, at: datetime) -> bool:
    draft = wording.draft(folder.company, folder.texts, name, lang)
    try:
        published = await releasing.release(draft=draft, at=at)
    except Refusals as refusals:
        # What only shows here: the operator's own name, in a text that may not know it.
        faults = [Fault(f"texts/{name}.{lang}.md", each.field or "file", said(each)) for each in refusals.faults]
        raise Faulty(faults) from refusals
    return published.published_at == at


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
