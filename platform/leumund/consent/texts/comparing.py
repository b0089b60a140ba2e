"""What differs between two wordings, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import msgspec

_AROUND_LETTERS = 160
_WORD = re.compile(r"\S+\s*")


class Piece(msgspec.Struct, frozen=True):
    """Words that both have (``same``), or that one has alone: ``gone`` from the first, ``new`` in the second."""

    kind: str
    words: str


def differences(before: str, after: str) -> list[Piece]:
    """Both wordings in one: joined, ``same`` and ``gone`` are the first, ``same`` and ``new`` the second."""
    return list(_pieces(_WORD.findall(before), _WORD.findall(after)))


def excerpt(pieces: list[Piece]) -> list[Piece]:
    """What changed, with a few words around it: what stays the same is cut out of the middle where it is long."""
    return [piece if piece.kind != "same" else Piece("same", _cut(piece.words)) for piece in pieces]


def _cut(words: str) -> str:
    if len(words) <= 2 * _AROUND_LETTERS:
        return words
    return f"{words[:_AROUND_LETTERS].rsplit(' ', 1)[0]} […] {words[-_AROUND_LETTERS:].split(' ', 1)[-1]}"


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for change, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if change == "equal":
            yield Piece("same", "".join(after[c:d]))
            continue
        if b > a:
            yield Piece("gone", "".join(before[a:b]))
        if d > c:
            yield Piece("new", "".join(after[c:d]))
