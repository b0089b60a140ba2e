"""What somebody accepted when they asked to take part, or signed up: to be read again, to the letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground

# A person accepts once for each program they take part in, and once for each sign-up they confirmed.
_OF_PERSON = """
SELECT a.at, v.number, v.texts, v.terms, x.title, x.wording, x.language, x.version
FROM (
    SELECT requested_at AS at, version, terms FROM participation WHERE customer = $1 AND confirmed_at IS NOT NULL
    UNION ALL
    SELECT attributed_at, version, terms FROM referral WHERE friend = $1 AND confirmed_at IS NOT NULL
) AS a JOIN program_version v ON v.id = a.version JOIN consent_text x ON x.id = a.terms
ORDER BY a.at DESC LIMIT 50
"""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a program with its ``conditions``, beside the company's terms in the language that was accepted."""

    at: datetime
    program: str
    number: int
    conditions: str
    title: str
    wording: str
    version: int
    language: str


async def of(*, customer: UUID) -> list[Accepted]:
    """What ``customer`` accepted, the newest first. One query."""
    return [_of_row(row) for row in await ground.fetch(_OF_PERSON, customer)]


def _of_row(row: Mapping[str, Any]) -> Accepted:
    texts = msgspec.json.decode(row["texts"], type=dict[str, dict[str, str]])
    terms = msgspec.json.decode(row["terms"], type=dict[str, str])
    told = {name: row[name] for name in ("at", "number", "title", "wording", "version", "language")}
    said = texts.get(row["language"]) or next(iter(texts.values()), {})
    return Accepted(program=said.get("headline", ""), conditions=terms.get(row["language"], ""), **told)
