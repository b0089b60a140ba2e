"""Read where a person's consents stand, and the whole story behind them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent import publishing, rules
from leumund.consent.importing import BASIS
from leumund.consent.publishing import Text
from leumund.consent.rules import Event
from leumund.kit import ground

_STORY = """
SELECT event.id, event.request, event.purpose, event.channel, event.state, event.source, event.controller,
       event.evidence, event.basis_sealed, event.at, text.title, text.wording, text.version, text.language
FROM consent_event event JOIN consent_text text ON text.id = event.text
WHERE event.customer = $1 ORDER BY event.at, event.state <> 'requested'
"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose as a person finds it in the portal; ``given`` names the channels allowed, empty for none.

    ``text`` is the version whose words they find; nobody is asked for what is ``retired``.
    """

    text: UUID
    retired: bool
    purpose: str
    title: str
    wording: str
    channels: list[str]
    given: list[str]

    @property
    def needs_no_asking(self) -> bool:
        """Whether a form confirmed by mail could add nothing to what is given."""
        return bool(self.given) and not set(self.channels) & set(rules.PROVEN_BY_MAIL) - set(self.given)


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
    """Every purpose the company asks for in ``language``, and what ``customer`` allows of it.

    What it asks for no more is among them for who still allows it: it must be as easy to withdraw as it was to give.
    """
    story_so_far = await story(customer=customer)
    texts = await publishing.all_current(retired=True)
    asked = [text for text in texts if (text.kind, text.language) == ("consent", language)]
    standings = [(text, _standing(text, story_so_far)) for text in asked]
    return [standing for text, standing in standings if standing.given or not text.is_retired]


async def story(*, customer: UUID) -> list[Happening]:
    """All that happened to the consents of ``customer``, oldest first."""
    rows = await ground.fetch(_STORY, customer)
    return [Happening(**row | {"evidence": _evidence(row)}) for row in rows]


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    """What the event proves; its basis, where it has one, lay sealed beside it."""
    evidence: dict[str, Any] = msgspec.json.decode(row["evidence"])
    basis = BASIS.tell(row.pop("basis_sealed"), row["id"])
    return evidence | {"basis": basis} if basis else evidence


def _standing(text: Text, story_so_far: list[Happening]) -> Standing:
    def stands(channel: str) -> bool:
        return rules.stands(
            Event(state=each.state, at=each.at, of_request=each.request is not None)
            for each in story_so_far
            if (each.purpose, each.channel) == (text.purpose, channel)
        )

    said = {each.channel for each in story_so_far if each.purpose == text.purpose}
    channels = sorted(said) if text.is_retired else text.channels
    given = [channel for channel in channels if stands(channel)]
    return Standing(
        text=text.id,
        retired=text.is_retired,
        purpose=text.purpose,
        title=text.title,
        wording=text.wording,
        channels=channels,
        given=given,
    )
