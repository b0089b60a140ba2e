"""Ask a person who recommended them, where that is open still: a code is told, and nobody is looked for by a name."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.programs import offering
from leumund.referrals.claims import telling
from leumund.referrals.claims.telling import Said, Told

_OPEN = f"""
SELECT FROM customer c WHERE c.id = $1 AND EXISTS (SELECT FROM program p WHERE {offering.live("$2")}) AND NOT EXISTS (
    SELECT FROM referral r WHERE r.friend = c.id AND r.confirmed_at IS NOT NULL)
"""  # noqa: S608 - names of ours alone


class SettledAlready(Refused):
    """A recommendation of this person is confirmed, or no program runs."""


class NobodysCode(Unknown):
    """No link of this company has the code."""


class OwnCode(Refused):
    """Nobody recommends themselves."""


async def is_open(*, customer: UUID, at: datetime) -> bool:
    """Whether anybody would still count as having recommended ``customer``, who has no confirmed recommendation."""
    return bool(await ground.fetch(_OPEN, customer, at))


async def hear(*, customer: UUID, code: str, at: datetime) -> Told:
    """The claim of ``customer`` who types ``code`` on a page of ours, beside the conditions.

    Two queries. Raises SettledAlready, NobodysCode, OwnCode.
    """
    if not await is_open(customer=customer, at=at):
        raise SettledAlready("errors.attribution.settled", field="code")
    read = await telling.read(said=Said(code=code, conditions_shown=True), claimed_at=at, at=at)
    if not read or read[0].link is None:
        raise NobodysCode("errors.referrals.unknown_code", field="code")
    if read[0].advocate == customer:
        raise OwnCode("errors.attribution.own", field="code")
    return msgspec.structs.replace(read[0], way="choice")
