"""What each promise earns of what is left of an order, beside what is owed for it: what is too much, or missing.

A promise is a rule and whose reward it is. Most have one reward; more where one was canceled and granted anew, or where
what is owed again came too late for the first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.programs.offers import Rule
from leumund.rewards.booking import Worth
from leumund.rewards.judging import worth

GONE = ("canceled", "expired")
# Those first that can give and take without a debt.
_ORDER = ("pending", "approved", "failed")
# Whoever reached a milestone reached it by other orders too, so that none is lost by what became of one.
_REWARDS = """
SELECT w.id, w.program, w.version, w.referral, w.conversion, w.rule AS rule_id, w.side, w.beneficiary, w.kind, w.cents,
    w.currency, w.once, w.state, w.reason, w.tops_up, w.granted_at, w.hold_until, to_jsonb(u) AS rule,
    (w.cents - coalesce((SELECT sum(cents) FROM reward_reduction WHERE reward = w.id), 0))::bigint AS owed_cents,
    EXISTS (SELECT FROM judgement j WHERE j.conversion = w.conversion AND j.rule = w.rule AND j.reason = 'cut') AS cut
FROM reward w JOIN reward_rule u ON u.id = w.rule
WHERE w.conversion = $1 AND w.milestone IS NULL ORDER BY w.beneficiary, w.granted_at, w.id FOR NO KEY UPDATE OF w
"""


class Left(msgspec.Struct, frozen=True):
    """What an order was about, and how much of that was given back."""

    cents: int
    refunded_cents: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One reward of a promise, and what is owed of it by now."""

    id: UUID
    program: UUID
    version: UUID
    referral: UUID
    conversion: UUID
    rule_id: UUID
    side: str
    beneficiary: UUID
    kind: str
    cents: int
    currency: str
    once: bool
    state: str
    reason: str
    tops_up: UUID | None
    hold_until: datetime
    owed_cents: int

    @property
    def is_gone(self) -> bool:
        return self.state in GONE

    def worth(self, cents: int) -> Worth:
        return Worth(
            reward=self.id,
            program=self.program,
            beneficiary=self.beneficiary,
            cents=cents,
            currency=self.currency,
        )


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """All rewards of one promise, the oldest first: what the whole order earned, and what is left of it keeps."""

    rule: Rule
    parts: Sequence[Part]
    full_cents: int
    keeps_cents: int

    @property
    def standing(self) -> list[Part]:
        """What was neither canceled nor let go, what never left first."""
        there = [part for part in self.parts if not part.is_gone]
        return sorted(there, key=lambda part: _ORDER.index(part.state) if part.state in _ORDER else len(_ORDER))

    @property
    def missing_cents(self) -> int:
        """What is owed too little; below zero it is too much."""
        return self.keeps_cents - sum(part.owed_cents for part in self.standing)

    @property
    def last(self) -> Part:
        """The newest of those that were granted for all of it."""
        return [part for part in self.parts if part.tops_up is None][-1]

    @property
    def may_be_renewed(self) -> bool:
        """Whether it is kept, or was taken away by refunds alone: what lapsed or a person took stays as it is."""
        return bool(self.standing) or (self.last.state == "canceled" and self.last.reason == "refunded")


async def promises(*, conversion: UUID, left: Left) -> list[Promise]:
    """Every promise that was kept for the conversion; its rewards are locked, and nothing is changed. One query."""
    rows = await ground.fetch(_REWARDS, conversion)
    kept: dict[tuple[UUID, UUID], list[dict[str, Any]]] = {}
    for row in rows:
        kept.setdefault((row["beneficiary"], row["rule_id"]), []).append(row)
    return [_promise(each, left) for each in kept.values()]


def _promise(rows: Sequence[dict[str, Any]], left: Left) -> Promise:
    """A limit that cut it then cuts it still; else what the whole order earns counts, however little was left then."""
    rule = msgspec.convert(msgspec.json.decode(rows[0]["rule"]), Rule)
    most = max(row["cents"] for row in rows if row["tops_up"] is None)
    full = most if any(row["cut"] for row in rows) else max(most, worth.of(rule, cents=left.cents))
    keeps = worth.after_refund(rule, paid_cents=full, order_cents=left.cents, refunded_cents=left.refunded_cents)
    parts = [Part(**{name: row[name] for name in Part.__struct_fields__}) for row in rows]
    return Promise(rule=rule, parts=parts, full_cents=full, keeps_cents=keeps)
