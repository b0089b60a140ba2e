"""Look over the words of a mail: can they be filled in, do they ask their question, and stay what their basis allows.

Advertising under another basis than consent is what § 7 UWG forbids, and a mail that asks for a consent is free of it
altogether. The words that give it away are data. A mail that asks for an answer asks for no good one.

They are looked over as they stand and as they are read once they are filled in, by whoever chooses them and again in
each mail: what Liquid puts together, or a branch that no example takes, is in no line as it was written.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources

from leumund.kit import letters
from leumund.kit.faults import Refusals, Refused
from leumund.messages.kinds import KINDS
from leumund.messages.words import filling, pleading
from leumund.messages.words.filling import BadWords, Unfillable
from leumund.messages.words.letters import Words

LONGEST = {"subject": 200, "wording": 4_000}
# A mail has its button and its foot: a link among the words is what thieves send.
_LINK = re.compile(r"\w+://|\bwww\.|\b(?:javascript|data|mailto|tel):", re.IGNORECASE)


def require_fit(*, kind: str, words: Words, values: Mapping[str, str]) -> None:
    """Nothing, when ``words`` may stand in a mail of ``kind``; ``values`` are all they may name. Raises Refusals."""
    if faults := [*_faults(kind, words, values)]:
        raise Refusals(faults)


def require_still_fit(*, kind: str, said: Iterable[str], values: Mapping[str, str]) -> None:
    """Nothing, when a mail of ``kind`` may say what its words became with ``values``. Raises filling.Unfillable."""
    for text in said:
        if next(_read(kind, text, "", values), None) is not None:
            raise Unfillable


def require_proper(*, words: Words) -> None:
    """Nothing, when a member may write ``words`` to one person, whoever that is: they advertise nothing.

    Nor do they ask for a recommendation or a better mark. An amount of money is no advertisement in a letter: what was
    charged twice is paid back. Raises Refusals.
    """
    faults: list[Refused] = []
    for field, said in (("subject", words.subject), ("wording", words.wording)):
        plain = letters.visible(said)
        if not plain.strip():
            faults.append(BadWords("errors.forms.missing", field=field))
        elif len(said) > LONGEST[field]:
            faults.append(BadWords("errors.messages.words.too_long", field=field, longest=LONGEST[field]))
        elif _LINK.search(plain):
            faults.append(BadWords("errors.messages.words.link", field=field))
        elif found := [each[0] for each in _courts().finditer(plain)]:
            told = ", ".join(dict.fromkeys(found))
            faults.append(BadWords("errors.messages.words.courts", field=field, words=told))
    if faults:
        raise Refusals(faults)


def advertising(text: str) -> list[str]:
    """The words in ``text``, of whichever language, that advertise."""
    return [found[0] for found in _advertises().finditer(text)]


def _faults(kind: str, words: Words, values: Mapping[str, str]) -> Iterator[Refused]:
    for field, said in (("subject", words.subject), ("wording", words.wording)):
        yield from list(_of_field(kind, field, said, values))[:1]
    if "\n" in words.subject or "\r" in words.subject:
        yield BadWords("errors.messages.words.one_line", field="subject")


def _of_field(kind: str, field: str, said: str, values: Mapping[str, str]) -> Iterator[Refused]:
    """What is wrong with one field, worst first: what cannot be read is not looked at any closer."""
    if not said.strip():
        yield BadWords("errors.forms.missing", field=field)
    if len(said) > LONGEST[field]:
        yield BadWords("errors.messages.words.too_long", field=field, longest=LONGEST[field])
        return
    try:
        filling.check(said, values=values, field=field)
    except BadWords as fault:
        yield fault
        return
    for text in (said, filling.fill(said, values), filling.fill(said, dict.fromkeys(values, ""))):
        yield from _read(kind, text, field, values)
    if field == "wording" and KINDS[kind].asks_score and not filling.asks_for(said, "question"):
        yield BadWords("errors.messages.words.no_question", field=field)


def _read(kind: str, text: str, field: str, values: Mapping[str, str]) -> Iterator[BadWords]:
    """What is wrong with ``text`` as people read it; what stands for a value is not the template's doing."""
    plain = letters.visible(text)
    for value in filter(None, map(letters.visible, values.values())):
        plain = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", plain, flags=re.IGNORECASE)
    if _LINK.search(plain):
        yield BadWords("errors.messages.words.link", field=field)
    if KINDS[kind].asks_score:
        for name, pattern in (("loaded", pleading.LOADED), ("bought", pleading.BOUGHT)):
            if match := pattern.search(plain):
                yield BadWords(f"errors.messages.words.{name}", field=field, word=match[0])
    if not KINDS[kind].advertising and (found := advertising(plain)):
        yield BadWords("errors.messages.words.advertises", field=field, words=", ".join(dict.fromkeys(found)))


@cache
def _advertises() -> re.Pattern[str]:
    words = [word for said in _given()["words"].values() for word in said]
    return re.compile("|".join(words), re.IGNORECASE)


@cache
def _courts() -> re.Pattern[str]:
    """What no letter says: words that advertise, and those that ask for praise."""
    given = _given()
    words = [word for part in ("words", "praise") for tongue in ("de", "en") for word in given[part][tongue]]
    return re.compile("|".join(words), re.IGNORECASE)


def _given() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("leumund.messages.words").joinpath("advertising.toml").read_text("utf-8"))
