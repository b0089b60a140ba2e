"""The books with a million postings: what it takes to post, to look at them by every page, and to prove them.

Beside posting stands a bare insert of as many rows of the same table in as many transactions.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from leumund.demo.staging import Stage
from leumund.kit import clock, ground, verifying
from leumund.ledger import balancing, closing, listing, opening, posting, stating
from leumund.ledger.chaining import BOOKS
from leumund.ledger.listing import Sought
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant

_POSTINGS, _BATCH, _SINGLE, _PEOPLE = 1_000_000, 10_000, 500, 100_000
_BARE = """
INSERT INTO ledger_posting (debit, credit, currency, cents, cause, posted_at) VALUES ($1, $2, 'EUR', 100, $3, $4)
"""


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print postings a second, alone and in batches, and milliseconds of each look at a million of them."""
    at, programs = clock.now(), [uuid4() for _ in range(3)]
    people = [UUID(int=n + 1) for n in range(_PEOPLE)]
    begun = time.perf_counter()
    for first in range(0, _POSTINGS, _BATCH):
        day = at - timedelta(days=365 * (1 - first / _POSTINGS))
        async with stage.deployment.scopes.inside(linden):
            await posting.post_all(moves=_batch(first, programs, people), at=day)
    seconds = time.perf_counter() - begun
    print(
        f"batches of {_BATCH:,}: {_POSTINGS / seconds:,.0f} postings/s, {1000 * _BATCH * seconds / _POSTINGS:,.0f} ms"
    )
    async with servers.as_owner(stage.deployment.server) as owner:
        await owner.execute(f"ANALYZE {linden.schema_name}.ledger_posting, {linden.schema_name}.ledger_account")
    await _one_by_one(stage, linden, programs[0], people[0], at)
    await _looks(stage, linden, programs[0], people[0], "before days are closed")
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        await closing.close(at=at)
    print(f"a year of days closed at once: {time.perf_counter() - begun:.1f} s")
    await _looks(stage, linden, programs[0], people[0], "closed")
    for what, deed in (("chain", lambda: verifying.verify(BOOKS)), ("sums of days", closing.untrue)):
        begun = time.perf_counter()
        async with stage.deployment.scopes.reading(linden), ground.sweeping(minutes=10):
            await deed()
        print(f"{what} verified: {time.perf_counter() - begun:.1f} s")


def _batch(first: int, programs: list[UUID], people: list[UUID]) -> list[Move]:
    """Grants and, half as often, releases; of people in turn."""
    return [_move(n, programs[n % 3], people[n // 2 % _PEOPLE]) for n in range(first, first + _BATCH)]


def _move(n: int, program: UUID, person: UUID) -> Move:
    pending = Account("reward_pending", person, "EUR")
    if n % 3:
        return Move(Account("program_budget", program, "EUR"), pending, 2500, f"reward {UUID(int=n)} granted")
    return Move(pending, Account("reward_available", person, "EUR"), 2500, f"reward {UUID(int=n)} released")


async def _one_by_one(stage: Stage, linden: Tenant, program: UUID, person: UUID, at: datetime) -> None:
    async with stage.deployment.scopes.inside(linden):
        sides = (Account("program_budget", program, "EUR"), Account("reward_pending", person, "EUR"))
        debit, credit = (await opening.open_all(accounts=sides)).values()

    async def booked(n: int) -> None:
        await posting.post_all(moves=[Move(*sides, 100, f"single {n}")], at=at)

    async def bare(n: int) -> None:
        await ground.execute(_BARE, debit, credit, f"bare {n}", at)

    rates = []
    for deed in (booked, bare):
        begun = time.perf_counter()
        for n in range(_SINGLE):
            async with stage.deployment.scopes.inside(linden):
                await deed(n)
        rates.append(_SINGLE / (time.perf_counter() - begun))
    print(f"one a transaction: {rates[0]:,.0f} postings/s, bare insert {rates[1]:,.0f}")
    async with servers.as_owner(stage.deployment.server) as owner:
        await owner.execute(f"DELETE FROM {linden.schema_name}.ledger_posting WHERE cause LIKE 'bare %'")


async def _looks(stage: Stage, linden: Tenant, program: UUID, person: UUID, when: str) -> None:
    looks: dict[str, Callable[[], Awaitable[object]]] = {
        "books": balancing.flows,
        "books half a year ago": lambda: balancing.flows(at=clock.now() - timedelta(days=180)),
        "budget": lambda: balancing.held(kind="program_budget", owner=program, currency="EUR"),
        "a person's": lambda: balancing.held(kind="reward_pending", owner=person, currency="EUR"),
        "page of all": lambda: listing.page(sought=Sought()),
        "page of a program": lambda: listing.page(sought=Sought(kind="program_budget", owner=program)),
        "page of a kind": lambda: listing.page(sought=Sought(kind="reward_available")),
        "page of a kind nobody has": lambda: listing.page(sought=Sought(kind="paid_out")),
        "statement": lambda: stating.state(owner=person),
    }
    took = []
    for name, look in looks.items():
        async with stage.deployment.scopes.reading(linden):
            await look()
            begun = time.perf_counter()
            await look()
        took.append(f"{name} {1000 * (time.perf_counter() - begun):,.1f}")
    print(f"{when}, ms: {', '.join(took)}")
