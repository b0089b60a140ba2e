"""What a code leads to."""

from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.programs import offering
from leumund.programs.offering import Offer

# One query for all that a landing page says of its link: it is the page most often opened.
_SHARED = f"""
SELECT l.id AS link, l.advocate, {naming.one("given_name", "c", as_="name")}, {offering.COLUMNS}
FROM share_link l JOIN customer c ON c.id = l.advocate JOIN program p ON p.id = l.program AND {offering.LIVE}
{offering.RULES} WHERE l.code = $1 AND l.retired_at IS NULL AND c.held IS NULL GROUP BY l.id, c.id, p.id
"""  # noqa: S608


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
    rows = await ground.fetch(_SHARED, code.lower())
    if not rows:
        raise UnknownCode("errors.referrals.unknown_code")
    row = rows[0]
    return Shared(
        link=row["link"],
        advocate=row["advocate"],
        advocate_name=naming.take_one(row, "given_name", row["advocate"], as_="name"),
        offer=offering.of_row(row),
    )
