"""Print a sheet: a tagged PDF that screen readers can read."""

from typing import Any

import msgspec

from leumund.kit import prose, typesetting
from leumund.kit.sheets import Block, Quote, Section, Sheet


def pdf(sheet: Sheet) -> bytes:
    """The file. A page takes some milliseconds, a person's whole story some hundred: long ones belong in a thread."""
    told = {**msgspec.to_builtins(sheet), "moment": sheet.at.strftime("%Y-%m-%d %H:%M UTC")}
    told["sections"] = [_section(section) for section in sheet.sections]
    return typesetting.pdf("sheet", told, at=sheet.at)


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
