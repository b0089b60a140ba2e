"""What a code leads to, whichever of a link's codes it is and however it was typed."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.referrals import leading
from leumund.referrals.codes import keeping, reading, speaking

# One query for all that a landing page says of its link: it is the page most often opened.
_SHARED = f"""
SELECT l.id AS link, l.advocate, {naming.one("given_name", "c", as_="name")}, {offering.COLUMNS}
{leading.STANDING} {offering.NEWEST}
WHERE l.id = {leading.coded(plain="$1", code_hash="$2")} AND l.retired_at IS NULL AND {offering.live("$3")}
"""


class UnknownCode(Unknown):
    """No link of this company, or no longer one."""


class Misheard(UnknownCode):
    """Words of a code that is said, and yet none: one of them was understood otherwise."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A link that stands: who shares it, by first name alone, and what is offered."""

    link: UUID
    advocate: UUID
    advocate_name: str
    offer: Offer


async def look_up(*, code: str, at: datetime) -> Shared:
    """The link of ``code`` in a program that runs at ``at``: its own code, one that is said, or one that was chosen.

    One query. Raises UnknownCode, of what cannot be a code without any; Misheard where its check sign does not fit.
    """
    plain = reading.normal(code)
    if speaking.misheard(code):
        raise Misheard("errors.codes.misheard", field="code")
    rows = await ground.fetch(_SHARED, plain, keeping.hashed(code), at) if plain else []
    if not rows:
        raise UnknownCode("errors.referrals.unknown_code", field="code")
    row = rows[0]
    return Shared(
        link=row["link"],
        advocate=row["advocate"],
        advocate_name=naming.take_one(row, "given_name", row["advocate"], as_="name"),
        offer=offering.of_row(row),
    )
