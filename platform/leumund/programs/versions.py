"""What was published of a program, and who moved it when: read again as it was."""

from datetime import datetime

import msgspec

from leumund.kit import ground
from leumund.programs import offering
from leumund.programs.offers import Version

_VERSIONS = f"""
SELECT {offering.COLUMNS} FROM program p JOIN program_version v ON v.program = p.id WHERE p.key = $1
ORDER BY v.number DESC
"""  # noqa: S608
_MOVES = """
SELECT m.field, m.was, m.became, m.at, m.by FROM program p JOIN program_move m ON m.program = p.id WHERE p.key = $1
ORDER BY m.at DESC, m.field LIMIT 50
"""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody changed a setting."""

    field: str
    was: str | None
    became: str | None
    at: datetime
    by: str


async def all_of(*, key: str) -> list[Version]:
    """Every version of a program, the newest first."""
    return [offering.of_row(row).version for row in await ground.fetch(_VERSIONS, key)]


async def moves_of(*, key: str) -> list[Move]:
    """What was set since it was first published, the newest first; the last fifty."""
    return [Move(**row) for row in await ground.fetch(_MOVES, key)]
