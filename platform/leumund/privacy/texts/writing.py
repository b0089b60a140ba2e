"""Write the company's texts in the console: begin, keep, read with what is wrong, publish in every language, retire."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.company import describing
from leumund.consent.texts import drafting, publishing, starting
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.publishing import Text
from leumund.kit.faults import Refused, Unknown
from leumund.privacy.texts import noticing, releasing
from leumund.privacy.texts.composing import Composed

_PURPOSE = re.compile(r"(?=.{1,40}$)[a-z]+(?:_[a-z]+)*", re.ASCII)


class PurposeUnfit(Refused):
    """What a purpose is called in files and records is lower-case letters and underscores."""


class TextUnknown(Unknown):
    """There is no such text, and no draft of one."""


class NotReady(Exception):
    """A language of the text may not be published as it stands, so none is."""

    def __init__(self, made: Sequence[Composed]) -> None:
        super().__init__(", ".join(each.draft.language for each in made if each.objections))
        self.made = list(made)


class Named(msgspec.Struct, frozen=True):
    """A text as its address names it: ``terms``, ``notice``, or ``consent-`` and the purpose."""

    kind: str
    purpose: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.purpose}" if self.purpose else self.kind


def named(text: str) -> Named:
    """The text an address names. Raises TextUnknown for what can name none."""
    kind, _, purpose = text.partition("-")
    fits = _PURPOSE.fullmatch(purpose) is not None if kind == "consent" else text in ("terms", "notice")
    if not fits:
        raise TextUnknown("errors.texts.unknown")
    return Named(kind, purpose)


async def begin(*, purpose: str, like: str, member: UUID, at: datetime) -> Named:
    """Draft a consent for ``purpose`` from the template of ``like``, where there is none yet. Raises PurposeUnfit."""
    if not _PURPOSE.fullmatch(purpose):
        raise PurposeUnfit("errors.texts.purpose", field="purpose")
    named = Named("consent", purpose)
    if not await _there(named):
        languages = (await describing.profile()).languages
        begun = [_begun(named, language, like=like) for language in languages]
        await drafting.keep(drafts=begun, member=member, at=at)
    return named


async def in_work(*, named: Named) -> list[Composed]:
    """The text in each language as it would be published now: drafted, else as it stands, else its template.

    Raises TextUnknown.
    """
    if named.kind == "consent" and not await _there(named):
        raise TextUnknown("errors.texts.unknown")
    drafts = await drafting.kept(kind=named.kind, purpose=named.purpose)
    standing = {text.language: text for text in await _current(named)}
    languages = (await describing.profile()).languages
    made = [
        drafts.get(language) or _standing(standing.get(language)) or _begun(named, language) for language in languages
    ]
    return [await releasing.composed(draft=draft) for draft in made]


async def publish(*, named: Named, actor: str, at: datetime) -> list[Text]:
    """Publish the text in every language or in none; returns what is new. Raises NotReady, TextUnknown."""
    made = await in_work(named=named)
    if any(each.objections for each in made):
        raise NotReady(made)
    published = [await releasing.release(draft=each.draft, at=at) for each in made]
    await drafting.drop(kind=named.kind, purpose=named.purpose)
    new = [text for text in published if text.published_at == at]
    for text in new:
        detail = {"text": named.name, "language": text.language, "version": text.version}
        await noting.note(actor=actor, action="text.published", subject=text.id, detail=detail, at=at)
    return new


async def retire(*, named: Named, actor: str, at: datetime) -> None:
    """Ask nobody for this consent any more; what was given stands until it is withdrawn. Raises TextUnknown."""
    texts = [text for text in await publishing.all_current() if text.kind == "consent"]
    kept = {(text.purpose, text.language) for text in texts if text.purpose != named.purpose}
    retired = await publishing.retire(keeping=kept, at=at) if named.kind == "consent" else []
    if not retired:
        raise TextUnknown("errors.texts.unknown")
    await noting.note(actor=actor, action="text.retired", detail={"text": named.name}, at=at)


async def previewed(*, named: Named, language: str) -> Composed:
    """One language of the text as it would be published. Raises TextUnknown."""
    made = await in_work(named=named)
    found = next((each for each in made if each.draft.language == language), None)
    if found is None:
        raise TextUnknown("errors.texts.unknown")
    return found


async def _there(named: Named) -> bool:
    published = await publishing.versions(kind=named.kind, purpose=named.purpose)
    return bool(published or await drafting.kept(kind=named.kind, purpose=named.purpose))


async def _current(named: Named) -> list[Text]:
    texts = await publishing.all_current(retired=True)
    return [text for text in texts if (text.kind, text.purpose) == (named.kind, named.purpose)]


def _standing(text: Text | None) -> Draft | None:
    return noticing.draft_of(text) if text else None


def _begun(named: Named, language: str, *, like: str = "") -> Draft:
    begun = starting.template(kind=named.kind, purpose=like or named.purpose, language=language)
    told = msgspec.structs.replace(begun.purpose, key=named.purpose) if begun.purpose else None
    return Draft(
        kind=named.kind,
        purpose=named.purpose,
        language=language,
        title=begun.title,
        template=begun.template,
        told=told,
    )
