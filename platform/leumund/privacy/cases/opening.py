"""Open a case: its clock runs from the moment the request came in, whoever it may turn out to be."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.kit import ground
from leumund.privacy.cases import identifying, recording, rules, words
from leumund.privacy.cases.rules import Came, Kind

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
    Raises words.TooLong.
    """
    told = words.checked(asked.words, field="words")
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
        words.WORDS.keep(told, case, key=await words.key_of(asked.customer)),
    )
    return case if rows else None


async def _join(asked: Asked, told: str) -> UUID | None:
    """The case that is open for the same, with what was written this time added to it; None where it was closed."""
    rows = await ground.fetch(_KNOWN, asked.customer, asked.kind, asked.subject)
    if not rows:
        return None
    case: UUID = rows[0]["id"]
    key = await words.key_of(asked.customer)
    known = words.WORDS.tell(rows[0]["words_sealed"], case, key=key)
    if told and told not in known:
        both = f"{known}\n\n{told}".strip()[: words.LONGEST * 2]
        await ground.execute(
            "UPDATE rights_case SET words_sealed = $2 WHERE id = $1", case, words.WORDS.keep(both, case, key=key)
        )
    return case
