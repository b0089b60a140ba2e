"""Support heard who recommended a customer: by a code, or by the address of somebody who takes part.

Nobody is looked for by a name, and no list of those who take part is shown. Why it is entered is kept under the
customer's own key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.consent import addressing
from leumund.customers.notation import normalising
from leumund.kit import free_text, ground, personal
from leumund.kit.faults import Refused, Unknown
from leumund.kit.sealing import Column
from leumund.referrals.claims import telling
from leumund.referrals.claims.tables import ReferralClaim
from leumund.referrals.claims.telling import Said, Told

LONGEST_REASON = 500
FIELD = "recommended_by"
REASON = Column("referral_claim", "reason_sealed")
# Somebody whose data rest is not found. A program that rests or has ended is no reason not to be found by its code.
_BY_ADDRESS = """
SELECT c.id AS advocate, l.id AS link, l.program
FROM customer c LEFT JOIN (
    SELECT s.id, s.advocate, s.program FROM share_link s JOIN program p ON p.id = s.program AND p.state = 'live'
    WHERE s.retired_at IS NULL
) l ON l.advocate = c.id
WHERE c.email_hash = $1 AND c.held IS NULL
"""


class NobodysCode(Unknown):
    """No link of this company has the code."""


class NobodysAddress(Unknown):
    """No customer of this company has the address."""


class TakesNoPart(Refused):
    """A customer of this company who takes part in no program that runs."""


class SeveralPrograms(Refused):
    """They take part in several programs, of which none was chosen, or in none that was."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Who recommended, by code or address; in which ``program``, where an address leaves that open; and why it is told.

    ``conditions_shown`` is whether the customer knows the program's conditions.
    """

    recommended_by: str
    program: UUID | None = None
    conditions_shown: bool = False
    reason: str


async def find(*, heard: Heard, at: datetime) -> Told:
    """The claim, told at this moment. Two queries.

    Raises NobodysCode, NobodysAddress, TakesNoPart, SeveralPrograms, and what normalising.email raises.
    """
    if "@" in heard.recommended_by:
        row = await _of_address(heard.recommended_by, heard.program)
    else:
        row = await _of_code(heard.recommended_by, at)
    return Told(way="support", claimed_at=at, conditions_shown=heard.conditions_shown, **row)


async def keep(*, customer: UUID, told: Told, reason: str, by: UUID, at: datetime) -> UUID:
    """Write down what ``by`` was told of ``customer``, whom the caller holds, and why. Raises free_text's faults."""
    words = free_text.checked(reason, field="reason", needed=True, most=LONGEST_REASON)
    claim = uuid4()
    await ReferralClaim.insert(
        ReferralClaim(
            id=claim,
            customer=customer,
            link=told.link,
            way=told.way,
            claimed_at=told.claimed_at,
            told_at=at,
            conditions_shown=told.conditions_shown,
            told_by=by,
            reason_sealed=REASON.seal(words, claim, key=await personal.key(person=customer)),
        )
    )
    return claim


async def _of_code(code: str, at: datetime) -> dict[str, Any]:
    read = await telling.read(said=Said(code=code), claimed_at=at, at=at)
    if not read or read[0].link is None:
        raise NobodysCode("errors.claims.code_unknown", field=FIELD)
    return {"link": read[0].link, "advocate": read[0].advocate}


async def _of_address(address: str, program: UUID | None) -> dict[str, Any]:
    try:
        email = normalising.email(address)
    except Refused:
        raise NobodysAddress("errors.claims.no_address", field=FIELD) from None
    rows = await ground.fetch(_BY_ADDRESS, addressing.hashed(email))
    if not rows:
        raise NobodysAddress("errors.claims.address_unknown", field=FIELD)
    return _one(rows, program)


def _one(rows: Sequence[dict[str, Any]], program: UUID | None) -> dict[str, Any]:
    links = [row for row in rows if row["link"] is not None]
    if not links:
        raise TakesNoPart("errors.claims.takes_no_part", field=FIELD)
    fit = links if len(links) == 1 else [row for row in links if row["program"] == program]
    if not fit:
        raise SeveralPrograms("errors.claims.several_programs", field="program")
    return {"link": fit[0]["link"], "advocate": fit[0]["advocate"]}
