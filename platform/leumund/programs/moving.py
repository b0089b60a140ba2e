"""Change what of a program is no version: its state, period, budget and limits, each change with who and when."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from leumund.kit import actors, ground
from leumund.programs.offers import Offer, Terms
from leumund.programs.tables import Program, ProgramMove

SETTINGS = (
    "state",
    "currency",
    "budget_cents",
    "review_above_cents",
    "four_eyes_above_cents",
    "begins_at",
    "ends_at",
)
_END = """
UPDATE program SET state = 'ended' WHERE key <> ALL ($1::text[]) AND state <> 'ended'
AND NOT EXISTS (SELECT FROM program_version v WHERE v.program = program.id AND v.published_by LIKE 'staff:%')
RETURNING id, key, (SELECT o.state FROM program o WHERE o.id = program.id) AS was
"""


def settings(of: Terms | Offer) -> dict[str, Any]:
    """What of a program is no version."""
    return {name: getattr(of, name) for name in SETTINGS}


async def move(*, before: Offer, wished: Mapping[str, Any], at: datetime, by: str) -> list[str]:
    """Make the program's settings as ``wished`` and return the names of those that changed.

    The caller holds the program's row.
    """
    changed = [name for name in wished if getattr(before, name) != wished[name]]
    if not changed:
        return []
    values: dict[Any, Any] = {name: wished[name] for name in changed}
    await Program.update({**values, "updated_at": at}).where(Program.id == before.id)
    await ProgramMove.insert(
        *(
            ProgramMove(
                id=uuid4(),
                program=before.id,
                field=name,
                was=_said(getattr(before, name)),
                became=_said(wished[name]),
                at=at,
                by=by,
            )
            for name in changed
        )
    )
    return changed


async def touch(*, program: UUID, at: datetime) -> None:
    """Note when the program was changed last."""
    await Program.update({Program.updated_at: at}).where(Program.id == program)


async def end_others(*, keys: Collection[str], at: datetime, by: str = actors.COMMAND_LINE) -> list[str]:
    """End every program that is none of ``keys`` and that no member set up; returns the keys of those that end by this.

    What was earned in them stays. ``updated_at`` is left alone: it says when the terms were changed.
    """
    rows = await ground.fetch(_END, list(keys))
    for row in rows:
        await ProgramMove.insert(
            ProgramMove(id=uuid4(), program=row["id"], field="state", was=row["was"], became="ended", at=at, by=by)
        )
    return sorted(row["key"] for row in rows)


def _said(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)
