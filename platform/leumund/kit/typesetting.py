"""Set a document of kit as a tagged PDF (PDF/UA-1), which screen readers read, whatever script a name is written in.

Typst sets it, from its own fonts and those of the charts' library: nothing of the machine's takes part, so that the
same document is the same file.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import matplotlib
import typst

_HERE = Path(__file__).parent
_STANDARD: Final = "ua-1"
# What stands for no sign at all; a document for screen readers may not have it, and there has to be a document.
_UNPRINTABLE: Final = dict.fromkeys((0xFEFF, 0xFFFE), "\ufffd")
# One compiler serves all: it keeps its fonts, and sets one document at a time.
_SETTING = Lock()


def pdf(template: str, told: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """``template``.typ beside this file with ``told`` as its data, as of ``at``; some milliseconds a page."""
    with _SETTING:
        made = _compiler(template).compile(
            format="pdf",
            sys_inputs={template: json.dumps(told, ensure_ascii=False).translate(_UNPRINTABLE)},
            pdf_standards=[_STANDARD],
            timestamp=int(at.timestamp()) if at else None,
        )
    assert isinstance(made, bytes), "one file, since it is no picture of each page"
    return made


@cache
def _compiler(template: str) -> typst.Compiler:
    # Typst's own fonts lack scripts that names are written in; the charts' library has them, and a last resort. The
    # template names that one, since Typst by itself does not always find what it has.
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return typst.Compiler(_HERE / f"{template}.typ", root=_HERE, font_paths=[fonts], ignore_system_fonts=True)
