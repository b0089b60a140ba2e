"""Answer what no software can know: who the data protection officer is, and what is done outside of it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.audit import masking, noting
from leumund.kit import free_text
from leumund.privacy.records.tables import Answer

# Art. 30(1)(a) and (g) GDPR.
KEYS = ("officer", "representative", "joint_controllers", "own_measures")
_MOST_CHARACTERS = 2000


async def answers() -> dict[str, str]:
    """What was answered, by KEYS; empty where nothing was."""
    rows = await Answer.select(Answer.key, Answer.words)
    return dict.fromkeys(KEYS, "") | {row["key"]: row["words"] for row in rows}


async def answer(*, given: Mapping[str, str], by: UUID, at: datetime) -> bool:
    """Keep what was ``given`` by KEYS; whether anything changed. Raises free_text.TooLong."""
    before = await answers()
    wanted = {key: free_text.checked(given[key], field=key, most=_MOST_CHARACTERS) for key in KEYS if key in given}
    changes = masking.changes(before, wanted)
    for key in changes:
        row = Answer(key=key, words=wanted[key], written_at=at, written_by=by)
        others = [column for column in Answer.all_columns() if column is not Answer.key]
        await Answer.insert(row).on_conflict(target=Answer.key, action="DO UPDATE", values=others)
    if changes:
        await noting.note(actor=f"staff:{by}", action="records.answered", changes=changes, at=at)
    return bool(changes)
