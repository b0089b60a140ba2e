"""Whatever is done to the books behind our back is found by whoever verifies them; what is left alone verifies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from leumund.kit import ground, linking, verifying
from leumund.kit.ground import Ground
from leumund.kit.vaults import Vault
from leumund.kit.verifying import Verdict
from leumund.ledger import opening, posting
from leumund.ledger.chaining import BOOKS
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import mallory
from tests.conftest import NOON

PROGRAM, ANNA = uuid4(), uuid4()
BUDGET, PENDING = Account("program_budget", PROGRAM, "EUR"), Account("reward_pending", ANNA, "EUR")
# Three postings; the second is the one in the middle.
MIDDLE = "(SELECT entry FROM ledger_link WHERE position = 2)"
BEHIND_OUR_BACK = {
    "another amount": f"UPDATE ledger_posting SET cents = cents + 1 WHERE id = {MIDDLE}",
    "another moment": f"UPDATE ledger_posting SET posted_at = posted_at + interval '1 microsecond' WHERE id = {MIDDLE}",
    "another cause": f"UPDATE ledger_posting SET cause = cause || 'x' WHERE id = {MIDDLE}",
    "the other way round": f"UPDATE ledger_posting SET debit = credit, credit = debit WHERE id = {MIDDLE}",
    "one gone from the middle": f"DELETE FROM ledger_posting WHERE id = {MIDDLE}",
    "one gone with its link": f"DELETE FROM ledger_posting WHERE id = {MIDDLE};"
    "DELETE FROM ledger_link WHERE position = 2",
    "one gone from the end": "DELETE FROM ledger_posting WHERE id = (SELECT entry FROM ledger_link WHERE position = 3);"
    "DELETE FROM ledger_link WHERE position = 3",
    "all gone but the head": "DELETE FROM ledger_link; DELETE FROM ledger_posting",
    "no head any more": "DELETE FROM ledger_head",
    "one more": "INSERT INTO ledger_posting (debit, credit, currency, cents, cause, posted_at) "
    "SELECT debit, credit, currency, cents, 'made up', posted_at FROM ledger_posting LIMIT 1",
    "one more that waits without a seal": "WITH more AS (INSERT INTO ledger_posting (debit, credit, currency, cents, "
    "cause, posted_at) SELECT debit, credit, currency, cents, 'made up', posted_at FROM ledger_posting LIMIT 1 "
    "RETURNING id) INSERT INTO ledger_waiting SELECT id FROM more",
    "two changed places": "UPDATE ledger_link SET entry = gen_random_uuid() WHERE position = 1;"
    "UPDATE ledger_link SET entry = (SELECT id FROM ledger_posting WHERE cents = 2501) WHERE position = 2;"
    "UPDATE ledger_link SET entry = (SELECT id FROM ledger_posting WHERE cents = 2502) WHERE position = 1",
    "another hash": "UPDATE ledger_link SET chain_hash = repeat('0', 64) WHERE position = 2",
    "another end": "UPDATE ledger_head SET position = 2, chain_hash = "
    "(SELECT chain_hash FROM ledger_link WHERE position = 2)",
}


async def post(*numbers: int) -> None:
    """Anna may expect something, for each of ``numbers``."""
    moves = [Move(BUDGET, PENDING, 2500 + n, f"reward {n} granted") for n in numbers]
    await posting.post_all(moves=moves, at=NOON)


@pytest.fixture(scope="module")
async def booked(deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]) -> tuple[Tenant, Vault]:
    """A company with three postings, and its keys."""
    company = await open_company("linden")
    async with deployment.scopes.inside(company) as here:
        await post(1)
        await post(2, 3)
        return company, here.vault


@pytest.fixture
async def as_mallory(deployment: Deployment, booked: tuple[Tenant, Vault]) -> AsyncIterator[Ground]:
    """Inside that company as the database's owner, who may do anything; undone at the end."""
    async with mallory.inside(deployment, *booked) as there:
        yield there


async def verified(behind: str = "SELECT") -> Verdict:
    """What is found after ``behind`` was done to the rows."""
    await ground.execute(behind)
    return await verifying.verify(BOOKS)


async def test_books_left_alone_verify(as_mallory: Ground):
    verdict = await verified()
    assert (verdict.position, verdict.waiting, verdict.faults) == (3, 0, [])


@pytest.mark.parametrize("behind", BEHIND_OUR_BACK.values(), ids=BEHIND_OUR_BACK.keys())
async def test_what_mallory_does_as_the_databases_owner_is_found(as_mallory: Ground, behind: str):
    assert (await verified(behind)).faults


