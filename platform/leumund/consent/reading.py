"""Read where a person's consents stand, and the whole story behind them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent import publishing, rules
from leumund.consent.publishing import Text
from leumund.consent.rules import Event
from leumund.kit import ground

_STORY = """
SELECT event.id, event.request, event.purpose, event.channel, event.state, event.source, event.controller,
       event.evidence, event.at, text.title, text.wording, text.version, text.language
FROM consent_event event JOIN consent_text text ON text.id = event.text
WHERE event.customer = $1 ORDER BY event.at, event.state <> 'requested'
"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose as a person finds it in the portal; ``given`` names the channels allowed, empty for none."""

    purpose: str
    title: str
    wording: str
    channels: list[str]
    given: list[str]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event with the words it was about: a line of the printable evidence (BGH I ZR 164/09)."""

    id: UUID
    request: UUID | None
    purpose: str
    channel: str
    state: str
    source: str
    controller: str
    evidence: dict[str, Any]
    at: datetime
    title: str
    wording: str
    version: int
    language: str


async def standing(*, customer: UUID, language: str) -> list[Standing]:
    """Every purpose the company asks for in ``language``, and what ``customer`` allows of it."""
    story_so_far = await story(customer=customer)
    offered = [text for text in await publishing.all_current() if (text.kind, text.language) == ("consent", language)]
    return [_standing(text, story_so_far) for text in offered]


async def story(*, customer: UUID) -> list[Happening]:
    """All that happened to the consents of ``customer``, oldest first."""
    rows = await ground.fetch(_STORY, customer)
    return [Happening(**row | {"evidence": msgspec.json.decode(row["evidence"])}) for row in rows]


def _standing(text: Text, story_so_far: list[Happening]) -> Standing:
    def stands(channel: str) -> bool:
        return rules.stands(
            Event(state=each.state, at=each.at, of_request=each.request is not None)
            for each in story_so_far
            if (each.purpose, each.channel) == (text.purpose, channel)
        )

    given = [channel for channel in text.channels if stands(channel)]
    return Standing(purpose=text.purpose, title=text.title, wording=text.wording, channels=text.channels, given=given)
