"""Codes to be said: three words that are the same in German and English, and a sign that shows what was misheard.

``tiger-radar-kiwi-7`` can be told over a counter or a phone. Some three and a half million can be drawn: nobody guesses
one of somebody's by trying a few, and whoever does learns a first name.
"""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

from leumund.referrals.codes import reading

WORDS = 3
# The digits that are mixed up neither on paper (0, 1) nor by who says "zwo" for 2: seven, which is a prime.
_SIGNS = "3456789"
Choose = Callable[[Sequence[str]], str]


def drawn(choose: Choose) -> str:
    """A code of words that ``choose`` takes from all there are."""
    words = [choose(list(_words())) for _ in range(WORDS)]
    return "-".join([*words, sign(words)])


def sign(words: Sequence[str]) -> str:
    """The last sign of a code of ``words``; another word in one place, or two that changed theirs, mostly has another.

    Words that are least unlike have another one for sure.
    """
    rows = _words()
    return _SIGNS[sum(place * rows[word] for place, word in enumerate(words, 1)) % len(_SIGNS)]


def is_spoken(written: str) -> bool:
    """Whether ``written`` is made of as many of our words and one sign more, be it the right one or not."""
    return len(_split(reading.normal(written)[:-1])) == WORDS


def misheard(written: str) -> bool:
    """Whether ``written`` is made of our words and yet none of our codes: the sign does not fit."""
    plain = reading.normal(written)
    told = _split(plain[:-1])
    return len(told) == WORDS and sign(told) != plain[-1:]


def _split(plain: str) -> list[str]:
    """The words ``plain`` is made of, in normal form each; empty where it is not made of them alone."""
    found: list[str] = []
    while plain and len(found) < WORDS:
        # No word is the beginning of another, so that there is one way at most.
        word = next((word for form, word in _forms().items() if plain.startswith(form)), None)
        if word is None:
            return []
        found.append(word)
        plain = plain.removeprefix(reading.normal(word))
    return [] if plain else found


@cache
def _words() -> dict[str, int]:
    """Every word with its row."""
    told = tomllib.loads(resources.files("leumund.referrals.codes").joinpath("spoken.toml").read_text("utf-8"))
    return {word: place for place, row in enumerate(told["rows"]) for word in row.split()}


@cache
def _forms() -> dict[str, str]:
    return {reading.normal(word): word for word in _words()}