async def test_a_chain_somebody_broke_is_never_sealed_anew_and_money_moves_on(as_mallory: Ground):
    await ground.execute("UPDATE ledger_head SET chain_hash = repeat('0', 64)")
    await post(4)
    verdict = await verified()
    assert [fault.kind for fault in verdict.faults] == ["head_forged", "end_missing"]
    assert verdict.waiting == 1


async def test_what_stood_in_the_books_before_there_was_a_chain_comes_in_with_the_first(as_mallory: Ground):
    await ground.execute("DELETE FROM ledger_link; DELETE FROM ledger_head")
    await ground.execute("INSERT INTO ledger_waiting (entry) SELECT id FROM ledger_posting")
    assert (await verified()).faults == []
    await post(4)
    verdict = await verified()
    assert (verdict.position, verdict.waiting, verdict.faults) == (4, 0, [])


@asynccontextmanager
async def head_in_use(deployment: Deployment, company: Tenant) -> AsyncIterator[None]:
    """A slow deed has posted something, and not ended yet."""
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with deployment.scopes.inside(company):
            await post(1)
            began.set()
            await go_on.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(slow())
        await began.wait()
        yield
        go_on.set()


async def state(deployment: Deployment, company: Tenant) -> tuple[int, int, list[verifying.Fault]]:
    async with deployment.scopes.reading(company):
        verdict = await verifying.verify(BOOKS)
    return verdict.position, verdict.waiting, verdict.faults


async def test_nobody_waits_for_whoever_has_the_head(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await post(0)
    async with head_in_use(deployment, company):
        async with deployment.scopes.inside(company):
            await post(2, 3)
        assert await state(deployment, company) == (1, 2, [])
    async with deployment.scopes.inside(company):
        await post(4)
    assert await state(deployment, company) == (5, 0, [])


async def test_postings_at_once_leave_one_whole_chain(deployment: Deployment, company: Tenant):
    async def deed(n: int) -> None:
        async with deployment.scopes.inside(company):
            await post(n, n + 1, n + 2)

    # Each cause is told by up to three deeds, in no order.
    await asyncio.gather(*(deed(n) for n in range(30)))
    async with deployment.scopes.inside(company):
        await linking.link(BOOKS)
    assert await state(deployment, company) == (32, 0, [])


async def test_a_batch_in_which_one_cause_has_other_figures_moves_nothing(inside: Ground):
    await post(1)
    told = [Move(BUDGET, PENDING, 100, "reward 7 granted"), Move(BUDGET, PENDING, 1, "reward 1 granted")]
    with pytest.raises(posting.CauseReused):
        async with ground.savepoint():
            await posting.post_all(moves=told, at=NOON)
    assert await posting.posted(causes=["reward 7 granted"]) == set()
    assert (await verifying.verify(BOOKS)).faults == []


async def test_a_batch_answers_each_of_its_moves_whatever_was_told_before(inside: Ground):
    await post(2)
    moves = [Move(BUDGET, PENDING, 2500 + n, f"reward {n} granted") for n in (1, 2, 3, 1)]
    first, second, third, again = await posting.post_all(moves=moves, at=NOON)
    assert [first.cents, second.cents, third.cents] == [2501, 2502, 2503]
    assert again == first, "a cause told twice in one batch moves money once"
    assert await posting.post_all(moves=moves, at=NOON) == [first, second, third, first]
    assert (await verifying.verify(BOOKS)).position == 3


async def test_a_batch_of_nothing_moves_nothing(inside: Ground):
    assert await posting.post_all(moves=[], at=NOON) == []


async def test_mallory_cannot_unlink(inside: Ground):
    await post(1)
    for sql in ("DELETE FROM ledger_link", "UPDATE ledger_link SET chain_hash = ''", "DELETE FROM ledger_head"):
        with pytest.raises(Exception, match="permission denied"):
            async with ground.savepoint():
                await ground.execute(sql)


async def test_whoever_holds_an_account_decides_alone_and_others_post_to_it(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        accounts = await opening.open_all(accounts=[BUDGET, PENDING])
    ids: list[UUID] = list(accounts.values())
    held, let_go = asyncio.Event(), asyncio.Event()

    async def decide() -> None:
        async with deployment.scopes.inside(company):
            await opening.hold(accounts=ids)
            held.set()
            await let_go.wait()

    async def hold() -> None:
        async with deployment.scopes.inside(company):
            await opening.hold(accounts=ids[::-1])

    first = asyncio.create_task(decide())
    await held.wait()
    async with deployment.scopes.inside(company):
        await post(1)
    second = asyncio.create_task(hold())
    assert not (await asyncio.wait([second], timeout=0.3))[0], "it waits"
    let_go.set()
    await asyncio.gather(first, second)
