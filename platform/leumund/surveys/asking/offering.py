"""Offer somebody in the portal what they were asked and have not answered: there nobody needs a mail for it."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import closing

# Of two invitations to one survey the newer. A link that went to the mailbox somebody had before opens for nobody.
_OPEN = f"""
SELECT DISTINCT ON (s.key) i.id AS invitation, s.definition, s.named, i.invited_at, i.expires_at
FROM survey_invitation i JOIN survey s ON s.id = i.survey JOIN customer c ON c.id = i.customer
WHERE i.customer = $1 AND i.answered_at IS NULL AND i.expires_at > $2 AND c.held IS NULL AND NOT {closing.IS_CLOSED}
  AND NOT EXISTS (SELECT FROM message m
    WHERE m.customer = c.id AND m.subject_id = i.id AND m.address_hash <> coalesce(c.email_hash, ''))
ORDER BY s.key, i.invited_at DESC, i.id
"""  # noqa: S608 - ours alone
_WAITS = f"""
SELECT FROM survey_invitation i JOIN survey s ON s.id = i.survey
WHERE i.customer = $1 AND i.channel = 'portal' AND i.answered_at IS NULL AND i.expires_at > $2
  AND NOT {closing.IS_CLOSED} LIMIT 1
"""
_THEIRS = "SELECT FROM survey_invitation WHERE id = $1 AND customer = $2"


class NotTheirs(Unknown):
    """Nobody asked this person so."""


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A survey somebody can answer until ``expires_at``; ``named`` is whether it is known who answered."""

    invitation: UUID
    definition: Definition
    named: bool
    invited_at: datetime
    expires_at: datetime


async def offered(*, customer: UUID, at: datetime) -> list[Offered]:
    """What is open for ``customer`` at ``at``, the one that ends first at the top; one query."""
    rows = await ground.fetch(_OPEN, customer, at)
    found = [Offered(**{**row, "definition": defining.read(row["definition"])}) for row in rows]
    return sorted(found, key=lambda each: each.expires_at)


async def waits(*, customer: UUID, at: datetime) -> bool:
    """Whether a survey waits for ``customer`` that no mail brings: with no way in nobody could answer it. One query."""
    return bool(await ground.fetch(_WAITS, customer, at))


async def require_theirs(*, invitation: UUID, customer: UUID) -> None:
    """Nothing, where this person was asked so. Raises NotTheirs."""
    if not await ground.fetch(_THEIRS, invitation, customer):
        raise NotTheirs("errors.surveys.invitation_unknown")
