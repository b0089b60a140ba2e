"""What can happen to rewards, in whatever order: sign-ups, orders, refunds, new versions, budgets, decisions, releases.

After each step the invariants of the design hold; what is refused, or told a second time, leaves every row as it was.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.ledger import balancing
from leumund.programs import offering, publishing, steering
from leumund.programs.offers import Cap, Rule
from leumund.programs.steering import Frame
from leumund.referrals import confirming
from leumund.rewards import converting, reconciling, refunding, releasing, restoring, reviewing, waiving
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.refusing import Refusal
from tests.conftest import NOON
from tests.rooms import whole

T = TypeVar("T")
MEMBER = UUID(int=1)
FRIENDS = [f"{name}@people.example" for name in ("bert", "clara", "dora", "emil")]
ORDERS = [f"A-{number}" for number in range(6)]
OFFERS: list[dict[str, Any]] = [
    {"rules": whole.TERMS.rules},
    {
        "rules": [
            Rule(key="share", side="advocate", kind="cash", percent_bp=1000, most_times=3),
            Rule(key="second", side="advocate", kind="credit", cents=700, milestone=2),
            Rule(key="points", side="friend", kind="points", cents=120, most_times=None),
        ],
        "once_per_relation": False,
        "caps": [Cap(scope="person", per="ever", most_cents=6000)],
    },
    {"rules": [Rule(key="dear", side="friend", kind="voucher", cents=4000, minimum_order_cents=20_000)]},
]
# To look at every row of the company takes longer than any deed.
_LOOKS = 4
AMOUNTS = st.sampled_from([900, 10_000, 25_000, 600_000])


class Here:
    """The scope of the test, reached from the thread the machine lives in; ``told`` counts what came of each deed."""

    def __init__(self, code: str) -> None:
        self.code, self.told = code, Counter[str]()
        self._loop = asyncio.get_running_loop()

    def run(self, deed: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result()


class Story(RuleBasedStateMachine):
    """What can happen between Anna, her friends, the shop and the company; it is only told, and undone at its end."""

    def __init__(self, here: Here) -> None:
        super().__init__()
        self.here, self.now, self.terms = here, NOON, whole.TERMS
        self.undone = ground.current().connection.transaction()
        here.run(self.undone.start())

    def teardown(self) -> None:
        self.here.run(self.undone.rollback())

    @rule(order=st.sampled_from(ORDERS), friend=st.sampled_from(FRIENDS), cents=AMOUNTS, days=st.sampled_from([0, 15]))
    def buys(self, order: str, friend: str, cents: int, days: int) -> None:
        self._do("signs up", self._sign_up(friend))
        who = CustomerRef(email=friend)
        told = Order(order_id=order, cents=cents, currency="EUR", customer=who, occurred_at=self.now)
        if self._do("buys", converting.convert(order=told, at=self.now)):
            self._twice(converting.convert(order=told, at=self.now))
        self._pass(days)

    @rule(order=st.sampled_from(ORDERS), cents=st.one_of(st.none(), st.integers(1, 30_000)), name=st.sampled_from("ab"))
    def gives_back(self, order: str, cents: int | None, name: str) -> None:
        def told() -> Coroutine[Any, Any, refunding.Refunded]:
            return refunding.refund(order_id=order, cents=cents, told_as=name, actor="key:shop", at=self.now)

        if self._do("gives back", told()):
            self._twice(told())

    @rule(place=st.integers(0, 9))
    def was_not_given_back(self, place: int) -> None:
        """One that was told, or one that nobody told of."""
        rows = self._rows("SELECT order_id, told_as FROM refund WHERE restored_at IS NULL ORDER BY told_at, id")
        named = rows[place % len(rows)] if rows and place else {"order_id": ORDERS[0], "told_as": "c"}

        def told() -> Coroutine[Any, Any, restoring.Restored]:
            return restoring.restore(**named, actor="key:shop", at=self.now)

        if self._do("was not given back", told()):
            self._twice(told())

    @rule(offer=st.sampled_from(OFFERS))
    def is_offered(self, offer: dict[str, Any]) -> None:
        self.terms = msgspec.structs.replace(self.terms, **{"caps": (), "once_per_relation": True, **offer})
        self._do("is offered", publishing.publish(terms=self.terms, at=self.now))

    @rule(budget_cents=st.sampled_from([0, 5000, 15_000, 1_000_000]))
    def has_a_budget(self, budget_cents: int) -> None:
        if self._do("has a budget", _settle(budget_cents, self.now)):
            self.terms = msgspec.structs.replace(self.terms, budget_cents=budget_cents)

    @rule(days=st.sampled_from([1, 15]))
    def time_passes(self, days: int) -> None:
        self._pass(days)

    def _pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        for row in self._rows("SELECT id FROM reward WHERE state = 'pending' AND hold_until <= $1", self.now):
            self._do("is released", releasing.release(reward=row["id"], at=self.now))

    @rule(approved=st.booleans())
    def is_decided(self, approved: bool) -> None:
        for row in self._rows("SELECT id FROM referral WHERE state = 'in_review' ORDER BY id LIMIT 1"):
            if approved:
                self._do("is approved", reviewing.approve(referral=row["id"], by=uuid4(), at=self.now))
            else:
                refusal = Refusal(category="other", words="Gewerblich")
                self._do("is refused", reviewing.refuse(referral=row["id"], refusal=refusal, by=MEMBER, at=self.now))

    @rule(granted=st.booleans())
    def is_waived(self, granted: bool) -> None:
        for row in self._rows("SELECT id FROM conversion WHERE doubt IS NOT NULL ORDER BY number LIMIT 1"):
            deed = waiving.grant_after_all if granted else partial(waiving.let_be, why="order")
            self._do("is waived", deed(conversion=row["id"], by=MEMBER, at=self.now))
        for row in self._rows("SELECT id FROM reward WHERE doubt IS NOT NULL ORDER BY id LIMIT 1"):
            deed = waiving.keep if granted else partial(waiving.take_back, why="terms")
            self._do("is looked at", deed(reward=row["id"], by=MEMBER, at=self.now))

    @invariant()
    def the_books_are_true(self) -> None:
        assert set(self.here.run(balancing.totals()).values()) <= {0}, "every posting has two sides"
        assert self.here.run(reconciling.check()) == [], "each reward is where its postings are"

    @invariant()
    def no_budget_is_overspent_and_no_limit_passed(self) -> None:
        held = {row["kind"]: row["cents"] for row in self._rows(_HELD)}
        assert all(cents >= 0 for kind, cents in held.items() if kind != "program_budget")
        (program,) = self._rows("SELECT budget_cents FROM program")
        assert -held.get("program_budget", 0) <= program["budget_cents"]

    @invariant()
    def nothing_is_earned_without_an_approved_conversion_or_twice(self) -> None:
        assert self._rows(_UNEARNED) == []
        assert self._rows(_TWICE) == []

    @invariant()
    def what_is_owed_is_what_the_books_hold(self) -> None:
        assert self._rows(_UNLIKE) == []

    async def _sign_up(self, friend: str) -> None:
        if await whole.accept(self.here.code, friend, at=self.now) is not None:
            for row in await ground.fetch("SELECT request FROM referral WHERE confirmed_at IS NULL"):
                await confirming.confirm(request=row["request"], evidence={}, at=self.now)

    def _do(self, name: str, deed: Coroutine[Any, Any, Any]) -> bool:
        """Whether it was done; what is refused changed nothing, which is looked at some times for each deed."""
        looks = self.here.told[f"{name}, refused"] < _LOOKS
        before = self.here.run(everything()) if looks else ""
        try:
            self.here.run(_apart(deed))
        except (Refused, Unknown, reviewing.NotInReview, releasing.StillHeld):
            self.here.told[f"{name}, refused"] += 1
            assert not looks or self.here.run(everything()) == before, f"{name}: it leaves every row as it was"
            return False
        self.here.told[name] += 1
        return True

    def _twice(self, deed: Coroutine[Any, Any, Any]) -> None:
        self.here.told["twice"] += 1
        if self.here.told["twice"] > _LOOKS * 4:
            deed.close()
            return
        before = self.here.run(everything())
        self.here.run(_apart(deed))
        assert self.here.run(everything()) == before, "told twice it happens once"

    def _rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        return self.here.run(ground.fetch(sql, *values))


async def _settle(budget_cents: int, at: datetime) -> None:
    offer = await offering.current(at=at)
    frame = Frame(
        budget_cents=budget_cents,
        review_above_cents=offer.review_above_cents,
        four_eyes_above_cents=offer.four_eyes_above_cents,
        begins_at=None,
        ends_at=None,
    )
    await steering.settle(key=offer.key, seen=steering.told(offer), frame=frame, actor=f"staff:{MEMBER}", at=at)


async def _apart(deed: Coroutine[Any, Any, T]) -> T:
    async with ground.savepoint():
        return await deed


async def everything() -> str:
    """One digest of every row of the company."""
    tables = await ground.fetch(
        "SELECT relname AS tablename FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relkind = 'r' AND has_table_privilege(oid, 'SELECT') ORDER BY relname"
    )
    said = "md5(string_agg(t::text, '|' ORDER BY t::text))"
    each = [f"SELECT '{row['tablename']}' AS name, {said} AS said FROM {row['tablename']} t" for row in tables]
    rows = await ground.fetch(
        f"SELECT md5(string_agg(name || said, '|' ORDER BY name)) AS said FROM ({' UNION ALL '.join(each)}) every"
    )
    return str(rows[0]["said"])


_HELD = """
SELECT a.kind, sum(CASE WHEN p.credit = a.id THEN p.cents ELSE -p.cents END)::bigint AS cents
FROM ledger_account a JOIN ledger_posting p ON a.id IN (p.credit, p.debit) WHERE a.currency = 'EUR' GROUP BY a.kind
"""
_UNEARNED = """
SELECT w.id FROM reward w JOIN referral r ON r.id = w.referral JOIN conversion c ON c.id = w.conversion
WHERE w.state <> 'canceled' AND (r.state <> 'approved' OR c.referral IS DISTINCT FROM r.id
    OR (c.refunded_at IS NOT NULL AND w.milestone IS NULL))
"""
# Of a reward that waits, and of one that is somebody's, as much is there as is owed of it.
_UNLIKE = """
SELECT w.id, w.state, w.cents, owed.cents AS owed, held.cents AS held FROM reward w
CROSS JOIN LATERAL (
    SELECT w.cents - coalesce(sum(cents), 0)::bigint AS cents FROM reward_reduction WHERE reward = w.id
) owed
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN c.kind IN ('reward_pending', 'reward_available') THEN p.cents ELSE 0 END
        - CASE WHEN d.kind IN ('reward_pending', 'reward_available') THEN p.cents ELSE 0 END), 0)::bigint AS cents
    FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
    WHERE split_part(p.cause, ' ', 2) = w.id::text
) held
WHERE w.state NOT IN ('canceled', 'expired') AND held.cents <> owed.cents
"""
_TWICE = """
SELECT referral, rule FROM reward WHERE once AND state <> 'canceled' GROUP BY referral, rule HAVING count(*) > 1
"""
