"""The preference centre: one page for all purposes and channels, reached by a mail's link or in the portal."""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Guest, Postbox

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
STATES = "SELECT purpose, state, evidence FROM consent_event WHERE customer = $1 ORDER BY position"
BUTTON = re.compile(r'<button class="([^"]+)" name="choice" value="(\w+)" aria-pressed="(\w+)"')
SIGNAL = {"sec-gpc": "1"}


class Written(NamedTuple):
    """Clara, and the way to her settings that stands in the mail that asked her."""

    asked: guests.Surveyed
    link: str


@pytest.fixture
async def clara(deployment: Deployment, energy: Tenant, postbox: Post) -> Written:
    asked = await guests.surveyed(deployment, energy)
    return Written(asked, (await postbox(energy)).link(asked.email, "/preferences/"))


async def states(deployment: Deployment, tenant: Tenant, clara: Written) -> list[tuple[object, object]]:
    rows = await regulars.rows(deployment, tenant, STATES, clara.asked.customer)
    return [(row["purpose"], row["state"]) for row in rows]


def buttons(page: str, purpose: str) -> list[tuple[str, str, str]]:
    """What stands beside ``purpose``: how each button looks, what it says, and whether it is pressed."""
    form = re.search(rf'<form method="post" action="[^"]*/{purpose}[?"].*?</form>', page, re.DOTALL)
    assert form, f"nothing is asked about {purpose}"
    return [(found[1], found[2], found[3]) for found in BUTTON.finditer(form[0])]


async def test_opening_the_link_changes_nothing_and_sets_no_cookie(
    deployment: Deployment, energy: Tenant, visit: Visit, clara: Written
):
    scanner, before = visit(energy), await regulars.stored(deployment, energy)
    for _ in range(2):
        assert (await scanner.open(clara.link)).status_code == 200
        assert (await scanner.client.head(clara.link)).status_code == 200
    assert not scanner.client.cookies
    assert await regulars.stored(deployment, energy) == before


@pytest.mark.parametrize(("lang", "yes", "title"), [("de", "Ja", "Ihre Einstellungen"), ("en", "Yes", "Your settings")])
async def test_yes_and_no_look_alike_for_every_purpose(
    energy: Tenant, visit: Visit, clara: Written, lang: str, yes: str, title: str
):
    guest = visit(energy)
    await guest.open(clara.link.partition("?")[0] + f"?lang={lang}")
    assert f"<h1>{title}</h1>" in guest.page
    for purpose, given in (("survey", True), ("recommendation", False)):
        found = buttons(guest.page, purpose)
        assert [(value, pressed == "true") for _, value, pressed in found] == [("yes", given), ("no", not given)]
        assert len({look for look, _, _ in found}) == 1, "both look alike"
    assert f">{yes}</button>" in guest.page
    assert f'href="/rights?lang={lang}"' in guest.page, "whoever has no account has the same rights"
    assert "/portal" not in guest.page.partition("<footer")[0]


async def test_a_no_counts_at_once_and_is_one_press(
    deployment: Deployment, energy: Tenant, visit: Visit, clara: Written
):
    phone = visit(energy)
    await phone.open(clara.link)
    await phone.submit("/survey", choice="no")
    assert "Gespeichert" in phone.page
    assert (await states(deployment, energy, clara))[-1] == ("survey", "withdrawn")
    assert buttons(phone.page, "survey")[1][2] == "true"


async def test_a_yes_is_asked_for_once_more_and_counts_then(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, clara: Written
):
    phone = visit(energy)
    await phone.open(clara.link)
    await phone.submit("/recommendation", choice="yes")
    assert "E-Mail geschickt" in phone.page
    assert (await states(deployment, energy, clara))[-1] == ("recommendation", "requested")
    await phone.open((await postbox(energy)).link(clara.asked.email, "/confirm/"))
    await phone.submit("/confirm/")
    assert (await states(deployment, energy, clara))[-1] == ("recommendation", "given")
    again = guests.found(r"/preferences/[^\"]+", phone.page)
    await phone.open(again)
    assert buttons(phone.page, "recommendation")[0][2] == "true", "the confirmed form leads to the settings too"


async def test_everything_ends_in_one_step(deployment: Deployment, energy: Tenant, visit: Visit, clara: Written):
    phone = visit(energy)
    await phone.open(clara.link)
    await phone.submit("/stop")
    assert "Alles ist beendet" in phone.page
    assert (await states(deployment, energy, clara))[-1] == ("survey", "withdrawn")


