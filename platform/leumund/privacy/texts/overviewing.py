"""How each text stands: its version in each language, whether somebody writes at it, and whether it is still true."""

from collections.abc import Iterable

import msgspec

from leumund.company import describing
from leumund.consent.texts import drafting, publishing
from leumund.consent.texts.publishing import Text
from leumund.privacy.texts import noticing
from leumund.privacy.texts.writing import Named

_ALWAYS = (Named("notice"), Named("terms"))


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One text: what is current in each language, and the languages in which it is ``missing`` or has ``drifted``."""

    named: Named
    texts: list[Text]
    missing: list[str]
    drifted: list[str]
    drafted: bool

    @property
    def is_retired(self) -> bool:
        """Whether nobody is asked for it any more."""
        return bool(self.texts) and all(text.is_retired for text in self.texts)

    def title(self, language: str) -> str:
        """What it is called, in ``language`` where it is there."""
        titles = {text.language: text.title for text in self.texts}
        return titles.get(language) or next(iter(titles.values()), "")


async def listed() -> list[Standing]:
    """The notice, the terms and every consent there is or ever was. Raises NotDescribed."""
    languages = (await describing.profile()).languages
    texts = [text for text in await publishing.all_current(retired=True) if text.language in languages]
    drafted = {Named(draft.kind, draft.purpose) for draft in await drafting.every()}
    drifted = {(Named(each.text.kind, each.text.purpose), each.text.language) for each in await noticing.drifted()}
    consents = sorted({*_consents(Named(text.kind, text.purpose) for text in texts), *_consents(drafted)}, key=_name)
    return [_standing(named, texts, languages, drafted, drifted) for named in (*_ALWAYS, *consents)]


def _standing(
    named: Named,
    texts: Iterable[Text],
    languages: Iterable[str],
    drafted: set[Named],
    drifted: set[tuple[Named, str]],
) -> Standing:
    its = [text for text in texts if (text.kind, text.purpose) == (named.kind, named.purpose)]
    there = {text.language for text in its}
    return Standing(
        named=named,
        texts=its,
        missing=[language for language in languages if language not in there],
        drifted=[language for language in languages if (named, language) in drifted],
        drafted=named in drafted,
    )


def _consents(named: Iterable[Named]) -> set[Named]:
    return {each for each in named if each.kind == "consent"}


def _name(named: Named) -> str:
    return named.name
