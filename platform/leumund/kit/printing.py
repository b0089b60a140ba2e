"""Print a sheet: a tagged PDF (PDF/UA-1) that screen readers can read, whatever script a name is written in.

Typst sets it, from its own fonts and those of the charts' library: nothing of the machine's takes part, so that the
same sheet is the same file.
"""

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import matplotlib
import msgspec
import typst

from leumund.kit import prose
from leumund.kit.sheets import Block, Quote, Section, Sheet

_HERE = Path(__file__).parent
_STANDARD: Final = "ua-1"
# What stands for no sign at all; a document for screen readers may not have it, and there has to be a document.
_UNPRINTABLE: Final = dict.fromkeys((0xFEFF, 0xFFFE), "\ufffd")
# One compiler serves all: it keeps its fonts, and sets one sheet at a time.
_SETTING = Lock()


def pdf(sheet: Sheet) -> bytes:
    """The file. A page takes some milliseconds, a person's whole story some hundred: long ones belong in a thread."""
    told = {**msgspec.to_builtins(sheet), "moment": sheet.at.strftime("%Y-%m-%d %H:%M UTC")}
    told["sections"] = [_section(section) for section in sheet.sections]
    with _SETTING:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"sheet": json.dumps(told, ensure_ascii=False).translate(_UNPRINTABLE)},
            pdf_standards=[_STANDARD],
            timestamp=int(sheet.at.timestamp()),
        )
    assert isinstance(made, bytes), "one file, since it is no picture of each page"
    return made


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "language": section.language,
        "blocks": [_block(block) for block in section.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(block)
    if isinstance(block, Quote):
        told["pieces"] = [msgspec.to_builtins(piece) for piece in prose.blocks(block.wording)]
    return told


@cache
def _compiler() -> typst.Compiler:
    # Typst's own fonts lack scripts that names are written in; the charts' library has them, and a last resort. The
    # sheet names that one, since Typst by itself does not always find what it has.
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return typst.Compiler(_HERE / "sheet.typ", root=_HERE, font_paths=[fonts], ignore_system_fonts=True)
