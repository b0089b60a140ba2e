"""Open a case: its clock runs from the moment the request came in, whoever it may turn out to be."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.kit import free_text, ground
from leumund.privacy.cases import finding, identifying, recording, rules
from leumund.privacy.cases.rules import Came, Kind
from leumund.privacy.cases.tables import WORDS

_OPEN = """
INSERT INTO rights_case (id, kind, customer, came, subject, language, received_at, due_date, words_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (customer, kind, subject) WHERE closed_at IS NULL AND customer IS NOT NULL DO NOTHING RETURNING id
"""
_KNOWN = """
SELECT id, words_sealed FROM rights_case
WHERE customer = $1 AND kind = $2 AND subject IS NOT DISTINCT FROM $3 AND closed_at IS NULL FOR UPDATE
"""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for and how it came; ``words`` are theirs.

    ``subject`` is what a review is about: a referral, or the person's own score, which has their id. ``customer`` is
    None while nobody knows who is asking.
    """

    kind: Kind
    customer: UUID | None
    came: Came
    language: str
    words: str = ""
    subject: UUID | None = None


async def open(  # noqa: A001 - what one does with a case
    *, asked: Asked, actor: str, at: datetime, received_at: datetime | None = None, identified: bool = False
) -> UUID:
    """The new case, or the one that is open for the same; received now unless ``received_at`` says earlier.

    ``identified`` where a login with the second factor or the mail loop has said who it is; staff identify later.
    Raises free_text.TooLong.
    """
    told = free_text.checked(asked.words, field="words")
    case = None
    while case is None:
        # Whoever holds what we would join may close it while we wait for them: then there is room for a new one.
        case = await _insert(asked, told, received_at or at) or await _join(asked, told)
    await recording.record(case=case, what="received", actor=actor, detail={"came": asked.came}, at=at)
    if identified:
        await identifying.identify(case=case, by="loop" if asked.came == "loop" else "login", actor=actor, at=at)
    return case


async def _insert(asked: Asked, told: str, received_at: datetime) -> UUID | None:
    """The new case; None where one for the same is open."""
    case, zone = uuid4(), (await describing.profile()).time_zone
    rows = await ground.fetch(
        _OPEN,
        case,
        asked.kind,
        asked.customer,
        asked.came,
        asked.subject,
        asked.language,
        received_at,
        rules.due(rules.day_of(received_at, time_zone=zone)),
        WORDS.keep(told, case, key=await finding.key_of(asked.customer)),
    )
    return case if rows else None


async def _join(asked: Asked, told: str) -> UUID | None:
    """The case that is open for the same, with what was written this time added to it; None where it was closed."""
    rows = await ground.fetch(_KNOWN, asked.customer, asked.kind, asked.subject)
    if not rows:
        return None
    case: UUID = rows[0]["id"]
    key = await finding.key_of(asked.customer)
    known = WORDS.tell(rows[0]["words_sealed"], case, key=key)
    if told and told not in known:
        both = f"{known}\n\n{told}".strip()[: free_text.LONGEST * 2]
        await ground.execute(
            "UPDATE rights_case SET words_sealed = $2 WHERE id = $1", case, WORDS.keep(both, case, key=key)
        )
    return case
