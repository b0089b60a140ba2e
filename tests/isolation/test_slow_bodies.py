"""Who sends a body slowly is served by the company as it is when the body has come, not as it was at the first line."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from leumund.customers.records import finding
from leumund.kit import clock
from leumund.operating import closing, office
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import rotating
from leumund.tenancy.keys.rotating import Pace
from leumund.tenancy.keys.wrapping import Masters
from tests.isolation import tally
from tests.journeys.shops import JSON, Shop
from tests.rooms import whole

AT_ONCE = Pace(heard=timedelta(0), clocks=timedelta(0), writers=timedelta(seconds=5))
BODY = b'{"email": "slow@people.example", "external_id": "slow"}'
Meanwhile = Callable[[], Awaitable[object]]


@pytest.fixture
async def shop(door: Any, deployment: Deployment, company: Tenant) -> AsyncIterator[Shop]:
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now() - timedelta(days=1))
    opened = await Shop.open(door, deployment, company)
    yield opened
    await opened.client.aclose()


async def slowly(shop: Shop, meanwhile: Meanwhile) -> httpx.Response:
    """Add a customer; half of the body comes, then much happens, then the rest."""

    async def body() -> AsyncIterator[bytes]:
        yield BODY[:10]
        await meanwhile()
        yield BODY[10:]

    headers = {"idempotency-key": uuid4().hex, **JSON, "authorization": f"Bearer {shop.key.key}"}
    return await shop.client.post("/customers", content=body(), headers=headers)


async def test_what_is_sent_slowly_is_sealed_with_the_key_that_is_left(
    deployment: Deployment, company: Tenant, shop: Shop
):
    async def turn() -> None:
        turns = rotating.rotate(deployment.server, Masters(deployment.settings), [company], pace=AT_ONCE)
        assert [rotated.version async for rotated in turns] == [2]
        deployment.directory.forget()

    answer = await slowly(shop, turn)
    assert answer.status_code == 201, answer.text
    async with deployment.scopes.reading(await deployment.directory.by_slug(company.slug)):
        found = await finding.known(customer=UUID(answer.json()["id"].removeprefix("cus_")))
    assert found.email == "slow@people.example"
    tally.note("slow bodies")


async def test_what_is_sent_slowly_to_a_company_that_closes_is_not_taken(
    deployment: Deployment, company: Tenant, shop: Shop
):
    async def close() -> None:
        async with office.inside(deployment) as desk:
            await closing.close(desk, slug=company.slug, actor="system:test", at=clock.now())
        deployment.directory.forget()

    assert (await slowly(shop, close)).is_error
    async with deployment.pools.connection(company) as connection:
        assert not await connection.fetchval("SELECT count(*) FROM idempotency")
    tally.note("slow bodies")
