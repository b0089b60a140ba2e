"""Every public page is light, keeps nothing, asks nobody else, and can be read by whoever reads it another way."""

from collections.abc import Awaitable, Callable

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.anatomy import Anatomy
from tests.journeys.guests import Form, Guest, Postbox

MOST_BYTES = 50_000
Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]


async def walk(deployment: Deployment, tenant: Tenant, guest: Guest, postbox: Post, lang: str) -> dict[str, str]:
    """Every public page of ``tenant`` by name, faults and the portal included, each checked as it is opened."""
    pages: dict[str, str] = {}

    async def seen(name: str) -> None:
        headers = guest.answer.headers
        assert "set-cookie" not in headers, name
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy, name
        assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"} <= set(
            policy.split("; ")
        )
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store", name
        pages[name] = guest.page

    clara = await guests.surveyed(deployment, tenant, language=lang)
    anna = await regulars.advocate(deployment, tenant, language=lang)
    await guest.open(f"{clara.link}?score=9")
    await seen("survey")
    await guest.submit("/s/", recommend="")
    await seen("survey without a mark")
    await guest.submit("/s/", recommend="9")
    await seen("thanks with the offer")
    await guest.submit("/join/")
    await seen("offer without the terms")
    await guest.submit("/join/", ticked={"terms", "consent_recommendation"})
    await seen("joined")
    await guest.open((await postbox(tenant)).link(clara.email, "/confirm/"))
    await seen("confirm")
    await guest.submit("/confirm/")
    await seen("confirmed")
    await guest.open(guests.found(r'/portal/enter/[^"]+', guest.page))
    await seen("enter")
    await guest.open(anna.share)
    await seen("landing")
    await guest.submit("/r/")
    await seen("landing with every fault")
    await guest.submit("/r/", given_name="B", family_name="F", email=guests.address_of("bert"), ticked={"terms"})
    await seen("landing sent")
    for name, path in (
        ("login", "/portal/login"),
        ("imprint", "/imprint"),
        ("privacy", "/privacy"),
        ("terms", "/terms"),
    ):
        await guest.open(path)
        await seen(name)
    await guest.open("/portal/login")
    await guest.submit("/portal/login", email="nobody")
    await seen("login without an address")
    await guest.submit("/portal/login", email=anna.email)
    await seen("login sent")
    await guest.open("/nowhere")
    await seen("404")
    passive = await guests.surveyed(deployment, tenant, language=lang)
    await guest.send(passive.link, recommend="8")
    await seen("thanks")
    past = "UPDATE survey_invitation SET answered_at = answered_at - interval '1 hour' WHERE id = $1"
    await regulars.change(deployment, tenant, past, passive.invitation)
    await guest.open(passive.link)
    await seen("survey gone")
    message = await regulars.rows(deployment, tenant, "SELECT id FROM message LIMIT 1")
    await guest.open(f"/unsubscribe/{await regulars.signed(deployment, tenant, 'unsubscribe', message[0]['id'])}")  # type: ignore[arg-type]  # ids are UUIDs
    await seen("unsubscribe")
    await guest.send(anna.enter)
    await guest.open("/portal")
    pages["portal"] = guest.page
    await guest.open("/portal/share")
    pages["portal share"] = guest.page
    await guest.submit("/portal/logout")
    return pages


@pytest.mark.parametrize("slug", ["linden", "birke"])
@pytest.mark.parametrize("lang", ["de", "en"])
async def test_every_public_page_is_light_quiet_and_well_built(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, postbox: Post, slug: str, lang: str
):
    tenant, guest = brands[slug], visit(brands[slug], language=lang)
    pages = await walk(deployment, tenant, guest, postbox, lang)
    assert len(pages) == 23
    sizes: dict[str, int] = {}
    for name, page in pages.items():
        anatomy = Anatomy(page)
        assert anatomy.faults == [], name
        assert anatomy.lang == lang, name
        foreign = [each for each in anatomy.linked if not each.startswith(("/", "#", "data:,", "mailto:"))]
        assert foreign == [] or (
            name.startswith("portal") and all(each.startswith(("https://wa.me/?text=", "sms:?")) for each in foreign)
        ), name
        loaded = [
            await guest.client.get(address) for address in dict.fromkeys(anatomy.loaded) if "/portal/" not in address
        ]
        assert all(file.status_code == 200 and "set-cookie" not in file.headers for file in loaded), name
        # The plain length: a browser that takes gzip is sent less still.
        sizes[name] = len(page.encode()) + sum(len(file.content) for file in loaded)
    assert {name: size for name, size in sizes.items() if size >= MOST_BYTES} == {}


async def test_boxes_ask_for_mails_before_they_ask_to_evaluate(deployment: Deployment, energy: Tenant, visit: Visit):
    anna, bert = await regulars.advocate(deployment, energy), visit(energy)
    await bert.open(anna.share)
    boxes = [box for box in Form(bert.page, "/r/").boxes if box != "terms"]
    assert boxes == ["consent_recommendation", "consent_survey", "consent_profile"]


async def test_no_field_asks_for_more_than_it_needs(deployment: Deployment, energy: Tenant, visit: Visit):
    """Data minimisation (GDPR Art. 5(1)(c)): a name, an address, the terms, and boxes."""
    anna, bert = await regulars.advocate(deployment, energy), visit(energy)
    await bert.open(anna.share)
    form = Form(bert.page, "/r/")
    # Which click led here says nothing of who came.
    assert set(form.fields) == {"form_token", "click", "given_name", "family_name", "email"}
    assert set(form.boxes) == {"terms", "consent_survey", "consent_recommendation", "consent_profile"}
