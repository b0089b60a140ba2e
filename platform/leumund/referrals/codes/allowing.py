"""Which codes people may choose: how one is written, and what none of them says."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from leumund.kit.faults import Refused
from leumund.referrals.codes import reading, speaking

SHORTEST, LONGEST = 3, 24
# Letters and digits in groups, with one hyphen between two of them.
_WRITTEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "-", "_": "-", ".": "-"})
# What is shorter is part of too many words to be looked for in a code.
_SHORTEST_NAME = 4
_FIELD = "code"


class Miswritten(Refused):
    """Not made of letters, digits and hyphens, or of too few or too many."""


class Reserved(Refused):
    """Sounds like the company, or means something here."""


class Offensive(Refused):
    """Says what nobody wants to read on a card."""


class _Words(NamedTuple):
    reserved: frozenset[str]
    offensive: frozenset[str]
    anywhere: tuple[str, ...]


def checked(wish: str, *, names: Iterable[str]) -> str:
    """``wish`` as it is written on cards; ``names`` are what the company is called.

    Raises Miswritten, Reserved, Offensive.
    """
    written = wish.strip().casefold().translate(_WRITTEN_OUT)
    if not (SHORTEST <= len(written) <= LONGEST and _WRITTEN.fullmatch(written) and re.search("[a-z]", written)):
        raise Miswritten("errors.codes.written", field=_FIELD, shortest=SHORTEST, longest=LONGEST)
    if offends(written):
        raise Offensive("errors.codes.offensive", field=_FIELD)
    if _means_something(written) or _sounds_like(written, [*names]) or speaking.is_spoken(written):
        raise Reserved("errors.codes.reserved", field=_FIELD)
    return written


def offends(written: str) -> bool:
    """Whether ``written`` says what nobody wants to read, as a word of its own or anywhere."""
    whole, words = reading.normal(written), _words()
    return bool(_pieces(written) & words.offensive) or any(word in whole for word in words.anywhere)


def _means_something(written: str) -> bool:
    return bool(_pieces(written) & _words().reserved)


def _sounds_like(written: str, names: Sequence[str]) -> bool:
    """Whether it holds a name of the company's whole, or has a word of one for its own."""
    called = {reading.normal(name) for name in names}
    words = {reading.normal(word) for name in names for word in name.split()}
    return any(len(name) >= _SHORTEST_NAME and name in reading.normal(written) for name in called) or bool(
        {word for word in words if len(word) >= _SHORTEST_NAME} & _pieces(written)
    )


def _pieces(written: str) -> set[str]:
    """Each word of it, and all of it as one."""
    return {reading.normal(written), *map(reading.normal, written.split("-"))}


@cache
def _words() -> _Words:
    told = tomllib.loads(resources.files("leumund.referrals.codes").joinpath("refused.toml").read_text("utf-8"))
    reserved, offensive, anywhere = (
        [reading.normal(word) for word in words]
        for words in (told["reserved"]["words"], told["offensive"]["words"], told["offensive"]["anywhere"])
    )
    return _Words(frozenset(reserved), frozenset(offensive), tuple(anywhere))
