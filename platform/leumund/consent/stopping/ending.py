"""End consents, whoever wants them ended: what stands, and what still waits for its confirmation.

A person's own no is an event even where nothing stands: neither a paper they signed before, and that is entered later,
nor a file that claims a yes may count for more than what they said last.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.company import describing
from leumund.consent import rules
from leumund.consent.evidence import recording
from leumund.consent.evidence.recording import Said
from leumund.kit import ground

# In the words each was asked for in.
_OPEN = """
SELECT customer, text, controller, purpose, channel FROM (
    SELECT DISTINCT ON (purpose, channel) * FROM consent_event
    WHERE customer = $1 AND ($2::text IS NULL OR purpose = $2) AND ($3::text IS NULL OR channel = $3)
      AND (state = ANY ($4::text[]) OR state = 'given' OR (state = 'requested' AND (evidence ->> 'chosen')::boolean))
    ORDER BY purpose, channel, at DESC, state = ANY ($4::text[]) DESC
) latest
WHERE NOT state = ANY ($4::text[]) OR at <= $5
ORDER BY purpose, channel
"""
# What they were never asked for, in the newest words anybody is; what is retired nobody can claim.
_UNASKED = """
SELECT DISTINCT ON (purpose, channel) id AS text, purpose, channel
FROM (SELECT DISTINCT ON (purpose, language) * FROM consent_text
      WHERE kind = 'consent' ORDER BY purpose, language, version DESC) newest
CROSS JOIN LATERAL jsonb_array_elements_text(channels) AS channel
WHERE ($2::text IS NULL OR purpose = $2) AND ($3::text IS NULL OR channel = $3)
  AND NOT EXISTS (
    SELECT FROM consent_event said
    WHERE (said.customer, said.purpose, said.channel) = ($1, newest.purpose, channel)
      AND (said.state = ANY ($4::text[]) OR said.state = 'given'
           OR (said.state = 'requested' AND (said.evidence ->> 'chosen')::boolean)))
ORDER BY purpose, channel, version DESC, language
"""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a consent ends: ``state`` is withdrawn, objected, invalidated or terminated; ``basis`` are words, sealed."""

    state: str
    source: str
    at: datetime
    evidence: Mapping[str, object] = {}
    basis: str = ""


async def end(*, customer: UUID, purpose: str | None = None, channel: str | None = None, end: End) -> int:
    """End ``purpose`` on ``channel``, or on every one, or all; how many ended.

    A person's no counts anew when it is said again another day; nothing else that ends consents twice changes anything.
    """
    assert end.state in rules.ENDS, "anything else ends nothing"
    await recording.hold(people=[customer])
    is_own = end.state in rules.OWN_ENDS
    asked = (customer, purpose, channel, list(rules.ENDS))
    rows = await ground.fetch(_OPEN, *asked, end.at - rules.SAME_NO_WITHIN if is_own else None)
    if is_own and (unasked := await ground.fetch(_UNASKED, *asked)):
        controller = await describing.controller()
        rows = [{**row, "customer": customer, "controller": controller} for row in unasked] + rows
    told = {name: getattr(end, name) for name in ("state", "source", "at", "evidence", "basis")}
    await recording.record([Said(**row, **told) for row in rows])
    return len(rows)
