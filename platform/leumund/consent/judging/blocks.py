"""Read a block of consents as a company's own form showed it: whether our words stood there, each with a free box.

What a shop shows is the shop's; what is kept as evidence of it has to be worth something (GDPR Art. 4(11), 7(2), 7(4)).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from leumund.consent.texts.publishing import Text
from leumund.kit import prose
from leumund.kit.faults import Refusals, Refused

# Nobody reads what stands in these.
_UNREAD = "template, noscript, textarea, select, datalist, dialog:not([open]), details:not([open]), [hidden]"
# By these a block looks otherwise than it reads, or ticks its own boxes.
_MOVES = "script, style, link, iframe, object, embed, base, meta"
# Nothing is given back once it is taken, so that a style of 40 KB takes no longer than it is long.
_ZERO = r"\s*+:\s*+(?:0++(?:\.0*+)?|\.0++)\s*+"
_HIDES = re.compile(
    r"(?<![\w-])(?:display\s*+:\s*+none|visibility\s*+:\s*+(?:hidden|collapse)|position\s*+:\s*+(?:absolute|fixed)"
    rf"|(?:clip|clip-path|transform)\s*+:|opacity{_ZERO}(?:[;!%]|$)"
    rf"|(?:font-size|(?:max-)?(?:width|height)){_ZERO}(?:[a-z%]++\s*+)?(?:[;!]|$))",
    re.IGNORECASE,
)
_BOXES = 'input[type="checkbox" i]'
_WORD = re.compile(r"\w+")


class BlockRefused(Refused):
    """It shows other words than ours, a box that is ticked or has to be, or more or fewer boxes than consents."""


class _Block(NamedTuple):
    """The words somebody reads, of each box which attributes it has, and whether anything can change either."""

    words: list[str]
    boxes: list[frozenset[str]]
    moves: bool


def check(html: str, *, texts: Sequence[Text]) -> None:
    """Raises Refusals: one BlockRefused for each thing that is wrong with ``html``, the block that showed ``texts``."""
    faults = list(_faults(_read(html), texts))
    if faults:
        raise Refusals(faults)


def _faults(block: _Block, texts: Sequence[Text]) -> Iterator[Refused]:
    for text in texts:
        if not _holds(block.words, _words(text.title)) or not _holds(block.words, _words_of(text.wording)):
            yield BlockRefused("errors.consent.block.words", field="html", title=text.title)
    if len(block.boxes) != len(texts):
        yield BlockRefused("errors.consent.block.boxes", field="html", boxes=len(block.boxes), consents=len(texts))
    if any("checked" in box for box in block.boxes):
        yield BlockRefused("errors.consent.block.ticked", field="html")
    if any("required" in box for box in block.boxes):
        yield BlockRefused("errors.consent.block.required", field="html")
    if block.moves:
        yield BlockRefused("errors.consent.block.moves", field="html")


def _read(html: str) -> _Block:
    page = LexborHTMLParser(html)
    moves = bool(page.css(_MOVES)) or any(
        name.lower().startswith("on") for part in page.css("*") for name in part.attributes
    )
    hidden = [part for part in page.css("[style]") if _HIDES.search(part.attributes["style"] or "")]
    for unread in [*page.css(_UNREAD), *hidden]:
        unread.decompose()
    words = page.body.text(separator=" ") if page.body else ""
    return _Block(_words(words), [frozenset(box.attributes) for box in page.css(_BOXES)], moves)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _words_of(wording: str) -> list[str]:
    """The words of a text as pages show it."""
    return [word for block in prose.blocks(wording) for line in block.lines for word in _words(line)]


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether ``wanted`` stands in ``words``, in one piece."""
    return f" {' '.join(wanted)} " in f" {' '.join(words)} "
