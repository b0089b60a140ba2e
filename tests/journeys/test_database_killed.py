"""The database dies while two shops report purchases: what was answered is there, and all else is told once more."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from leumund import asgi
from leumund.insight import proving
from leumund.kit import ground
from leumund.tenancy.database import embedded
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import served
from tests.conftest import NOON
from tests.journeys.shops import Shop
from tests.rooms import whole

_EACH, _BEFORE_IT_DIES = 24, 8
_SOLD = """
SELECT c.order_id, count(w.id) AS rewards FROM conversion c LEFT JOIN reward w ON w.conversion = c.id
GROUP BY c.order_id ORDER BY c.order_id
"""


class Till:
    """Two shops' purchases: each is told until it is answered, under the same key."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.put_off: set[str] = set()
        self.enough = asyncio.Event()

    async def sell(self, shop: Shop, number: int) -> None:
        order = {
            "order_id": f"{shop.tenant.name}-{number:02}",
            "amount_cents": 90_000,
            "currency": "EUR",
            "customer": {"email": f"friend-{number}@people.example"},
        }
        while True:
            answer = await shop.post("/conversions", order, once=order["order_id"])
            if answer.status_code == 201:
                break
            # Never a fault of ours: come again.
            assert answer.status_code == 503, answer.text
            self.put_off.add(str(order["order_id"]))
            await asyncio.sleep(0.05)
        self.answered.append(answer.json()["order_id"])
        if len(self.answered) >= _BEFORE_IT_DIES:
            self.enough.set()


@pytest.fixture
async def shops(there: Deployment) -> AsyncIterator[list[Shop]]:
    door = asgi.create()
    door.use(there)
    opened = [await _opened(there, door, name) for name in ("Linden", "Birke")]
    yield opened
    for shop in opened:
        await shop.client.aclose()


async def _opened(there: Deployment, door: object, name: str) -> Shop:
    """A company where Anna brought as many friends as there will be purchases."""
    tenant = await served.company(there, f"{name.lower()}-sells", name=name, at=NOON)
    async with there.scopes.inside(tenant):
        await whole.company(at=NOON)
        code = await whole.advocate("anna@people.example", at=NOON)
        for number in range(_EACH):
            await whole.friend(code, f"friend-{number}@people.example", at=NOON)
    shop = await Shop.open(door, there, tenant)
    await shop.client.aclose()
    # As a server answers it: what nobody caught is a 500, and no error in the shop.
    transport = httpx.ASGITransport(app=door, raise_app_exceptions=False)
    shop.client = httpx.AsyncClient(transport=transport, base_url=f"https://{tenant.host}/api/v1", timeout=60)
    return shop


@asynccontextmanager
async def dead(there: Deployment) -> AsyncIterator[None]:
    """The server is gone as by a power cut, and comes back by itself at the end."""
    server = embedded.get_server(there.settings.data.resolve() / "postgres")
    command = [server.bin_path / "pg_ctl", "-D", str(server.pgdata), "-m", "immediate", "-w", "stop"]
    await asyncio.to_thread(subprocess.run, command, user=server.system_user, check=True, capture_output=True, cwd="/")
    try:
        yield
    finally:
        await asyncio.to_thread(server.ensure_postgres_running)


async def test_what_was_answered_is_there_and_all_else_is_told_once_more(there: Deployment, shops: list[Shop]):
    till, few = Till(), asyncio.Semaphore(6)

    async def sell(shop: Shop, number: int) -> None:
        async with few:
            await till.sell(shop, number)

    async with asyncio.timeout(120), asyncio.TaskGroup() as selling:
        for number in range(_EACH):
            for shop in shops:
                selling.create_task(sell(shop, number))
        await till.enough.wait()
        async with dead(there):
            before = len(till.answered)
            while not till.put_off:  # noqa: ASYNC110 - whoever is put off tells nobody else
                await asyncio.sleep(0.05)
    assert before < 2 * _EACH, "it died while they were at it"
    for shop in shops:
        orders = [f"{shop.tenant.name}-{number:02}" for number in range(_EACH)]
        assert await _sold(there, shop.tenant) == [(order, 2) for order in orders]


async def _sold(there: Deployment, tenant: Tenant) -> list[tuple[str, int]]:
    """What a company has sold, of whose books each is right."""
    async with there.scopes.inside(tenant):
        assert (await proving.look()).faults == []
        return [(row["order_id"], row["rewards"]) for row in await ground.fetch(_SOLD)]
