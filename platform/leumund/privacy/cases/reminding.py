"""Remind whoever watches over the law: ten days, three days and on the last day before a request must be answered."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.company import describing
from leumund.kit import ground
from leumund.messages import alerting
from leumund.privacy.cases import recording, rules

_OPEN = """
SELECT id, due_date, reminded_days FROM rights_case WHERE closed_at IS NULL AND due_date <= $1
ORDER BY due_date FOR UPDATE
"""
_REMINDED = "UPDATE rights_case SET reminded_days = $2 WHERE id = $1"
# A day more than the first reminder, since the company's day may have begun where ours has not.
_LOOK_AHEAD = timedelta(days=11)


async def remind(*, at: datetime) -> int:
    """One mail to each who works on requests, however many are due; returns how many cases it is about."""
    due = await _due(at)
    for case, days in due.items():
        await ground.execute(_REMINDED, case, days)
        await recording.record(case=case, what="reminded", actor=recording.SYSTEM, detail={"days": days}, at=at)
    if due:
        await alerting.alert(kind="case_reminder", right="cases.work", at=at)
    return len(due)


async def _due(at: datetime) -> dict[UUID, int]:
    """The cases a reminder is due of, and which one."""
    rows = await ground.fetch(_OPEN, at.date() + _LOOK_AHEAD)
    if not rows:
        # Nor is there anything to ask by whose clocks; a company may not even have said who it is.
        return {}
    today = rules.day_of(at, time_zone=(await describing.profile()).time_zone)
    found = {
        row["id"]: rules.reminder(row["due_date"], today=today, reminded_days=row["reminded_days"]) for row in rows
    }
    return {case: days for case, days in found.items() if days is not None}
