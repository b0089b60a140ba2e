"""Books that say something else than the rewards they were booked for are found, whoever changed which of the two."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from leumund.insight import proving
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.kit.vaults import Vault
from leumund.ledger import balancing, closing, opening, posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.rewards import converting, refunding, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import mallory
from tests.conftest import NOON
from tests.rooms import whole

LATER = NOON + timedelta(days=20)
# Anna's is released, Bert's still held; whoever broke a row did it as the database's owner.
ANNAS = "(SELECT id FROM reward WHERE side = 'advocate')"
BERTS = "(SELECT id FROM reward WHERE side = 'friend')"
BEHIND_OUR_BACK = {
    "another amount of a reward": (f"UPDATE reward SET cents = cents + 1 WHERE id = {ANNAS}", {"reward_amount"}),
    "another amount in the books": ("UPDATE ledger_posting SET cents = 1 WHERE cause LIKE '%granted'", None),
    "a reward that says it is approved": (
        f"UPDATE reward SET state = 'approved', decided_at = now() WHERE id = {BERTS}",
        {"reward_state"},
    ),
    "a reward that says it was canceled": (
        f"UPDATE reward SET state = 'canceled', reason = 'x' WHERE id = {ANNAS}",
        {"reward_state"},
    ),
    "a reward for somebody else": (
        f"UPDATE reward SET beneficiary = (SELECT beneficiary FROM reward WHERE id = {BERTS}) WHERE id = {ANNAS}",
        {"reward_whose", "reward_unearned"},
    ),
    "an order that counts for nobody any more": (
        "UPDATE conversion SET referral = NULL, program = NULL",
        {"reward_unearned"},
    ),
    "a reward nobody booked": (
        f"WITH gone AS (DELETE FROM ledger_posting WHERE cause LIKE '%' || {BERTS}::text || '%' RETURNING id) "
        "DELETE FROM ledger_link WHERE entry IN (SELECT id FROM gone)",
        None,
    ),
    "a posting for no reward": (
        f"UPDATE ledger_posting SET cause = 'reward {UUID(int=7)} granted' WHERE cents = 2500",
        None,
    ),
    "an account that is gone": (
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_credit_currency_fkey;"
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_debit_currency_fkey;"
        "DELETE FROM ledger_account WHERE kind = 'reward_available'",
        {"half", "uneven", "day", "reward_state"},
    ),
    "an account of another currency": (
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_credit_currency_fkey;"
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_debit_currency_fkey;"
        "UPDATE ledger_account SET currency = 'CHF' WHERE kind = 'reward_available'",
        {"half", "uneven"},
    ),
    "a sum of a day": ("UPDATE ledger_day SET cents = cents - 1", {"day"}),
}


async def buys(order_id: str) -> None:
    customer = CustomerRef(email="bert@people.example")
    order = Order(order_id=order_id, cents=90_000, currency="EUR", customer=customer, occurred_at=NOON)
    await converting.convert(order=order, at=NOON)


async def a_recommendation() -> None:
    """Bert bought, and both have a reward; Anna's hold is over and hers was released."""
    await whole.company(at=NOON)
    await whole.friend(await whole.advocate("anna@people.example", at=NOON), "bert@people.example", at=NOON)
    await buys("A-1")
    rows = await ground.fetch("SELECT id FROM reward WHERE side = 'advocate'")
    await releasing.release(reward=rows[0]["id"], at=LATER)


@pytest.fixture(scope="module")
async def booked(deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]) -> tuple[Tenant, Vault]:
    """A company with a recommendation in its books, days closed, and its keys."""
    company = await open_company("linden")
    async with deployment.scopes.inside(company) as here:
        await a_recommendation()
        await closing.close(at=LATER + timedelta(days=2))
        return company, here.vault


@pytest.fixture
async def as_mallory(deployment: Deployment, booked: tuple[Tenant, Vault]) -> AsyncIterator[Ground]:
    """Inside that company as the database's owner, who may do anything; undone at the end."""
    async with mallory.inside(deployment, *booked) as there:
        yield there


async def test_books_that_say_what_the_rewards_say_are_proven(inside: Ground):
    await a_recommendation()
    verdict = await proving.prove(at=LATER)
    assert (verdict.postings, verdict.accounts, verdict.sums, verdict.faults) == (3, 4, {"EUR": 0}, [])
    watched = await proving.newest(at=LATER)
    assert watched is not None
    assert (watched.at, watched.faults) == (LATER, 0)


async def test_what_was_taken_back_before_and_after_its_release_is_proven(inside: Ground):
    await a_recommendation()
    await refunding.refund(order_id="A-1", at=LATER, actor="key:shop")
    assert {each.kind: each.cents for each in await balancing.by_kind() if each.cents} == {
        "program_budget": -5000,
        "clawback": 5000,
    }
    assert (await proving.prove(at=LATER)).faults == []


async def test_whoever_sees_the_books_is_told_by_mail_where_something_is_found(inside: Ground):
    await a_recommendation()
    # A posting for a reward nobody knows of: nothing stops a deed of ours that is wrong but this.
    budget, pending = Account("program_budget", uuid4(), "EUR"), Account("reward_pending", uuid4(), "EUR")
    await posting.post_all(moves=[Move(budget, pending, 100, f"reward {UUID(int=9)} granted")], at=NOON)
    verdict = await proving.prove(at=LATER)
    assert [(each.kind, each.which) for each in verdict.faults] == [("reward_unknown", str(UUID(int=9)))]


async def test_what_was_booked_for_a_payout_nobody_made_is_found(inside: Ground):
    anna = uuid4()
    sides = (Account("reward_available", anna, "EUR"), Account("payout_in_transit", anna, "EUR"))
    await posting.post_all(moves=[Move(*sides, 100, f"payout {UUID(int=8)} created")], at=NOON)
    faults = (await proving.prove(at=LATER)).faults
    assert [(each.kind, each.which) for each in faults] == [("payout_unknown", str(UUID(int=8)))]


async def test_who_was_paid_less_than_nothing_is_a_fault(inside: Ground):
    sides = (Account("paid_out", uuid4(), "EUR"), Account("reward_available", uuid4(), "EUR"))
    await posting.post_all(moves=[Move(*sides, 100, "a slip of ours")], at=NOON)
    account = (await opening.open_all(accounts=sides[:1]))[sides[0]]
    faults = (await proving.prove(at=LATER)).faults
    assert ("negative", str(account)) in [(each.kind, each.which) for each in faults]


@pytest.mark.parametrize(("behind", "kinds"), BEHIND_OUR_BACK.values(), ids=BEHIND_OUR_BACK.keys())
async def test_what_mallory_does_as_the_databases_owner_is_found(
    as_mallory: Ground, behind: str, kinds: set[str] | None
):
    assert await found() == set()
    await ground.execute(behind)
    # Where the chain is broken as well, it is enough that more than the chain says so.
    if kinds is None:
        assert {"changed", "missing", "link_missing"} & await found()
        assert await found() - {"changed", "missing", "link_missing"}
    else:
        assert await found() == kinds


async def found() -> set[str]:
    verdict = await proving.look()
    return {each.kind for each in verdict.faults}
