"""Invite customers to a survey: only with a consent, never too often, and with every refusal counted by its reason.

A survey by mail is advertising (BGH VI ZR 225/17), so an invitation is made only where the consent stands; the mail
asks the gate again when it is sent.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.company import agreeing, rules
from leumund.kit import ground
from leumund.messages import sending
from leumund.messages.gate import gating
from leumund.messages.sending import Mail
from leumund.surveys.studio import publishing
from leumund.surveys.studio.publishing import Published

PURPOSE = "survey"
QUARANTINE = timedelta(days=90)
EXPIRES = timedelta(days=30)
# One call makes no more than this; whoever is left is invited by the next, since those of this one rest.
_MOST_AT_ONCE = 10_000
_CHUNK = 2_000
_DUE = """
SELECT c.id, c.email_hash, c.created_at, c.language,
       EXISTS (SELECT FROM survey_invitation i WHERE i.customer = c.id AND i.invited_at > $2) AS lately
FROM customer c
WHERE c.stage = 'customer' AND c.held IS NULL AND c.email_hash IS NOT NULL AND ($1::uuid[] IS NULL OR c.id = ANY ($1))
  AND ($4::timestamptz IS NULL OR (c.created_at, c.id) > ($4, $5))
ORDER BY c.created_at, c.id LIMIT $3
"""


class Invited(msgspec.Struct, kw_only=True):
    """How many were invited, and how many held back for which reason."""

    invited: int = 0
    no_consent: int = 0
    quarantine: int = 0
    too_often: int = 0


async def invite(*, customers: list[UUID] | None = None, languages: list[str], actor: str, at: datetime) -> Invited:
    """Invite ``customers``, or all of them, to the current survey, in a language the company speaks, as ``actor``.

    Raises NotAgreed, NoSurvey.
    """
    await agreeing.require()
    survey, counted = await publishing.current(), Invited()
    async for rows in _due(counted, customers, at):
        await _ask(survey, {row["id"]: rules.language_for(row["language"], spoken=languages) for row in rows}, at)
    await noting.note(actor=actor, action="surveys.invited", detail=msgspec.structs.asdict(counted), at=at)
    return counted


async def count(*, at: datetime) -> Invited:
    """Whom an invitation of everybody would reach now, and whom not and why; nobody is asked.

    Raises NotAgreed, NoSurvey.
    """
    await agreeing.require()
    await publishing.current()
    counted = Invited()
    async for _ in _due(counted, None, at):
        pass
    return counted


async def _due(counted: Invited, customers: list[UUID] | None, at: datetime) -> AsyncIterator[list[dict[str, Any]]]:
    """Who may be asked, some at a time; ``counted`` says at the end how many they are, and who is left out."""
    last = (None, None)
    while counted.invited < _MOST_AT_ONCE:
        rows = await ground.fetch(_DUE, customers, at - QUARANTINE, _CHUNK, *last)
        if not rows:
            break
        last = (rows[-1]["created_at"], rows[-1]["id"])
        rested = [row for row in rows if not row["lately"]]
        reasons = await gating.hindrances(
            purpose=PURPOSE, addresses={row["id"]: row["email_hash"] for row in rested}, at=at
        )
        asked = [row for row in rested if row["id"] not in reasons]
        often = sum(reason == "too_often" for reason in reasons.values())
        counted.invited += len(asked)
        counted.too_often += often
        counted.no_consent += len(reasons) - often
        counted.quarantine += len(rows) - len(rested)
        yield asked


async def _ask(survey: Published, people: Mapping[UUID, str], at: datetime) -> None:
    """An invitation and its mail for each of ``people``, in the language beside them."""
    made = await ground.fetch(
        "INSERT INTO survey_invitation (survey, customer, invited_at, expires_at) "
        "SELECT $1, person, $3, $4 FROM unnest($2::uuid[]) AS person RETURNING id, customer",
        survey.id,
        list(people),
        at,
        at + EXPIRES,
    )
    mails = [
        Mail(
            customer=invitation["customer"],
            subject_id=invitation["id"],
            question=survey.definition.leading.text(people[invitation["customer"]]).question,
            language=people[invitation["customer"]],
        )
        for invitation in made
    ]
    await sending.queue_all(kind="survey_invitation", mails=mails, purpose=PURPOSE, at=at)
