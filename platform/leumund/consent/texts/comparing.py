"""What differs between two wordings: line by line, and word by word in the lines that changed.

Words repeat and lines hardly ever do, so that long wordings are compared as fast as short ones. What somebody made of a
few words over and over would take minutes: where more changed at once than anybody follows, it is told as a whole.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby

import msgspec

MOST_LINES, MOST_WORDS = 1_000, 400
_AROUND_LETTERS = 160
_LINE, _WORD = re.compile(r"[^\n]*\n|[^\n]+"), re.compile(r"\s+|\S+\s*")


class Piece(msgspec.Struct, frozen=True):
    """Words that both have (``same``), or that one has alone: ``gone`` from the first, ``new`` in the second."""

    kind: str
    words: str


def differences(before: str, after: str) -> list[Piece]:
    """Both wordings in one: joined, ``same`` and ``gone`` are the first, ``same`` and ``new`` the second."""
    return _joined(_of_lines(_LINE.findall(before), _LINE.findall(after)))


def excerpt(pieces: list[Piece]) -> list[Piece]:
    """What changed, with a few words around it: what stays the same is cut out of the middle where it is long."""
    return [piece if piece.kind != "same" else Piece("same", _cut(piece.words)) for piece in pieces]


def _cut(words: str) -> str:
    if len(words) <= 2 * _AROUND_LETTERS:
        return words
    return f"{words[:_AROUND_LETTERS].rsplit(' ', 1)[0]} […] {words[-_AROUND_LETTERS:].split(' ', 1)[-1]}"


def _of_lines(before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, gone, new in _changes(before, after, most=MOST_LINES):
        if kind == "equal":
            yield Piece("same", "".join(new))
        else:
            yield from _of_words(_WORD.findall("".join(gone)), _WORD.findall("".join(new)))


def _of_words(before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, gone, new in _changes(before, after, most=MOST_WORDS):
        if kind == "equal":
            yield Piece("same", "".join(new))
            continue
        yield Piece("gone", "".join(gone))
        yield Piece("new", "".join(new))


def _changes(before: list[str], after: list[str], *, most: int) -> Iterator[tuple[str, list[str], list[str]]]:
    if max(len(before), len(after)) > most:
        yield "replace", before, after
        return
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield kind, before[a:b], after[c:d]


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Pieces of one kind that follow each other are one, and empty ones none."""
    told = groupby((piece for piece in pieces if piece.words), key=lambda piece: piece.kind)
    return [Piece(kind, "".join(piece.words for piece in run)) for kind, run in told]
