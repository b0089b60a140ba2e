"""The stand-in's books: every object it holds, its own clock, and the events that tell of changes."""

from collections.abc import Callable, Mapping
from itertools import count
from threading import RLock
from time import time
from typing import Any

Thing = dict[str, Any]
API_VERSION = "2026-10-28.endive"


class Books:
    """Objects by kind and id, in the order they were made; ``told`` hears of each event."""

    def __init__(self, *, livemode: bool = True) -> None:
        self.lock = RLock()
        self.livemode = livemode
        self.things: dict[str, dict[str, Thing]] = {}
        self.ahead_seconds = 0.0
        self.told: Callable[[Thing], None] = lambda _: None
        self.account = "acct_company"
        # What the company holds at Stripe, by currency; a transfer of more is refused.
        self.available = {"eur": 10_000_000}
        self._numbers = count(1)

    def now(self) -> int:
        return int(time() + self.ahead_seconds)

    def make(self, kind: str, prefix: str, **fields: Any) -> Thing:
        """A new object of ``kind``."""
        with self.lock:
            thing = {
                "id": f"{prefix}_{next(self._numbers):06d}",
                "object": kind,
                "created": self.now(),
                "livemode": self.livemode,
                **fields,
            }
            self.things.setdefault(kind, {})[thing["id"]] = thing
            return thing

    def find(self, kind: str, id_: str) -> Thing | None:
        with self.lock:
            return self.things.get(kind, {}).get(id_)

    def all(self, kind: str) -> list[Thing]:
        """Objects of ``kind``, oldest first."""
        with self.lock:
            return list(self.things.get(kind, {}).values())

    def move_money(self, kind: str, source: str, cents: int, currency: str) -> Thing:
        """A line of the company's balance: what leaves it is below zero."""
        with self.lock:
            self.available[currency] = self.available.get(currency, 0) + cents
            return self.make(
                "balance_transaction",
                "txn",
                amount=cents,
                net=cents,
                fee=0,
                currency=currency,
                type=kind,
                source=source,
                status="available",
            )

    def tell(self, type_: str, thing: Mapping[str, Any], *, account: str = "") -> Thing:
        """An event that ``thing`` is as it is now."""
        event = self.make(
            "event",
            "evt",
            type=type_,
            api_version=API_VERSION,
            data={"object": dict(thing)},
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            **({"account": account} if account else {}),
        )
        self.told(event)
        return event


def page(things: list[Thing], params: Mapping[str, Any], path: str) -> Thing:
    """A list as Stripe pages it: newest first, ``starting_after`` an id, ``limit`` 10 when unsaid."""
    newest = sorted(things, key=lambda thing: (thing["created"], thing["id"]), reverse=True)
    after = params.get("starting_after")
    if after:
        ids = [thing["id"] for thing in newest]
        newest = newest[ids.index(after) + 1 :]
    limit = int(params.get("limit", 10))
    return {"object": "list", "url": path, "has_more": len(newest) > limit, "data": newest[:limit]}


def within(things: list[Thing], params: Mapping[str, Any]) -> list[Thing]:
    """Those whose ``created`` fits."""
    asked = params.get("created", {})
    if not isinstance(asked, dict):
        return [thing for thing in things if thing["created"] == int(asked)]
    checks: dict[str, Callable[[int, int], bool]] = {
        "gte": lambda made, limit: made >= limit,
        "gt": lambda made, limit: made > limit,
        "lte": lambda made, limit: made <= limit,
        "lt": lambda made, limit: made < limit,
    }
    return [
        thing for thing in things if all(checks[name](thing["created"], int(value)) for name, value in asked.items())
    ]
