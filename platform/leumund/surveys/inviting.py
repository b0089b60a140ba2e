"""Invite customers to a survey: only with a consent, never too often, and with every refusal counted by its reason.

A survey by mail is advertising (BGH VI ZR 225/17), so an invitation is made only where the consent stands; the mail
checks it again when it is sent.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.consent import checking
from leumund.kit import ground
from leumund.messages import sending
from leumund.surveys import publishing

PURPOSE = "survey"
QUARANTINE = timedelta(days=90)
EXPIRES = timedelta(days=30)
_MOST_AT_ONCE = 10_000
_DUE = """
SELECT c.id, c.email, coalesce(c.language, $4) AS language,
       EXISTS (SELECT FROM survey_invitation i WHERE i.customer = c.id AND i.invited_at > $2) AS lately
FROM customer c WHERE c.stage = 'customer' AND c.email IS NOT NULL AND ($1::uuid[] IS NULL OR c.id = ANY ($1))
ORDER BY c.created_at, c.id LIMIT $3
"""


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """How many were invited, and how many held back for which reason."""

    invited: int
    no_consent: int
    quarantine: int


async def invite(*, customers: list[UUID] | None = None, languages: list[str], at: datetime) -> Invited:
    """Invite ``customers``, or all of them, to the current survey, in a language the company speaks.

    Raises NoSurvey.
    """
    survey = await publishing.current()
    rows = await ground.fetch(_DUE, customers, at - QUARANTINE, _MOST_AT_ONCE, languages[0])
    rested = [row for row in rows if not row["lately"]]
    allowed = await checking.allowed_among(
        customers={row["id"]: row["email"] for row in rested}, purpose=PURPOSE, channel="email"
    )
    asked = [row for row in rested if row["id"] in allowed]
    made = await ground.fetch(
        "INSERT INTO survey_invitation (survey, customer, invited_at, expires_at) "
        "SELECT $1, person, $3, $4 FROM unnest($2::uuid[]) AS person RETURNING id, customer",
        survey.id,
        [row["id"] for row in asked],
        at,
        at + EXPIRES,
    )
    spoken = {row["id"]: row["language"] for row in asked}
    for invitation in made:
        wished = spoken[invitation["customer"]]
        await sending.queue(
            kind="survey_invitation",
            customer=invitation["customer"],
            subject_id=invitation["id"],
            purpose=PURPOSE,
            language=wished if wished in languages else languages[0],
            at=at,
        )
    return Invited(invited=len(asked), no_consent=len(rested) - len(asked), quarantine=len(rows) - len(rested))
