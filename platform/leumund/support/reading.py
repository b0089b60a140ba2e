"""Read what a grant opens, one room a read: each takes an entry of the log that has been committed, and spends it.

It is asked for in a transaction that may not write. Such a one sees only what others have committed, so an entry it
finds is there to stay, whatever becomes of the page. Names and addresses come from the room of customers alone: in the
others stands an id, and whoever may look there as well can follow it, which is one more entry.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.kit import ground
from leumund.kit.cursors import Page
from leumund.messages import listing as mails
from leumund.messages.listing import Logged
from leumund.rewards import listing
from leumund.support.noting import NoSight, Noted
from leumund.surveys.answers import listing as surveys

_HOLDS = """
SELECT FROM support_access a JOIN audit_entry e ON e.subject = a.request
WHERE e.id = $1 AND e.actor = 'operator:' || a.operator AND e.action = 'support.read_' || $2 AND a.rooms ? $2
  AND a.ended_at IS NULL AND a.ends_at > $3 AND current_setting('transaction_read_only')::boolean
"""
_ANSWER = ("id", "at", "score", "kind", "comment", "language", "channel", "customer")
_REFERRAL = ("id", "at", "state", "reason", "order_id", "cents", "currency", "advocate_id", "friend_id")
_REWARD = ("id", "at", "state", "reason", "side", "kind", "cents", "currency", "hold_until", "beneficiary")

Row = Mapping[str, Any]


async def customers(noted: Noted, *, at: datetime, text: str = "", after: str | None = None) -> Page[Person]:
    """Customers whom ``text`` names. Raises NoSight, BadCursor."""
    await _spend(noted, "customers", at)
    return await finding.search(text=text, after=after)


async def customer(noted: Noted, *, at: datetime, customer: UUID) -> Person:
    """One customer's record. Raises NoSight, CustomerUnknown."""
    await _spend(noted, "customers", at)
    return await finding.seen(customer=customer)


async def answers(noted: Noted, *, at: datetime, after: str | None = None) -> Page[Row]:
    """What was answered to surveys, by a customer's id. Raises NoSight, BadCursor."""
    await _spend(noted, "surveys", at)
    page = await surveys.answers(after=after)
    return Page([{name: getattr(row, name) for name in _ANSWER} for row in page.rows], page.after)


async def referrals(noted: Noted, *, at: datetime, after: str | None = None) -> Page[Row]:
    """Referrals, with the ids of who recommended and who came. Raises NoSight, BadCursor."""
    await _spend(noted, "referrals", at)
    return _only(_REFERRAL, await listing.referrals(after=after))


async def rewards(noted: Noted, *, at: datetime, after: str | None = None) -> Page[Row]:
    """Rewards, with the id of whose they are, and without the code of a voucher. Raises NoSight, BadCursor."""
    await _spend(noted, "rewards", at)
    return _only(_REWARD, await listing.rewards(after=after))


async def messages(noted: Noted, *, at: datetime, after: str | None = None) -> Page[Logged]:
    """Mails by kind and what became of them; of their words nothing is kept. Raises NoSight, BadCursor."""
    await _spend(noted, "messages", at)
    return await mails.every(after=after)


def _only(names: tuple[str, ...], page: Page[dict[str, Any]]) -> Page[Row]:
    return Page([{name: row[name] for name in names} for row in page.rows], page.after)


async def _spend(noted: Noted, room: str, at: datetime) -> None:
    if noted.spent or noted.room != room or not await ground.fetch(_HOLDS, noted.entry, room, at):
        raise NoSight("errors.support.no_sight")
    noted.spent = True
