"""Read where a person's consents stand, and the whole story behind them."""

from collections.abc import Mapping
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
# What the fold asks for: no evidence is read and no basis unsealed to show where a person stands.
_EVENTS = """
SELECT purpose, channel, state, at, request IS NOT NULL AS of_request FROM consent_event WHERE customer = $1
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
    events = await _events(customer)
    texts = await publishing.all_current(retired=True)
    asked = [text for text in texts if (text.kind, text.language) == ("consent", language)]
    standings = [(text, _standing(text, events.get(text.purpose, {}))) for text in asked]
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


async def _events(customer: UUID) -> dict[str, dict[str, list[Event]]]:
    """All events of ``customer``, by purpose and then by channel."""
    found: dict[str, dict[str, list[Event]]] = {}
    for row in await ground.fetch(_EVENTS, customer):
        of_purpose = found.setdefault(row.pop("purpose"), {})
        of_purpose.setdefault(row.pop("channel"), []).append(Event(**row))
    return found


def _standing(text: Text, events: Mapping[str, list[Event]]) -> Standing:
    """How ``text`` stands after the ``events`` of its purpose by channel."""
    channels = sorted(events) if text.is_retired else text.channels
    given = [channel for channel in channels if rules.stands(events.get(channel, ()))]
    return Standing(
        text=text.id,
        retired=text.is_retired,
        purpose=text.purpose,
        title=text.title,
        wording=text.wording,
        channels=channels,
        given=given,
    )
