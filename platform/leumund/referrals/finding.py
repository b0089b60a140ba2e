"""What a code leads to."""

from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.programs import offering
from leumund.programs.offering import Offer


class UnknownCode(Unknown):
    """No link of this company, or no longer one."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A link that stands: who shares it, by first name alone, and what is offered."""

    link: UUID
    advocate: UUID
    advocate_name: str
    offer: Offer


async def look_up(*, code: str) -> Shared:
    """The link of ``code`` in a live program. Raises UnknownCode."""
    rows: list[dict[str, Any]] = await ground.fetch(
        "SELECT l.id, l.advocate, l.program, c.given_name FROM share_link l JOIN customer c ON c.id = l.advocate "
        "JOIN program p ON p.id = l.program AND p.state = 'live' WHERE l.code = $1 AND l.retired_at IS NULL",
        code.lower(),
    )
    if not rows:
        raise UnknownCode("errors.referrals.unknown_code")
    row = rows[0]
    return Shared(
        link=row["id"],
        advocate=row["advocate"],
        advocate_name=row["given_name"],
        offer=await offering.by_id(program=row["program"]),
    )
