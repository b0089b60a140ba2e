"""Thank for a glad answer: whoever would recommend may be shown how, on the page and later by the mail's link."""

from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.answers.answering import InvitationUnknown


class Glad(msgspec.Struct, frozen=True, kw_only=True):
    """A person whose answer made them a promoter, their address, and the language they gave the answer in."""

    customer: UUID
    email: str
    language: str


async def glad(*, invitation: UUID) -> Glad:
    """Whose glad answer this invitation has. Raises InvitationUnknown, also for answers that are not glad.

    Whoever moved to another mailbox since is nobody's to take part for: the link went to the one of before.
    """
    rows = await ground.fetch(
        f"SELECT a.customer, {naming.one('email', 'c', as_='email')}, a.language "  # noqa: S608
        "FROM survey_answer a JOIN customer c ON c.id = a.customer "
        "WHERE a.invitation = $1 AND a.score >= $2 AND c.email_sealed IS NOT NULL AND c.held IS NULL "
        "AND NOT EXISTS (SELECT FROM message WHERE message.customer = c.id AND message.subject_id = $1 "
        "AND message.address_hash <> c.email_hash)",
        invitation,
        rules.PROMOTER_FROM,
    )
    email = naming.take_one(rows[0], "email", rows[0]["customer"], as_="email") if rows else ""
    if not email:
        raise InvitationUnknown("errors.surveys.invitation_unknown")
    return Glad(customer=rows[0]["customer"], email=email, language=rows[0]["language"])
