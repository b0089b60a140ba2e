"""Legal wording as people write it in a text file: blank lines part paragraphs, ``##`` heads, ``-`` lists."""

from collections.abc import Iterator

import msgspec


class Block(msgspec.Struct, frozen=True):
    """A piece of prose: ``kind`` is heading, list or paragraph; ``lines`` are its plain texts."""

    kind: str
    lines: list[str]


def blocks(wording: str) -> list[Block]:
    """The pieces of ``wording`` in order. Everything stays plain text: the page escapes it."""
    return [block for piece in _pieces(wording) for block in _kinds(piece)]


def _pieces(wording: str) -> Iterator[list[str]]:
    for piece in wording.replace("\r\n", "\n").split("\n\n"):
        if lines := [line.strip() for line in piece.split("\n") if line.strip()]:
            yield lines


def _kinds(lines: list[str]) -> Iterator[Block]:
    if lines[0].startswith("#"):
        yield Block("heading", [lines[0].lstrip("# ")])
        lines = lines[1:]
    if lines:
        listed = all(line.startswith("- ") for line in lines)
        yield Block("list", [line[2:] for line in lines]) if listed else Block("paragraph", lines)
