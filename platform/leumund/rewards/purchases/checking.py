"""Look at a file of purchases before anything is kept of it: what would be taken or refused, and for whom it counts.

Nothing is written, and what is asked is asked of thousands of rows at once. What each order earns its rules say only
when it is told, since every order changes what the next one is worth.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec

from leumund.consent import addressing
from leumund.customers.notation import normalising
from leumund.kit import ground, turns
from leumund.kit.faults import Refusals, Refused
from leumund.programs import offering
from leumund.referrals.claims import telling
from leumund.rewards import converting
from leumund.rewards.attributing import CLOCKS_DIFFER
from leumund.rewards.buying import CustomerUnknown
from leumund.rewards.converting import OrderReused
from leumund.rewards.purchases import reading, refusals
from leumund.rewards.purchases.reading import Here, Purchase
from leumund.rewards.purchases.refusals import Refusal
from leumund.rewards.purchases.unfolding import Line

_AT_ONCE = 2_000
_PEOPLE = """
SELECT id, external_id, email_hash FROM customer
WHERE (external_id = ANY ($1::text[]) OR email_hash = ANY ($2::text[])) AND held IS DISTINCT FROM 'erased'
"""
_ORDERS = """
SELECT c.order_id, c.customer, c.cents, c.currency, coalesce(b.cents, 0)::bigint AS back_cents FROM conversion c
LEFT JOIN LATERAL (
    SELECT sum(coalesce(f.cents, c.cents)) AS cents FROM refund f WHERE f.conversion = c.id AND f.restored_at IS NULL
) b ON true
WHERE c.order_id = ANY ($1::text[]) AND c.kind = 'purchase' AND c.event_key = ''
"""
# Whose recommendation a friend's order at a moment would count for, by the first of the friend's that stands.
_RECOMMENDED = f"""
SELECT DISTINCT ON (asked.place) asked.place, r.advocate
FROM unnest($1::int[], $2::uuid[], $3::timestamptz[]) AS asked (place, friend, occurred_at)
JOIN referral r ON r.friend = asked.friend JOIN program p ON p.id = r.program
WHERE r.confirmed_at IS NOT NULL AND r.state IN ('attributed', 'qualified', 'in_review', 'approved')
  AND r.attributed_at <= asked.occurred_at + $4::interval AND {offering.live("asked.occurred_at")}
