"""Print a poster: a code to scan with a few words around it, in the brand's colours, with 3 mm to cut into."""

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final, Literal

import matplotlib
import msgspec
import typst

_HERE = Path(__file__).parent
_STANDARD: Final = "ua-1"
_SETTING = Lock()

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
    with _SETTING:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"poster": json.dumps(msgspec.to_builtins(poster), ensure_ascii=False)},
            pdf_standards=[_STANDARD],
        )
    assert isinstance(made, bytes), "one file, since it is no picture of each page"
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return typst.Compiler(_HERE / "poster.typ", root=_HERE, font_paths=[fonts], ignore_system_fonts=True)
