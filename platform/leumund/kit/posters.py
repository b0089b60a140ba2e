"""Print a poster: a code to scan with a few words around it, in the brand's colours, with 3 mm to cut into."""

from typing import Literal

import msgspec

from leumund.kit import typesetting

Paper = Literal["a4", "a5", "a6"]
PAPERS: tuple[Paper, ...] = ("a4", "a5", "a6")


class Poster(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on it; colours as #rrggbb, ``code`` as SVG, ``address`` as people type what the code leads to."""

    paper: Paper
    language: str
    issuer: str
    title: str
    lead: str
    code: str
    code_alt: str
    address: str
    foot: str
    brand: str
    brand_ink: str
    ink: str = "#181c21"
    muted: str = "#5d6670"


def pdf(poster: Poster) -> bytes:
    """The file; some milliseconds."""
    return typesetting.pdf("poster", msgspec.to_builtins(poster))
