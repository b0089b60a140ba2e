"""Put a survey to people: an invitation for each, and unless it is only for the portal, the mail that brings it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.company import rules as company
from leumund.kit import ground
from leumund.messages import sending
from leumund.messages.gate import quieting
from leumund.messages.sending import Mail
from leumund.surveys.asking import rules
from leumund.surveys.studio.publishing import Published

_INVITE = """
INSERT INTO survey_invitation (survey, customer, wave, channel, attributes, invited_at, expires_at)
SELECT $1, person, $2, $3, $4::jsonb, $5, $6 FROM unnest($7::uuid[]) AS person RETURNING id, customer
"""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is asked: by which survey, over what, until when, of which wave, and what goes to their answer.

    ``attributes`` are facts of what happened, as JSON; with ``quiet`` mails keep the quiet hours. ``texts`` are the
    invitation's own words by language.
    """

    survey: Published
    channel: str
    quiet: bool
    expires_at: datetime
    wave: UUID | None = None
    attributes: str = "{}"
    texts: Mapping[str, UUID] = {}


async def put(*, asking: Asking, people: Mapping[UUID, str], at: datetime) -> dict[UUID, UUID]:
    """Ask each of ``people``, in the language beside them; returns their invitations. Three queries and one insert."""
    if not people:
        return {}
    values = (asking.survey.id, asking.wave, asking.channel, asking.attributes, at, asking.expires_at, list(people))
    made = {row["customer"]: row["id"] for row in await ground.fetch(_INVITE, *values)}
    if asking.channel != "portal":
        await mail(kind="survey_invitation", asking=asking, invitations=made, people=people, at=at)
    return made


async def mail(
    *, kind: str, asking: Asking, invitations: Mapping[UUID, UUID], people: Mapping[UUID, str], at: datetime
) -> None:
    """Queue a mail about each of ``invitations``, which are by person, with what can be tapped in their language.

    An anonymous survey has a button alone: a mark in an address, beside a link of one's own, would be kept by whatever
    carries it, such as a proxy or the filter before a mailbox.
    """
    survey, named = asking.survey.definition, asking.survey.named
    more = not rules.is_one_question(survey)
    words = {
        lang: (rules.words(survey.leading, lang), rules.marks(survey.leading, lang, more=more) if named else None)
        for lang in set(people.values())
    }
    mails = []
    for person, invitation in invitations.items():
        lang = people[person]
        question, marks = words[lang]
        text = asking.texts.get(lang) if kind == "survey_invitation" else None
        mails.append(
            Mail(customer=person, subject_id=invitation, question=question, marks=marks, language=lang, text=text)
        )
    quiet_until = await quieting.open_at(at=at) if asking.quiet else None
    await sending.queue_all(kind=kind, mails=mails, purpose=rules.PURPOSE, quiet_until=quiet_until, at=at)


def spoken(wished: Mapping[UUID, str | None], languages: Sequence[str]) -> dict[UUID, str]:
    """In which of ``languages`` each is asked, by the one they wish."""
    return {person: company.language_for(lang, spoken=languages) for person, lang in wished.items()}
