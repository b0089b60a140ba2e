"""What a document says before it becomes a page, a PDF or JSON: one content, so that no form of it says less."""

from collections.abc import Sequence
from datetime import datetime

import msgspec


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """Labels and what they are of, in order."""

    rows: Sequence[tuple[str, str]]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows of texts under a ``head`` of as many; ``empty`` is said where there are no rows."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""


class Prose(msgspec.Struct, frozen=True, tag="prose"):
    """Paragraphs."""

    paragraphs: Sequence[str]


class Points(msgspec.Struct, frozen=True, tag="points"):
    """A list of short texts."""

    lines: Sequence[str]


class Quote(msgspec.Struct, frozen=True, tag="quote"):
    """An exact ``wording`` as it was shown, written as kit.prose reads it, in its own ``language``."""

    title: str
    wording: str
    language: str


Block = Facts | Table | Prose | Points | Quote


class Section(msgspec.Struct, frozen=True):
    """Blocks under a ``heading``, in a ``language`` of their own where it is not the sheet's."""

    heading: str
    blocks: Sequence[Block]
    language: str = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A document in one ``language``, by ``issuer``, as of ``at`` (UTC).

    ``lead`` says what it is in a sentence, ``foot`` what stands under each page, such as a hash.
    """

    title: str
    language: str
    issuer: str
    at: datetime
    lead: str = ""
    sections: Sequence[Section]
    foot: str = ""
