"""Sessions of staff: 256 random bits in a cookie, a digest in the table, half an hour idle and half a day at most."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground, sitting, tokens
from leumund.staff import members
from leumund.staff.members import Member
from leumund.staff.tables import StaffSession

_FIND = f"""
SELECT session.id AS session, session.created_at AS begun_at, session.seen_at,
    {", ".join(f"member.{name}" for name in members.COLUMNS)}
FROM staff_session session JOIN staff_member member ON member.id = session.member
WHERE session.token_hash = $1 AND session.ended_at IS NULL AND session.second_factor_at IS NOT NULL
  AND member.disabled_at IS NULL
"""  # noqa: S608 - names of ours alone


async def begin(*, member: UUID, at: datetime) -> str:
    """The token of a new session; both factors were just shown."""
    token = tokens.fresh()
    row = StaffSession(member=member, token_hash=tokens.digest(token), second_factor_at=at, created_at=at, seen_at=at)
    await StaffSession.insert(row)
    return token


async def recognise(*, token: str, at: datetime) -> Member | None:
    """Whose session ``token`` is, with the role as it is now; None when it ended, ran out or never was."""
    rows = await ground.fetch(_FIND, tokens.digest(token))
    if not rows or not sitting.is_alive(rows[0]["begun_at"], rows[0]["seen_at"], at):
        return None
    row = rows[0]
    if sitting.is_to_be_noted(row["seen_at"], at) and not ground.is_readonly():
        await StaffSession.update(seen_at=at).where(StaffSession.id == row["session"])
    return members.seen(row)


async def leave(*, token: str, at: datetime) -> None:
    """End this session; an old cookie is worth nothing from now on."""
    ending = StaffSession.update(ended_at=at)
    await ending.where((StaffSession.token_hash == tokens.digest(token)) & StaffSession.ended_at.is_null())


async def end_all(*, member: UUID, at: datetime) -> None:
    """End every session of a member, wherever it is open."""
    ending = StaffSession.update(ended_at=at)
    await ending.where((StaffSession.member == member) & StaffSession.ended_at.is_null())
