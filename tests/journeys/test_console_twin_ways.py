"""In a test company the console asks for nothing that would lead out, and takes none of it where it is sent anyway."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from leumund.kit import clock, ground
from leumund.payouts import counting
from leumund.tenancy.deployment import Deployment
from tests.journeys import staffing
from tests.journeys.guests import OURS, Guest
from tests.journeys.staffing import Colleague
from tests.journeys.twins import Pair
from tests.rooms import paying

Visit = Callable[..., Guest]


class Try(NamedTuple):
    """What is sent where, which words come back, and what would have been kept."""

    path: str
    sent: dict[str, str]
    words: str
    table: str


SERVER = {"host": "smtp.linden.example", "port": "587", "username": "", "password": ""}
TRIES = (
    Try("/console/mail/server", SERVER, "Things are tried out here", "mail_server"),
    Try("/console/domains", {"name": "freunde.linden.example"}, "Things are tried out here", "hosting.own_claims()"),
    Try("/console/payouts/stripe/key", {"key": "rk_live_51Linden4711"}, "This key moves real money", "stripe_account"),
)


@pytest.fixture
async def anna(deployment: Deployment, pair: Pair) -> Colleague:
    return await staffing.enrolled(deployment, pair.twin)


@pytest.fixture
async def desk(deployment: Deployment, visit: Visit, pair: Pair, anna: Colleague) -> Guest:
    return await staffing.signed_in(deployment, visit, pair.twin, anna)


@pytest.mark.parametrize(
    ("page", "words", "field"),
    [("/console/mail", "No mail leaves in test mode", "host"), ("/console/domains", "has this one address", "name")],
)
async def test_a_page_says_what_is_not_here_and_does_not_ask_for_it(desk: Guest, page: str, words: str, field: str):
    await desk.open(f"{page}?lang=en")
    assert (words in desk.page, f'id="{field}"' in desk.page) == (True, False)


async def test_it_says_how_payouts_are_tried_without_stripe_and_asks_for_a_test_key(desk: Guest):
    await desk.open("/console/payouts/stripe?lang=en")
    assert all(words in desk.page for words in ("confirm by themselves", "Begins with rk_test_"))


@pytest.mark.parametrize("tried", TRIES, ids=lambda tried: tried.path)
async def test_what_is_sent_all_the_same_is_refused_in_words(
    deployment: Deployment, pair: Pair, desk: Guest, anna: Colleague, tried: Try
):
    sent = {**tried.sent, "code": anna.code()}
    answer = await desk.client.post(f"{tried.path}?lang=en", data=sent, headers=OURS)
    assert (answer.status_code, tried.words in answer.text) == (422, True)
    async with deployment.scopes.reading(pair.twin):
        assert await ground.fetch(f"SELECT FROM {tried.table}") == []


async def test_codes_to_try_with_are_made_up_here_and_in_no_live_company(
    deployment: Deployment, visit: Visit, pair: Pair
):
    for tenant in pair:
        async with deployment.scopes.inside(tenant):
            pool = await paying.pooled(["TEST-4711"], cents=1700)
        desk = await staffing.at_desk(deployment, visit, tenant)
        await desk.open("/console/payouts/vouchers?lang=en")
        assert ("Add 100 test codes" in desk.page) == tenant.is_twin
        await desk.client.post(f"/console/payouts/vouchers/{pool}/invented", headers=OURS)
        async with deployment.scopes.reading(tenant):
            (left,) = [each.left for each in await counting.worths(at=clock.now()) if each.pool == pool]
        assert left == (101 if tenant.is_twin else 1)
