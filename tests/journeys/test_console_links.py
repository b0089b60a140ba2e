"""An owner lets links lead to the company's own page, and sees how often they are followed; nobody else leads them."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from leumund.kit import clock, ground
from leumund.referrals import campaigning, stamping
from leumund.referrals.campaigning import Wanted
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public import clicks, links
from tests.journeys import desks, regulars, staffing
from tests.journeys.guests import OURS, Guest
from tests.journeys.staffing import Colleague

Visit = Callable[..., Guest]
HERE = "/console/links"
SHOP = "https://www.shop.example/angebote/?farbe=blau"


@pytest.fixture
async def olivia(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke)


@pytest.fixture
async def screen(deployment: Deployment, visit: Visit, birke: Tenant, olivia: Colleague) -> Guest:
    """Olivia, who owns the company, signed in."""
    return await staffing.signed_in(deployment, visit, birke, olivia)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No few seconds are waited for: each link is asked for anew."""
    monkeypatch.setattr(links, "FRESH_SECONDS", 0.0)


async def post(guest: Guest, path: str, **fields: str) -> int:
    guest.answer = await guest.client.post(path, data=fields, headers=OURS)
    return guest.answer.status_code


async def ids(deployment: Deployment, tenant: Tenant) -> tuple[UUID, list[UUID]]:
    async with deployment.scopes.reading(tenant):
        (program,) = await ground.fetch("SELECT id FROM program")
        targets = await ground.fetch("SELECT id FROM link_target ORDER BY host, path")
        return program["id"], [row["id"] for row in targets]


async def leads(guest: Guest, share: str) -> str:
    return str((await guest.client.get(share)).headers["location"])


async def test_links_lead_to_the_companys_page_while_it_stands_on_the_list(
    deployment: Deployment, birke: Tenant, visit: Visit, screen: Guest, olivia: Colleague
):
    anna, bert = await regulars.advocate(deployment, birke), visit(birke)
    program, _ = await ids(deployment, birke)
    there = f"{HERE}/destinations/{program}"
    assert await post(screen, there, url=SHOP) == 422, "not on the list yet"
    assert "steht nicht auf der Liste" in screen.page
    assert f'value="{SHOP}"' in screen.page, "nothing typed is lost"
    assert await post(screen, f"{HERE}/pages", page="https://www.shop.example/angebote", code=olivia.code()) == 303
    assert await post(screen, there, url=SHOP) == 303
    way = await leads(bert, anna.share)
    parts = urlsplit(way)
    assert way.startswith(SHOP)
    asked = parse_qs(parts.query)
    assert set(asked) == {"farbe", "leumund"}
    async with deployment.scopes.reading(birke):
        click = stamping.read(token=asked["leumund"][0], within=timedelta(days=90), at=clock.now())
        (link,) = await ground.fetch("SELECT id FROM share_link WHERE advocate = $1", anna.customer)
    assert click.link == link["id"]
    _, (target,) = await ids(deployment, birke)
    assert await post(screen, f"{HERE}/pages/{target}/removal") == 303
    assert (await leads(bert, anna.share)).startswith(anna.landing)
    await screen.open(HERE)
    assert f"{SHOP} steht nicht mehr auf der Liste" in desks.said(screen.page)
    assert await post(screen, there, url="") == 303
    await screen.open(HERE)
    assert SHOP not in screen.page
    async with deployment.scopes.reading(birke):
        noted = await ground.fetch("SELECT action FROM audit_entry WHERE action LIKE 'link.%' ORDER BY at")
    assert [row["action"].removeprefix("link.") for row in noted] == [
        "page_allowed",
        "destination_chosen",
        "page_removed",
        "destination_chosen",
    ]


@pytest.mark.parametrize("url", ["https://www.shop.example/angebote-x/", "https://evil.example/angebote/"])
async def test_a_page_beside_those_on_the_list_is_none_of_them(
    deployment: Deployment, birke: Tenant, screen: Guest, olivia: Colleague, url: str
):
    await post(screen, f"{HERE}/pages", page="https://www.shop.example/angebote", code=olivia.code())
    program, _ = await ids(deployment, birke)
    assert await post(screen, f"{HERE}/destinations/{program}", url=url) == 422
    assert await post(screen, f"{HERE}/destinations/{program}", url="https://www.shop.example/angebote/neu") == 303


async def test_what_is_no_page_and_a_wrong_code_are_told_by_their_field(
    deployment: Deployment, birke: Tenant, screen: Guest, olivia: Colleague
):
    assert await post(screen, f"{HERE}/pages", page="http://shop.example/", code=olivia.code()) == 422
    assert 'id="page-wrong"' in screen.page
    assert await post(screen, f"{HERE}/pages", page="https://shop.example/", code=olivia.wrong_code()) == 422
    assert 'id="code-wrong"' in screen.page
    assert (await ids(deployment, birke))[1] == []
    assert await post(screen, f"{HERE}/destinations/{UUID(int=9)}", url="https://shop.example/") == 404


async def test_whoever_does_not_own_the_company_sees_figures_and_leads_nothing(
    deployment: Deployment, birke: Tenant, desk, visit: Visit
):
    viewer, program = await desk(role="viewer"), (await ids(deployment, birke))[0]
    await viewer.open(HERE)
    assert viewer.answer.status_code == 200
    assert "<form" not in viewer.page.split("<main")[1].split("</main>")[0]
    for path in (f"{HERE}/pages", f"{HERE}/destinations/{program}", f"{HERE}/pages/{UUID(int=1)}/removal"):
        assert await post(viewer, path, url="https://shop.example/", page="https://shop.example/", code="123456") == 403


async def test_people_machines_and_campaigns_are_shown_apart(deployment: Deployment, birke: Tenant, desk, visit: Visit):
    at = clock.now()
    async with deployment.scopes.inside(birke):
        wanted = Wanted(key="messe", name="Messe Köln", begins_at=at - timedelta(hours=1))
        await campaigning.make(wanted=wanted, by=UUID(int=1), at=at)
    anna, viewer = await regulars.advocate(deployment, birke), await desk(role="viewer")
    await viewer.open(HERE)
    assert "Noch keine Klicks" in viewer.page
    phone, bot = visit(birke), visit(birke, agent="Twitterbot/1.0")
    for guest, times in ((phone, 3), (bot, 2)):
        for _ in range(times):
            await guest.client.get(f"{anna.share}?c=messe")
    await phone.client.get(anna.share)
    await clicks.flush(deployment)
    await viewer.open(HERE)
    shown = desks.said(viewer.page)
    assert "Messe Köln ?c=messe 3 1 2 0" in shown
    assert "Ohne Aktion 1 1 0 0" in shown