@pytest.mark.parametrize("signal", [{"sec-gpc": "1"}, {"dnt": "1"}], ids=str)
async def test_a_browser_that_objects_is_told_and_its_no_ends_everything(
    deployment: Deployment, energy: Tenant, visit: Visit, clara: Written, signal: dict[str, str]
):
    phone = visit(energy)
    await phone.open(clara.link)
    assert "Ihr Browser widerspricht" not in phone.page
    phone.client.headers.update(signal)
    await phone.open(clara.link)
    assert "Ihr Browser widerspricht" in phone.page
    await phone.submit("/recommendation", choice="no")
    assert "Alles ist beendet" in phone.page
    (*_, last) = await regulars.rows(deployment, energy, STATES, clara.asked.customer)
    assert (last["purpose"], last["state"]) == ("survey", "withdrawn")
    assert '"signal"' in str(last["evidence"])


async def test_under_the_signal_an_express_yes_is_asked_for_and_nothing_else_ends(
    deployment: Deployment, energy: Tenant, visit: Visit, clara: Written
):
    phone = visit(energy)
    phone.client.headers.update(SIGNAL)
    await phone.open(clara.link)
    await phone.submit("/recommendation", choice="yes")
    assert (await states(deployment, energy, clara))[-1] == ("recommendation", "requested")


async def test_the_link_is_worth_nothing_once_the_address_is_anothers(
    deployment: Deployment, energy: Tenant, visit: Visit, clara: Written
):
    number, phone = clara.asked.customer.hex, visit(energy)
    await regulars.change(
        deployment, energy, "UPDATE customer SET external_id = $2 WHERE id = $1", clara.asked.customer, number
    )
    async with deployment.scopes.inside(energy):
        record = Record(external_id=number, email=guests.address_of("clara"))
        await registering.register(record=record, source="test", at=clock.now())
    assert (await phone.open(clara.link)).status_code == 404
    assert (await phone.send(clara.link.replace("?", "/stop?"))).status_code == 404
    assert (await states(deployment, energy, clara))[-1] == ("survey", "given")


async def test_what_mallory_makes_up_opens_and_ends_nothing(
    deployment: Deployment, brands: dict[str, Tenant], energy: Tenant, visit: Visit, clara: Written
):
    mallory, elsewhere = visit(energy), visit(brands["birke"])
    token = clara.link.partition("/preferences/")[2].partition("?")[0]
    for guest, tried in ((mallory, token[:-4] + "AAAA"), (elsewhere, token)):
        assert (await guest.open(f"/preferences/{tried}")).status_code == 404
        for deed in ("stop", "survey"):
            assert (await guest.send(f"/preferences/{tried}/{deed}", choice="no")).status_code == 404
    crossed = await mallory.send(f"/preferences/{token}/stop", site="cross-site")
    assert crossed.status_code == 403
    assert (await states(deployment, energy, clara))[-1] == ("survey", "given")


async def test_a_purpose_nobody_asks_for_and_a_channel_it_is_not_asked_for_are_not_there(
    energy: Tenant, visit: Visit, clara: Written
):
    phone = visit(energy)
    await phone.open(clara.link)
    base = clara.link.partition("?")[0]
    assert (await phone.send(f"{base}/anything", choice="yes")).status_code == 404
    assert (await phone.send(f"{base}/survey", choice="no", channel="phone")).status_code == 404


async def test_the_page_says_what_is_stored_why_and_for_how_long(energy: Tenant, visit: Visit, clara: Written):
    phone = visit(energy)
    await phone.open(clara.link)
    stored = phone.page.split('id="stored-title"')[1]
    assert stored.count("<h3>") > 5
    assert stored.count("Wie lange") == stored.count("<h3>") == stored.count("Wofür")


async def test_the_portal_has_the_same_page_where_a_yes_counts_at_once(
    deployment: Deployment, energy: Tenant, visit: Visit
):
    anna, phone = await regulars.advocate(deployment, energy), visit(energy)
    assert (await phone.open("/portal/preferences")).url.path == "/portal/login"
    await phone.open(anna.enter)
    await phone.submit("/portal/enter/")
    await phone.open("/portal/preferences")
    for choice, state in (("yes", "given"), ("no", "withdrawn"), ("yes", "given")):
        await phone.submit("/portal/preferences/survey", choice=choice)
        assert phone.answer.status_code == 200
        rows = await regulars.rows(deployment, energy, STATES, anna.customer)
        assert (rows[-1]["purpose"], rows[-1]["state"]) == ("survey", state)
    await phone.submit("/portal/preferences/stop")
    assert "Alles ist beendet" in phone.page
