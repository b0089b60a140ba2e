"""Many move money over the same accounts at once, and each move is reversed twice at once: nothing is left anywhere."""

import asyncio
from random import Random
from uuid import UUID

from leumund.kit import ground, linking, verifying
from leumund.ledger import balancing, posting
from leumund.ledger.chaining import BOOKS, Posted
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import books
from tests.conftest import NOON

MOVES, WORKERS, ACCOUNTS = 120, 20, 6
DICE = Random(7)


async def test_what_is_reversed_twice_at_once_is_reversed_once(deployment: Deployment, company: Tenant):
    accounts = [Account("reward_available", UUID(int=n), "EUR") for n in range(1, ACCOUNTS + 1)]
    moves = [Move(*DICE.sample(accounts, 2), DICE.randint(1, 10_000), f"move {n} made") for n in range(MOVES)]
    back = [Move(each.credit, each.debit, each.cents, each.cause.replace("made", "reversed")) for each in moves]
    hands = asyncio.Semaphore(WORKERS)

    async def move(*wanted: Move) -> list[Posted]:
        async with hands, deployment.scopes.inside(company):
            return await posting.post_all(moves=wanted, at=NOON)

    # Some alone and some in pairs, which take their accounts in whichever order.
    await asyncio.gather(*(move(*moves[n : n + 1 + n % 2]) for n in range(MOVES)))
    twice = await asyncio.gather(*(move(each) for each in [*back, *back]))

    for (first,), (second,) in zip(twice[:MOVES], twice[MOVES:], strict=True):
        assert first == second, "both are told of the one that was made"
    async with deployment.scopes.inside(company):
        await linking.link(BOOKS)
        (made,) = await ground.fetch("SELECT count(*) AS n FROM ledger_posting")
        verdict = await verifying.verify(BOOKS)
        assert made["n"] == verdict.position == 2 * MOVES
        assert verdict.faults == []
        assert {line.cents for line in await books.lines()} == {0}, "all volumes are zero"
        assert await balancing.totals() == {"EUR": 0}
