"""Prove the second factor: whose telephone shows this code, which is good once, and slower to guess each time.

At the door a code stands beside a password; before a deed that no borrowed browser may do it is asked for again.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from leumund.audit import noting
from leumund.kit import codes, ground, knocking
from leumund.kit.faults import Refused
from leumund.staff import second_factor
from leumund.staff.tables import StaffMember

# Counted before the code is looked at, under the row's lock: a thousand tries at once are tried one by one.
_COUNT = """
UPDATE staff_member SET failed_attempts = failed_attempts + 1, failed_at = $2
WHERE id = $1 AND (failed_at IS NULL OR failed_at + $3 <= $2) AND failed_attempts = $4 RETURNING id
"""
_USE_STEP = """
UPDATE staff_member SET totp_last_step = $2, failed_attempts = 0, failed_at = NULL
WHERE id = $1 AND totp_last_step < $2 RETURNING id
"""


class WrongCode(Refused):
    """What is said of a code that was not the member's or not new, once the failure has been counted for good."""

    def __init__(self) -> None:
        super().__init__("errors.staff.code", field="code")


async def prove(*, member: UUID, code: str, at: datetime) -> bool:
    """Whether ``code`` is new and ``member``'s.

    It answers instead of raising, so that a counted failure is committed.
    """
    row = await StaffMember.select().where(StaffMember.id == member).first()
    usable = row if row is not None and is_usable(row) else None
    if await count(usable, at) and usable is not None and await use_code(usable, code, at):
        return True
    await noting.note(actor=f"staff:{member}", action="staff.code_refused", subject=member, at=at)
    return False


def is_usable(row: dict[str, Any]) -> bool:
    """Whether a member's row has a second factor that still counts."""
    return row["disabled_at"] is None and row["totp_sealed"] is not None


async def count(row: dict[str, Any] | None, at: datetime) -> bool:
    """Count a try for the member of ``row``; nobody's costs the same. False while one has to wait."""
    member, attempts = (row["id"], row["failed_attempts"]) if row else (uuid4(), 0)
    return bool(await ground.fetch(_COUNT, member, at, knocking.wait(attempts), attempts))


async def use_code(row: dict[str, Any], code: str, at: datetime) -> bool:
    """Whether ``code`` is theirs and was not used; it is from now on."""
    member: UUID = row["id"]
    step = codes.step_of(second_factor.unseal(row["totp_sealed"], member), code, at)
    return step is not None and bool(await ground.fetch(_USE_STEP, member, step))
