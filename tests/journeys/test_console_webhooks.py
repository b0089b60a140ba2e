"""The owner tells the company's systems where to listen: a secret shown once, a test, a log, and nobody else may."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from standardwebhooks import Webhook

from leumund.events.carrying import Carried, Courier, Parcel
from leumund.kit import clock, ground, outside
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import couriers
from tests import hooks, nameserver
from tests.hooks import Hook
from tests.journeys import regulars, staffing
from tests.journeys.anatomy import Anatomy
from tests.journeys.desks import said
from tests.journeys.guests import Guest
from tests.journeys.staffing import Colleague

HERE = "/console/webhooks"
Visit = Callable[[Tenant], Guest]


@pytest.fixture
async def owner(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke, role="owner", name="Olga")


@pytest.fixture
async def desk(deployment: Deployment, birke: Tenant, visit: Visit, owner: Colleague) -> Guest:
    return await staffing.signed_in(deployment, visit, birke, owner)


async def subscribed(desk: Guest, owner: Colleague, **filled: str) -> str:
    """Add an endpoint; returns the secret."""
    await desk.open(HERE)
    form = {"name": "Shop", "url": f"https://{hooks.HOST}:8443/hook", "code": owner.code(), **filled}
    answer = await desk.submit(HERE, **form)
    assert answer.status_code == 201
    found = re.search(r"whsec_[A-Za-z0-9+/=]{40,}", desk.page)
    assert found is not None
    return found[0]


async def test_an_endpoint_hears_a_test_and_its_log_tells_what_it_said(
    deployment: Deployment, birke: Tenant, desk: Guest, owner: Colleague, tmp_path: Path
):
    secret = await subscribed(desk, owner)
    (endpoint,) = await regulars.rows(deployment, birke, "SELECT id FROM event_endpoint")
    place = f"{HERE}/{endpoint['id']}"
    await desk.open(place)
    assert secret not in desk.page
    assert Anatomy(desk.page).faults == []
    await desk.submit(f"{place}/test")
    async with nameserver.running() as dns, hooks.listening(tmp_path) as hook:
        dns.leads(hooks.HOST, "127.0.0.1")
        hook.answers = ["503 Service Unavailable"]
        await worked_off(deployment, birke, dns, hook)
        await desk.open(place)
        assert "503" in said(desk.page)
        async with deployment.scopes.inside(birke):
            await ground.execute("UPDATE event_endpoint SET rests_until = NULL")
            await ground.execute("UPDATE event_delivery SET due_at = $1", clock.now())
        await worked_off(deployment, birke, dns, hook)
        assert Webhook(secret).verify(hook.calls[-1].body, hook.calls[-1].headers)["type"] == "webhook.test"
    await desk.open(place)
    assert "204" in said(desk.page)
    await desk.submit(f"{place}/replay")
    rows = await regulars.rows(deployment, birke, "SELECT state, tries FROM event_delivery")
    assert [(row["state"], row["tries"]) for row in rows] == [("waiting", 0)]


async def worked_off(deployment: Deployment, birke: Tenant, dns: nameserver.NameServer, hook: Hook) -> None:
    """Carry what is due to the hook, wherever its address says it is."""
    trusted = Courier(outside.resolver([("127.0.0.1", dns.port)]), lambda _: True, hook.trust, (8443, hook.port))

    class Nearby(Courier):
        async def carry(self, parcel: Parcel, *, at: datetime) -> Carried:
            here = parcel.url.replace(":8443", f":{hook.port}")
            return await trusted.carry(msgspec.structs.replace(parcel, url=here), at=at)

    errand = couriers.errand(Nearby(trusted.resolver))
    for row in await regulars.rows(deployment, birke, "SELECT id FROM event_delivery WHERE state = 'waiting'"):
        await errand.run(lambda: deployment.scopes.inside(birke), row["id"], clock.now())


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_added(
    deployment: Deployment, birke: Tenant, desk: Guest, owner: Colleague
):
    await desk.open(HERE)
    for url, words in (("http://shop.example/", "https://"), ("https://10.0.0.1/", "vollständige Adresse")):
        answer = await desk.submit(HERE, name="Shop", url=url, code=owner.code())
        assert answer.status_code == 422
        assert words in said(desk.page)
        assert 'aria-invalid="true"' in desk.page
    assert (await desk.submit(HERE, name="Shop", url="https://shop.example/", code="000000")).status_code == 422
    assert await regulars.rows(deployment, birke, "SELECT id FROM event_endpoint") == []


async def test_an_endpoint_is_paused_resumed_renewed_and_removed(
    deployment: Deployment, birke: Tenant, desk: Guest, owner: Colleague
):
    first = await subscribed(desk, owner, **{"kind_reward.paid": "yes"})
    (row,) = await regulars.rows(deployment, birke, "SELECT id, kinds FROM event_endpoint")
    assert row["kinds"] == ["reward.paid"]
    place = f"{HERE}/{row['id']}"
    await desk.open(place)
    await desk.submit(f"{place}/pause")
    assert "angehalten" in said(desk.page)
    assert (await desk.send(f"{place}/test")).status_code == 409
    await desk.open(place)
    await desk.submit(f"{place}/resumption")
    await desk.submit(f"{place}/secret", code=owner.code(steps_ahead=1))
    assert "whsec_" in desk.page
    assert first not in desk.page
    await desk.open(f"{place}/removal")
    assert (await desk.submit("/removal", typed="Laden")).status_code == 422
    await desk.submit("/removal", typed="Shop")
    assert await regulars.rows(deployment, birke, "SELECT id FROM event_endpoint") == []
