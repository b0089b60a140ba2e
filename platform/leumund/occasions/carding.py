"""Cards: what somebody of the company writes by hand, as a list to print or to take along, until it is done.

A card is post, which costs money: class C is spared it by the company's rule unless the step says otherwise, and it
needs a consent for post, asked for when the card is put on the list and again whenever the list is read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.consent import checking
from leumund.customers.records import naming
from leumund.customers.segments import evaluating, sparing
from leumund.kit import ground, personal
from leumund.kit.faults import Unknown
from leumund.kit.sealing import Column
from leumund.occasions import defining, permitting
from leumund.occasions.defining import Definition, Step, Who
from leumund.occasions.tables import OccasionCard

CHANNEL = "post"
SPARED, NOT_A = "spared", "not_a"
# The list is read whole: somebody writes them all by hand.
MOST = 500
_GIVEN, _FAMILY = Column("customer", "given_name_sealed"), Column("customer", "family_name_sealed")
_ALLOWED_FOR = """
SELECT v.definition, c.email_hash FROM occasion_run r JOIN occasion_version v ON v.id = r.version
JOIN customer c ON c.id = r.customer WHERE r.id = $1
"""
_CLASSES = f"""
SELECT DISTINCT k.class FROM customer_class k JOIN customer c ON c.id = k.customer
WHERE c.id = $1 AND ({evaluating.EVALUABLE_ONE})
"""  # noqa: S608 - ours alone
_FROM = """
FROM occasion_card k JOIN occasion_run r ON r.id = k.run JOIN occasion o ON o.id = r.occasion
JOIN occasion_version v ON v.id = r.version JOIN customer c ON c.id = k.customer
WHERE k.done_at IS NULL AND c.held IS NULL ORDER BY k.made_at, k.id LIMIT $1
"""
_OPEN = f"""
SELECT k.id, k.customer, k.position, k.made_at, o.name AS occasion, v.definition, c.external_id, c.language,
    c.email_hash, {naming.sealed("c", as_="person")}, {personal.brought("c.id")} AS person_key,
    c.given_name_sealed, c.family_name_sealed
{_FROM}
"""
_NUMBER = f"SELECT k.id, k.customer, v.definition, c.email_hash {_FROM}"
_DONE = "UPDATE occasion_card SET done_at = $2, done_by = $3 WHERE id = $1 AND done_at IS NULL"


class CardUnknown(Unknown):
    """No card that waits to be written."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A card that waits: for whom, for what, and what is to be written."""

    id: UUID
    customer: UUID
    occasion: str
    note: str
    made_at: datetime
    name: str
    given_name: str
    family_name: str
    external_id: str
    language: str


async def make(*, run: UUID, position: int, customer: UUID, step: Step, at: datetime) -> str | None:
    """Put a card on the list, once; or the reason why there is none: no_consent, spared or not_a."""
    row = (await ground.fetch(_ALLOWED_FOR, run))[0]
    addresses, purpose = {customer: row["email_hash"] or ""}, defining.read(row["definition"]).purpose
    if not await checking.allowed_among(addresses=addresses, purpose=purpose, channel=CHANNEL):
        return permitting.NO_CONSENT
    if reason := await _left_out(customer, step.who):
        return reason
    card = OccasionCard(id=uuid4(), run=run, position=position, customer=customer, made_at=at)
    await OccasionCard.insert(card).on_conflict(target=(OccasionCard.run, OccasionCard.position), action="DO NOTHING")
    return None


async def waiting(*, most: int = MOST) -> list[Card]:
    """Cards to write, the oldest first, of those who may be written to by post now.

    One query, and one for each purpose among them.
    """
    rows = await ground.fetch(_OPEN, most)
    definitions = {row["id"]: defining.read(row.pop("definition")) for row in rows}
    allowed = await _allowed(rows, definitions)
    return [
        _card(row, note=definitions[row["id"]].steps[row.pop("position")].note) for row in rows if row["id"] in allowed
    ]


async def number(*, most: int = MOST) -> int:
    """How many ``waiting`` would tell of, without opening anybody's name."""
    rows = await ground.fetch(_NUMBER, most)
    return len(await _allowed(rows, {row["id"]: defining.read(row["definition"]) for row in rows}))


async def done(*, card: UUID, by: UUID, at: datetime) -> None:
    """It is written. Raises CardUnknown."""
    if not await ground.execute(_DONE, card, at, by):
        raise CardUnknown("errors.occasions.card")
    await noting.note(actor=f"staff:{by}", action="occasion.card_written", subject=card, at=at)


async def take(*, actor: str, at: datetime) -> list[Card]:
    """The list for a mail merge; that it was taken is noted."""
    cards = await waiting()
    await noting.note(actor=actor, action="occasion.cards_taken", detail={"cards": len(cards)}, at=at)
    return cards


async def _left_out(customer: UUID, who: Who) -> str | None:
    if who == "everybody":
        return None
    classes = {row["class"] for row in await ground.fetch(_CLASSES, customer)}
    if who == "only_a":
        return None if "A" in classes else NOT_A
    return SPARED if classes == {"C"} and (await sparing.rule()).spares_c else None


async def _allowed(rows: Sequence[dict[str, Any]], definitions: Mapping[UUID, Definition]) -> set[UUID]:
    """The ids of cards whose purpose may still reach their person by post."""
    purposes = {card: definition.purpose for card, definition in definitions.items()}
    allowed: set[UUID] = set()
    for purpose in sorted(set(purposes.values())):
        mine = [row for row in rows if purposes[row["id"]] == purpose]
        addresses = {row["customer"]: row["email_hash"] or "" for row in mine}
        people = await checking.allowed_among(addresses=addresses, purpose=purpose, channel=CHANNEL)
        allowed |= {row["id"] for row in mine if row["customer"] in people}
    return allowed


def _card(row: dict[str, Any], *, note: str) -> Card:
    person = row["customer"]
    key = personal.opened(row["person_key"], person=person)
    return Card(
        id=row["id"],
        customer=person,
        occasion=row["occasion"],
        note=note,
        made_at=row["made_at"],
        name=naming.take(row, as_="person").shown,
        given_name=_GIVEN.tell(row["given_name_sealed"], person, key=key),
        family_name=_FAMILY.tell(row["family_name_sealed"], person, key=key),
        external_id=row["external_id"] or "",
        language=row["language"] or "",
    )
