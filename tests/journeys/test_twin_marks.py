"""Whatever a test company shows or answers says that it is one, and nothing of its own company does."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from leumund.tenancy.deployment import Deployment
from tests.journeys import staffing
from tests.journeys.guests import Guest
from tests.journeys.shops import Shop
from tests.journeys.twins import Pair

MARK = "(Testbetrieb)"
PUBLIC = ("/portal/login", "/imprint", "/privacy", "/terms", "/console/login", "/nothing-here")
CONSOLE = ("/console", "/console/customers", "/console/program")


@pytest.fixture
async def shops(door: Any, deployment: Deployment, pair: Pair) -> AsyncIterator[tuple[Shop, Shop]]:
    """A shop of the live company, and one of its twin."""
    opened = (await Shop.open(door, deployment, pair.live), await Shop.open(door, deployment, pair.twin))
    yield opened
    for each in opened:
        await each.client.aclose()


async def test_every_page_of_a_test_company_says_so_and_is_not_looked_for(
    deployment: Deployment, pair: Pair, visit: Callable[..., Guest]
):
    for tenant in pair:
        guest = visit(tenant, language="de")
        answers = [await guest.client.get(path) for path in PUBLIC]
        desk = await staffing.at_desk(deployment, visit, tenant)
        answers += [await desk.open(path) for path in CONSOLE]
        for answer in answers:
            assert ('<aside class="band"' in answer.text) is tenant.is_twin, answer.url
            assert (MARK in answer.text) is tenant.is_twin, answer.url
            assert ("noindex" in answer.headers.get("x-robots-tag", "")) is tenant.is_twin, answer.url


async def test_each_answer_of_the_api_names_its_mode_refusals_among_them(shops: tuple[Shop, Shop]):
    for shop, mode in zip(shops, ("live", "test"), strict=True):
        answers = [await shop.get("/rewards"), await shop.get("/nothing"), await shop.get("/openapi.json")]
        answers.append(await shop.client.get("/rewards"))
        assert [answer.status_code for answer in answers] == [200, 404, 200, 401]
        assert {answer.headers["leumund-mode"] for answer in answers} == {mode}


async def test_a_key_of_the_other_mode_is_told_so_by_its_beginning_alone(shops: tuple[Shop, Shop]):
    live, trying = shops
    assert (live.key.key.startswith("lk_test_"), trying.key.key.startswith("lk_test_")) == (False, True)
    for shop, wrong in ((live, trying.key.key), (live, "lk_test_nobody-made"), (trying, live.key.key)):
        answer = await shop.get("/rewards", authorization=f"Bearer {wrong}")
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/wrong-mode")
    for shop, unknown in ((live, "lk_nobody-made"), (trying, "lk_test_nobody-made")):
        answer = await shop.get("/rewards", authorization=f"Bearer {unknown}")
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
