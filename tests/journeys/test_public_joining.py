"""Clara takes part by her own hand twice: once on the page, once behind the mail's link."""

import re
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from leumund.consent.stopping import withdrawing
from leumund.files import reading
from leumund.kit import clock, language, places
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest, Postbox

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
PARTICIPATION = "SELECT confirmed_at IS NOT NULL AS confirmed FROM participation WHERE customer = $1"
CONSENTS = "SELECT purpose, state FROM consent_event WHERE customer = $1 AND source = 'participation' ORDER BY 1, 2"


async def glad(deployment: Deployment, tenant: Tenant, phone: Guest) -> guests.Surveyed:
    """Clara on the page that thanks her for a 9."""
    clara = await guests.surveyed(deployment, tenant)
    await phone.send(clara.link, recommend="9")
    return clara


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_each_side_reads_the_offer_that_is_made_to_it(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, slug: str, lang: str
):
    words, tenant = reading.read(places.tenants() / slug).company.program.texts[lang], brands[slug]
    anna = await regulars.advocate(deployment, tenant)
    phone, clara = visit(tenant, language=lang), visit(tenant, language=lang)
    await glad(deployment, tenant, clara)
    await phone.open(anna.enter)
    await phone.submit("/portal/enter/")
    for page in (clara.page, (await clara.open(Form(clara.page, "/join/").action)).text, phone.page):
        assert words.advocate_text in page
        assert words.text not in page
    await phone.open(anna.share)
    assert words.text in phone.page
    assert words.advocate_text not in phone.page


async def test_without_the_terms_nothing_is_kept_and_the_box_says_why(
    deployment: Deployment, energy: Tenant, visit: Visit
):
    phone = visit(energy)
    await glad(deployment, energy, phone)
    before = await regulars.stored(deployment, energy)
    await phone.submit("/join/", ticked={"consent_recommendation"})
    assert phone.answer.status_code == 422
    assert re.findall(r'id="([a-z_]+)-wrong"', phone.page) == ["terms"]
    assert re.search(r'<input [^>]*id="terms"[^>]*aria-describedby="terms-wrong"', phone.page)
    boxes = Form(phone.page, "/join/").boxes
    ticked = {name for name, is_ticked in boxes.items() if is_ticked}
    assert ticked == {"consent_recommendation"}, "what Clara ticked, and nothing else"
    assert await regulars.stored(deployment, energy) == before


async def test_empty_boxes_take_part_in_full(deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post):
    phone = visit(energy)
    clara = await glad(deployment, energy, phone)
    await phone.submit("/join/", ticked={"terms"})
    assert phone.answer.status_code == 200
    await phone.open((await postbox(energy)).link(clara.email, "/confirm/"))
    await phone.submit("/confirm/")
    assert "/portal/enter/" in phone.page
    assert await regulars.rows(deployment, energy, PARTICIPATION, clara.customer) == [{"confirmed": True}]
    said = await regulars.rows(deployment, energy, CONSENTS, clara.customer)
    assert {row["state"] for row in said} == {"requested", "refused"}


async def test_a_consent_that_stands_is_named_and_not_asked_for_again(
    deployment: Deployment, energy: Tenant, visit: Visit
):
    phone = visit(energy, language="de")
    clara = await glad(deployment, energy, phone)
    assert set(Form(phone.page, "/join/").boxes) == {"terms", "consent_recommendation", "consent_profile"}
    assert re.search(r"Schon erteilt: [^<]+\.</p>", phone.page)
    await phone.submit("/join/", ticked={"terms"}, consent_survey="yes")
    said = await regulars.rows(deployment, energy, CONSENTS, clara.customer)
    asked = {"recommendation", "profile"}
    assert {row["purpose"] for row in said} == asked, "an empty box says nothing of what it did not ask"


async def test_a_consent_that_was_taken_back_is_asked_for_anew(deployment: Deployment, energy: Tenant, visit: Visit):
    phone = visit(energy, language="de")
    clara = await glad(deployment, energy, phone)
    async with deployment.scopes.inside(energy):
        await withdrawing.withdraw(
            customer=clara.customer, email=clara.email, purpose="survey", source="portal", at=clock.now()
        )
    await phone.open(Form(phone.page, "/join/").action)
    asked = {"terms", "consent_survey", "consent_recommendation", "consent_profile"}
    assert set(Form(phone.page, "/join/").boxes) == asked
    assert "Schon erteilt" not in phone.page


async def test_only_the_button_confirms_and_twice_is_once(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post
):
    phone = visit(energy, language="de")
    clara = await glad(deployment, energy, phone)
    await phone.submit("/join/", ticked={"terms", "consent_recommendation"})
    link = (await postbox(energy)).link(clara.email, "/confirm/")
    before = await regulars.stored(deployment, energy)
    for _ in range(3):
        assert (await phone.open(link)).status_code == 200
        assert (await phone.client.head(link)).status_code == 200
    assert await regulars.stored(deployment, energy) == before
    assert await regulars.rows(deployment, energy, PARTICIPATION, clara.customer) == [{"confirmed": False}]

    await phone.submit("/confirm/")
    after = await regulars.stored(deployment, energy)
    given = [
        row for row in await regulars.rows(deployment, energy, CONSENTS, clara.customer) if row["state"] == "given"
    ]
    assert given == [{"purpose": "recommendation", "state": "given"}], "what was ticked, and nothing else"
    again = await phone.send(link)
    assert again.status_code == 200
    assert "/portal/enter/" not in phone.page, "a second press opens no second way in"
    assert "/portal/login" in phone.page
    told = phone.page
    assert language.text("public.confirmed.participation_again.title", "de") in told
    assert "Willkommen im Empfehlungsprogramm" not in told
    assert (await phone.open(link)).text == told, "and so does whoever opens the mail's link once more"
    assert await regulars.stored(deployment, energy) == after


async def test_a_link_of_three_days_ago_is_gone(deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post):
    phone = visit(energy)
    clara = await glad(deployment, energy, phone)
    await phone.submit("/join/", ticked={"terms"})
    link = (await postbox(energy)).link(clara.email, "/confirm/")
    past = "UPDATE consent_request SET expires_at = requested_at WHERE customer = $1"
    await regulars.change(deployment, energy, past, clara.customer)
    assert (await phone.open(link)).status_code == 410
    assert (await phone.send(link)).status_code == 410
    assert await regulars.rows(deployment, energy, PARTICIPATION, clara.customer) == [{"confirmed": False}]


async def test_linden_s_link_confirms_nothing_at_birke_s(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, postbox: Post
):
    phone = visit(brands["linden"])
    clara = await glad(deployment, brands["linden"], phone)
    await phone.submit("/join/", ticked={"terms"})
    link = (await postbox(brands["linden"])).link(clara.email, "/confirm/")
    path = "/confirm/" + link.split("/confirm/")[1]
    other = visit(brands["birke"])
    assert (await other.open(path)).status_code == 404
    assert (await other.send(path)).status_code == 404
    forged = await regulars.signed(deployment, brands["linden"], "confirm", uuid4())
    assert (await phone.open(f"/confirm/{forged}")).status_code == 404
    assert (await phone.send(f"/confirm/{forged}")).status_code == 404


async def test_a_form_of_another_site_takes_part_for_nobody(deployment: Deployment, energy: Tenant, visit: Visit):
    phone = visit(energy)
    await glad(deployment, energy, phone)
    action = Form(phone.page, "/join/").action
    before = await regulars.stored(deployment, energy)
    assert (await phone.send(action, site="cross-site", terms="yes")).status_code == 403
    assert await regulars.stored(deployment, energy) == before
