"""Legal wording as people write it in a text file: blank lines part paragraphs, ``##`` heads, ``-`` lists."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from markupsafe import Markup


class Block(msgspec.Struct, frozen=True):
    """A piece of prose: ``kind`` is heading, list or paragraph; ``lines`` are its plain texts."""

    kind: str
    lines: list[str]


def blocks(wording: str) -> list[Block]:
    """The pieces of ``wording`` in order. Everything stays plain text: the page escapes it."""
    return [block for piece in _pieces(wording) for block in _kinds(piece)]


# A company's wordings are the longest part of its busiest page, and the same for everybody.
@lru_cache(maxsize=1_000)
def page(wording: str) -> Markup:
    """``wording`` as HTML, each line escaped."""
    return Markup("\n").join(_tagged(block) for block in blocks(wording))


def _tagged(block: Block) -> Markup:
    if block.kind == "heading":
        return Markup("<h2>{}</h2>").format(block.lines[0])
    if block.kind == "list":
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(line) for line in block.lines))
    return Markup("<p>{}</p>").format(Markup("<br>").join(block.lines))


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
