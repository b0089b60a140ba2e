"""Thank for a glad answer: whoever would recommend may be shown how, on the page and later by the mail's link."""

from uuid import UUID

import msgspec

from leumund.customers import naming
from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.answering import InvitationUnknown


class Glad(msgspec.Struct, frozen=True, kw_only=True):
    """A person whose answer made them a promoter, their address, and the language they gave the answer in."""

    customer: UUID
    email: str
    language: str


async def glad(*, invitation: UUID) -> Glad:
    """Whose glad answer this invitation has. Raises InvitationUnknown, also for answers that are not glad."""
    rows = await ground.fetch(
        "SELECT a.customer, c.email_sealed, a.language FROM survey_answer a JOIN customer c ON c.id = a.customer "
        "WHERE a.invitation = $1 AND a.score >= $2 AND c.email_sealed IS NOT NULL",
        invitation,
        rules.PROMOTER_FROM,
    )
    if not rows:
        raise InvitationUnknown("errors.surveys.invitation_unknown")
    row = rows[0]
    return Glad(
        customer=row["customer"],
        email=naming.address(row["email_sealed"], row["customer"]),
        language=row["language"],
    )
