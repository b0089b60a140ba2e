"""Where a company's links may lead."""

from datetime import datetime
from uuid import UUID

from leumund.referrals import targeting


async def leave(mark: str, *, member: UUID, at: datetime) -> None:
    """A page of ``mark`` on the list."""
    await targeting.allow(typed=f"https://www.{mark}.example/friends/", actor=f"staff:{member}", at=at)
