"""Purchases of recommended friends: both sides earn, the books and the outbox are written, and all of it is durable.

Beside it stands a transaction of as many inserts into a plain table, over the same connections, in turns with ours.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests.rooms import whole

_ROUNDS, _EACH = 3, 200
_AT_ONCE = (1, 4)
_ADVOCATES = 20
_PLAIN = """
CREATE TABLE {schema}.bench_plain (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), whose uuid NOT NULL, cents bigint NOT NULL, word text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ON {schema}.bench_plain (whose, at);
GRANT INSERT ON {schema}.bench_plain TO {schema};
"""
_INSERT = "INSERT INTO bench_plain (whose, cents, word, at) VALUES (gen_random_uuid(), 5000, 'reward granted', $1)"
# A question for all rows there are of the company's and of the platform's.
_COUNT = """
SELECT 'SELECT sum(n)::int FROM (' || string_agg(
    format('SELECT count(*) AS n FROM %I.%I', schemaname, tablename), ' UNION ALL ') || ') AS counted'
FROM pg_tables WHERE schemaname IN ($1, 'platform')
"""
Deed = Callable[[str], Awaitable[None]]


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print conversions a second, one after the other and at once, and how that stands to bare transactions."""
    async with servers.as_owner(stage.deployment.server) as owner:
        await owner.execute(_PLAIN.format(schema=linden.schema_name))
    friends = await _sign_up(stage, linden)
    added = await _added(stage, linden, friends.pop())

    async def ours(friend: str) -> None:
        async with stage.deployment.scopes.inside(linden):
            await _buy(friend)

    async def plain(friend: str) -> None:
        del friend
        async with stage.deployment.scopes.inside(linden):
            for _ in range(added):
                await ground.execute(_INSERT, clock.now())

    print(f"a conversion adds {added} rows; a bare transaction adds as many, one by one")
    for callers in _AT_ONCE:
        rates: dict[Deed, list[float]] = {ours: [], plain: []}
        for _ in range(_ROUNDS):
            some = [friends.pop() for _ in range(_EACH)]
            for deed, seen in rates.items():
                seen.append(await _rate(deed, some, callers=callers))
        conversions, bare = (median(seen) for seen in rates.values())
        print(
            f"conversions, {callers} at once: {conversions:,.0f}/s, bare transactions {bare:,.0f}/s, "
            f"ratio {conversions / bare:.2f}"
        )


async def _rate(deed: Deed, friends: list[str], *, callers: int) -> float:
    left = iter(friends)

    async def call() -> None:
        for friend in left:
            await deed(friend)

    begun = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return len(friends) / (time.perf_counter() - begun)


async def _sign_up(stage: Stage, linden: Tenant) -> list[str]:
    """As many friends as will buy, each confirmed; of a few advocates in turn."""
    at = clock.now()
    people = [f"bought{number}@people.example" for number in range(1 + len(_AT_ONCE) * _ROUNDS * _EACH)]
    async with stage.deployment.scopes.inside(linden):
        codes = [await whole.advocate(f"brought{n}@people.example", at=at) for n in range(_ADVOCATES)]
    for number, friend in enumerate(people):
        async with stage.deployment.scopes.inside(linden):
            # Nobody is called like another: a sign looks at all people of one name.
            await whole.friend(codes[number % _ADVOCATES], friend, at=at, family_name=f"Beispiel{number}")
    return people


async def _added(stage: Stage, linden: Tenant, friend: str) -> int:
    """How many rows the purchase of one friend adds. It earns for both sides, or this measures nothing."""
    async with servers.as_owner(stage.deployment.server) as owner:
        count = await owner.fetchval(_COUNT, linden.schema_name)
        before = await owner.fetchval(count)
        async with stage.deployment.scopes.inside(linden):
            assert len((await _buy(friend)).rewards) == 2
        added: int = await owner.fetchval(count) - before
        return added


async def _buy(friend: str) -> Converted:
    at = clock.now()
    order = Order(
        order_id=f"order of {friend}", cents=90_000, currency="EUR", customer=CustomerRef(email=friend), occurred_at=at
    )
    return await converting.convert(order=order, at=at)
