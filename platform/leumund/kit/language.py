"""What we say to people, from the German and English catalogues; a missing sentence is our fault and raises."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from gettext import c2py
from typing import NamedTuple

from babel import Locale
from babel.messages.pofile import read_po

from leumund.kit import places

LANGUAGES = ("de", "en")
_LONGEST_HEADER = 500


class MissingText(LookupError):
    """A catalogue lacks a key."""


class Catalogue(NamedTuple):
    """All sentences of one language, by key; several forms where there is a plural."""

    texts: Mapping[str, tuple[str, ...]]
    form_of: Callable[[int], int]


@cache
def catalogue(language: str) -> Catalogue:
    """Every area of one language in one piece; a key said in two areas is our fault."""
    texts: dict[str, tuple[str, ...]] = {}
    for path in sorted((places.locales() / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if not key:
                    continue
                assert key not in texts, f"{path}: {key} is said twice"
                texts[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return Catalogue(texts, c2py("n != 1"))


def text(key: str, language: str, **values: object) -> str:
    """The sentence ``key`` in ``language``, with ``values`` in its places. Raises MissingText."""
    return _forms(key, language)[0].format(**values)


def plural(key: str, language: str, n: int, **values: object) -> str:
    """The sentence for ``n`` of something; ``{n}`` stands in it. Raises MissingText."""
    forms = _forms(key, language)
    return forms[catalogue(language).form_of(n)].format(n=n, **values)


def country(code: str, language: str) -> str:
    """A country, by its ISO 3166-1 code, as it is called in ``language``; the code itself where it has no name."""
    return str(Locale(language).territories.get(code, code))


def tongue(code: str, language: str) -> str:
    """As ``country`` does, a language by its ISO 639-1 code."""
    return str(Locale(language).languages.get(code, code))


def preferred(header: str, among: Sequence[str]) -> str:
    """What an Accept-Language ``header`` likes best ``among`` languages, the earlier of two as dear; else their first.

    A part that cannot be read weighs nothing.
    """
    best, most = among[0], 0.0
    for part in header[:_LONGEST_HEADER].split(","):
        name, _, weight = part.partition(";")
        spoken = name.strip().lower().split("-")[0]
        if (spoken in among or spoken == "*") and (weighs := _weight(weight)) > most:
            best, most = among[0] if spoken == "*" else spoken, weighs
    return best


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0


def _forms(key: str, language: str) -> tuple[str, ...]:
    forms = catalogue(language if language in LANGUAGES else "en").texts.get(key, ())
    if not all(forms) or not forms:
        raise MissingText(f"{language}: {key}")
    return forms
