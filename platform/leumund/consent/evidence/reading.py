"""Read where a person's consents stand, and the whole story behind them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent import rules
from leumund.consent.evidence.recording import ADDRESS, BASIS
from leumund.consent.rules import Event
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import Text
from leumund.kit import ground, personal

_STORY = f"""
SELECT event.id, event.request, event.purpose, event.channel, event.state, event.source, event.controller,
       event.evidence, event.basis_sealed, event.address_sealed, event.at, event.served, event.text,
       event.position, event.chain_hash, text.title, text.wording, text.version, text.language, text.sha256,
       {personal.brought("event.customer")} AS key_kept
FROM consent_event event JOIN consent_text text ON text.id = event.text
WHERE event.customer = $1 ORDER BY event.position
"""  # noqa: S608
# What the fold asks for: no evidence is read and no basis unsealed to show where a person stands.
_EVENTS = """
SELECT purpose, channel, state, at, request IS NOT NULL AS of_request,
    evidence ->> 'address' IS NOT NULL
    AND evidence ->> 'address' IS DISTINCT FROM (SELECT email_hash FROM customer WHERE id = $1) AS elsewhere
FROM consent_event WHERE customer = $1
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
    """One event with the words it was about: a line of the printable evidence (BGH I ZR 164/09).

    ``evidence`` has the sealed ``basis`` and ``email`` among it, as long as the person's key is there.
    """

    id: UUID
    position: int
    chain_hash: str
    request: UUID | None
    served: UUID | None
    text: UUID
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
    sha256: str


async def standing(*, customer: UUID, language: str) -> list[Standing]:
    """Every purpose the company asks for in ``language``, and what ``customer`` allows of it.

    What it asks for no more is among them for who still allows it: it must be as easy to withdraw as it was to give.
    """
    told = await events(customer=customer)
    texts = await publishing.all_current(retired=True)
    asked = [text for text in texts if (text.kind, text.language) == ("consent", language)]
    standings = [(text, _standing(text, told.get(text.purpose, {}))) for text in asked]
    return [standing for text, standing in standings if standing.given or not text.is_retired]


async def story(*, customer: UUID) -> list[Happening]:
    """All that happened to the consents of ``customer``, oldest first."""
    rows = await ground.fetch(_STORY, customer)
    return [Happening(**_opened(row, customer)) for row in rows]


def _opened(row: dict[str, Any], customer: UUID) -> dict[str, Any]:
    """The row with what it proves; what lay sealed beside it is told as long as the person's key is there.

    What was taken down by hand is told as ``taken``: its words, who took it, and where its proof lies.
    """
    key = personal.opened(row.pop("key_kept"), person=customer)
    told = {"basis": (BASIS, row.pop("basis_sealed")), "email": (ADDRESS, row.pop("address_sealed"))}
    words = {name: column.tell(kept, row["id"], key=key) for name, (column, kept) in told.items()}
    evidence = msgspec.json.decode(row["evidence"])
    if "entered_at" in evidence and words.get("basis"):
        evidence["taken"] = msgspec.json.decode(words.pop("basis"))
    return row | {"evidence": evidence | {name: word for name, word in words.items() if word}}


async def events(*, customer: UUID) -> dict[str, dict[str, list[Event]]]:
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
