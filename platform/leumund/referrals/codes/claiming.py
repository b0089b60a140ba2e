"""Claim a code of one's own choice: first come, and what was chosen before leads on."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.audit import noting
from leumund.company import describing
from leumund.kit import faults, ground
from leumund.kit.faults import Refused
from leumund.referrals.codes import allowing, keeping

MOST, WITHIN = 3, timedelta(days=365)
_FIELD = "code"
_LOCK = """
SELECT id FROM share_link WHERE advocate = $1 AND program = $2 AND retired_at IS NULL FOR NO KEY UPDATE
"""
_AGAIN = """
UPDATE share_code SET made_at = $3 WHERE link = $1 AND code_hash = $2 AND kind = 'chosen' AND taken_down_at IS NULL
"""
_CHOSEN = "SELECT made_at FROM share_code WHERE link = $1 AND kind = 'chosen' AND made_at > $2 ORDER BY made_at"


class NoLink(faults.Unknown):
    """Nothing to choose a code for: they take no part in what is live."""


class Taken(Refused):
    """Somebody has this code, or one that reads like it, or had it until it was taken down."""


class TooOften(Refused):
    """They chose as many as they may for now."""


async def claim(*, customer: UUID, program: UUID, wish: str, at: datetime) -> str:
    """Let ``wish`` lead to the advocate's link from now on; returns it as it is spelled.

    One of one's own that still leads there is simply shown again. Raises NoLink, Taken, TooOften, and what
    ``allowing.checked`` does. Whatever is refused changes nothing.
    """
    profile = await describing.profile()
    spelled = allowing.checked(wish, names=(profile.name, profile.legal_name))
    found = await ground.fetch(_LOCK, customer, program)
    if not found:
        raise NoLink("errors.codes.no_link", field=_FIELD)
    link = found[0]["id"]
    if await ground.execute(_AGAIN, link, keeping.hashed(spelled), at):
        return spelled
    await _require_rare(link, at)
    if not await keeping.keep(link=link, advocate=customer, kind="chosen", spelled=spelled, at=at):
        raise Taken("errors.codes.taken", field=_FIELD)
    # The code itself may be a name: an entry outlives the erasure of whom it is about.
    await noting.note(actor=f"customer:{customer}", action="code.chosen", subject=customer, at=at)
    return spelled


async def _require_rare(link: UUID, at: datetime) -> None:
    """Nothing, when another one may be chosen: who changes theirs by the day wants to look like somebody else."""
    chosen = await ground.fetch(_CHOSEN, link, at - WITHIN)
    if len(chosen) >= MOST:
        free_at = chosen[-MOST]["made_at"] + WITHIN
        raise TooOften("errors.codes.too_often", field=_FIELD, most=MOST, days=max(1, (free_at - at).days))