ORDER BY asked.place, r.attributed_at, r.id
"""  # noqa: S608 - names of ours alone


class Checked(msgspec.Struct, kw_only=True):
    """What would become of the rows; ``unknown`` is of how many refused ones nobody knows the customer.

    ``recommended`` orders of the new ones would count for one of ``advocates`` if its rules are met; ``foreign`` ones
    are in another currency than the company's.
    """

    rows: int = 0
    taken: int = 0
    known: int = 0
    unknown: int = 0
    foreign: int = 0
    given_back: int = 0
    recommended: int = 0
    advocates: set[UUID] = set()
    refused: list[Refusal] = []


class _Good(NamedTuple):
    """A row that says nothing wrong, and whose customer is known."""

    line: Line
    purchase: Purchase
    customer: UUID


class _Check:
    """A file that is being looked at."""

    def __init__(self, here: Here) -> None:
        self._here = here
        # By order, what was told of it, and how much of it was given back.
        self._seen: dict[str, tuple[UUID, int, str]] = {}
        self._back: dict[str, int] = {}
        self.checked = Checked(advocates=set(), refused=[])

    async def look(self, lines: Sequence[Line]) -> None:
        """Six statements, however many lines these are."""
        self.checked.rows += len(lines)
        read = [each async for line in turns.taken(lines) if (each := self._read(line)) is not None]
        people = await _people([purchase for _, purchase in read])
        good = [one for line, purchase in read if (one := self._good(line, purchase, people)) is not None]
        for row in await ground.fetch(_ORDERS, [each.purchase.order.order_id for each in good]):
            self._seen[row["order_id"]] = (row["customer"], row["cents"], row["currency"])
            self._back[row["order_id"]] = max(row["back_cents"], self._back.get(row["order_id"], 0))
        new = [each for each in good if self._is_new(each)]
        self.checked.taken += len(new)
        self.checked.foreign += sum(each.purchase.order.currency != self._here.currency for each in new)
        advocates = await _advocates(new, self._here)
        self.checked.recommended += len(advocates)
        self.checked.advocates |= set(advocates)

    def _read(self, line: Line) -> tuple[Line, Purchase] | None:
        try:
            purchase = reading.purchase(line, self._here)
            converting.check(order=purchase.order, at=self._here.at)
        except (Refused, Refusals) as fault:
            self._refuse(line, fault)
            return None
        return line, purchase

    def _good(self, line: Line, purchase: Purchase, people: Mapping[tuple[str, str], UUID]) -> _Good | None:
        found = people.get(_name(purchase) or ("", ""))
        if found is None:
            self.checked.unknown += 1
            self._refuse(line, CustomerUnknown("errors.rewards.customer_unknown", field="customer"))
            return None
        return _Good(line, purchase, found)

    def _is_new(self, good: _Good) -> bool:
        """Whether nobody has told of the order, and no row further up has either."""
        order = good.purchase.order
        told = (good.customer, order.cents, order.currency)
        before = self._seen.setdefault(order.order_id, told)
        if before != told:
            self._refuse(
                good.line, OrderReused("errors.rewards.order_reused", field="order_id", order_id=order.order_id)
            )
            return False
        self.checked.known += before is not told
        self._give_back(good.purchase)
        return before is told

    def _give_back(self, purchase: Purchase) -> None:
        order_id = purchase.order.order_id
        self.checked.given_back += purchase.refunded_cents > self._back.get(order_id, 0)
        self._back[order_id] = max(purchase.refunded_cents, self._back.get(order_id, 0))

    def _refuse(self, line: Line, fault: Refused | Refusals) -> None:
        self.checked.refused.append(refusals.of(line, fault))


async def check(*, lines: Sequence[Line], here: Here) -> Checked:
    """What would become of ``lines`` if they were taken now. Six queries for every few thousand lines."""
    looking, rest = _Check(here), iter(lines)
    while chunk := list(islice(rest, _AT_ONCE)):
        await looking.look(chunk)
    looking.checked.refused.sort(key=lambda refusal: refusal.number)
    return looking.checked


async def _people(purchases: Sequence[Purchase]) -> Mapping[tuple[str, str], UUID]:
    """Ids by what kind of name and which one, as ``_name`` says it."""
    names = [name for purchase in purchases if (name := _name(purchase)) is not None]
    numbers, hashes = [[text for of, text in names if of == kind] for kind in ("number", "address")]
    known: dict[tuple[str, str], UUID] = {}
    for row in await ground.fetch(_PEOPLE, numbers, hashes):
        known |= {("number", row["external_id"]): row["id"], ("address", row["email_hash"]): row["id"]}
    return known


def _name(purchase: Purchase) -> tuple[str, str] | None:
    """What its customer is found by; None for what is no number or address, under which nobody was ever registered."""
    told = purchase.order.customer
    try:
        if told.external_id is not None:
            return "number", normalising.external_id(told.external_id)
        return "address", addressing.hashed(normalising.email(told.email or ""))
    except Refused:
        return None


async def _advocates(new: Sequence[_Good], here: Here) -> list[UUID]:
    """Whom each of these orders would count for that counts for anybody: who stands, or else whom its row names."""
    if not new:
        return []
    friends, moments = [each.customer for each in new], [each.purchase.order.occurred_at for each in new]
    rows = await ground.fetch(_RECOMMENDED, [*range(len(new))], friends, moments, CLOCKS_DIFFER)
    named = await telling.named(said=[each.purchase.order.said for each in new], at=here.at)
    found = {place: one for place, one in named.items() if one != new[place].customer}
    return [*(found | {row["place"]: row["advocate"] for row in rows}).values()]
