"""Anna shares from her own device: words, codes and prints are hers, and no field of it takes a friend's address."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp

from leumund.kit import clock, printed, qr
from leumund.referrals import rules as referral_rules
from leumund.referrals.codes import keeping, reading, speaking, taking_down
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public import guessing
from tests import eyes
from tests.isolation.places import PLACES
from tests.journeys import regulars
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Form, Guest
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
CODES = "SELECT k.id, k.kind FROM share_code k JOIN share_link l ON l.id = k.link WHERE l.advocate = $1"


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def entered(visit: Visit, tenant: Tenant, anna: Advocate, *, language: str = "de") -> Guest:
    guest = visit(tenant, language=language)
    await guest.send(anna.enter)
    return guest


def opened(guest: Guest, scheme: str) -> str:
    """What the device's own program is given, read as it reads it."""
    (address,) = [each for each in re.findall(r'href="([^"]+)"', guest.page) if each.startswith(scheme)]
    query = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    return unquote((query.get("body") or query["text"])[0])


@pytest.mark.parametrize(("language", "earns"), [("de", "Ich bekomme"), ("en", "I then")])
async def test_every_way_says_what_anna_gets_and_leads_to_her_link(
    deployment: Deployment, energy: Tenant, anna: Advocate, visit: Visit, language: str, earns: str
):
    guest = await entered(visit, energy, anna, language=language)
    await guest.open("/portal/share")
    for scheme in ("mailto:", "sms:", "https://wa.me/"):
        words = opened(guest, scheme)
        assert anna.share in words
        assert earns in words
        assert "50" in words
    assert "set-cookie" not in guest.answer.headers


async def test_anna_chooses_a_code_and_her_friends_find_her_by_it(energy: Tenant, anna: Advocate, visit: Visit):
    guest, bert = await entered(visit, energy, anna), visit(energy)
    await guest.open("/portal/share")
    wish = f"anna-{anna.customer.hex[:8]}"
    await guest.submit("/portal/share/code", code=wish.upper())
    assert "gilt ab sofort" in guest.page
    assert f"/r/{wish}" in guest.page
    await bert.open(f"/r?code={wish.replace('-', '+')}")
    await bert.submit("/r")
    assert "Anna" in guest.page
    assert bert.answer.url.path.endswith("/welcome")
    assert "Anna" in bert.page


@pytest.mark.parametrize(
    ("wish", "told"),
    [("", "mindestens einen Buchstaben"), ("linden-energie", "klingt nach"), ("fuck-off", "verletzend")],
)
async def test_a_code_that_may_not_be_is_refused_beside_its_field(
    energy: Tenant, anna: Advocate, visit: Visit, wish: str, told: str
):
    guest = await entered(visit, energy, anna)
    await guest.open("/portal/share")
    await guest.submit("/portal/share/code", code=wish)
    assert guest.answer.status_code == 422
    assert re.search(r'<input id="code"[^>]*aria-describedby="code-wrong"', guest.page)
    assert told in guest.page
    assert Form(guest.page, "/portal/share/code").fields["code"] == wish


async def test_why_a_code_was_taken_down_is_told_to_anna_alone(
    deployment: Deployment, energy: Tenant, anna: Advocate, visit: Visit
):
    guest = await entered(visit, energy, anna)
    await guest.open("/portal/share")
    await guest.submit("/portal/share/code", code=f"filiale-{anna.customer.hex[:6]}")
    rows = await regulars.rows(deployment, energy, CODES, anna.customer)
    (chosen,) = [row["id"] for row in rows if row["kind"] == "chosen"]
    async with deployment.scopes.inside(energy):
        await taking_down.take_down(
            code=UUID(str(chosen)), reason="Klingt nach unserer Filiale.", by=UUID(int=1), at=clock.now()
        )
    await guest.open("/portal/share")
    assert "Klingt nach unserer Filiale." in guest.page
    assert f"{anna.share}" in guest.page, "her own link is shown again"


async def test_whoever_was_told_a_code_types_it_as_they_heard_it(
    deployment: Deployment, energy: Tenant, anna: Advocate, visit: Visit
):
    bert = visit(energy)
    (link,) = await regulars.rows(deployment, energy, "SELECT id FROM share_link WHERE advocate = $1", anna.customer)
    async with deployment.scopes.reading(energy):
        (spoken,) = await keeping.codes(link=UUID(str(link["id"])))
    await bert.open("/r")
    assert "Code einlösen" in bert.page
    await bert.submit("/r", code=spoken.spelled.upper().replace("-", " "))
    assert "Anna" in bert.page
    *words, sign = spoken.spelled.split("-")
    misheard = "-".join([*words, next(each for each in "3456789" if each != sign)])
    assert speaking.misheard(misheard)
    await bert.open(f"/r?code={misheard}")
    assert f'value="{misheard}"' in bert.page, "an address brings a code along, and a person sends it"
    await bert.submit("/r")
    assert bert.answer.status_code == 422
    assert "noch einmal sagen" in bert.page
    await bert.submit("/r", code="<b>nobody")
    assert "gibt es nicht" in bert.page
    assert "<b>nobody" not in bert.page


async def test_whoever_tries_out_codes_waits_and_a_right_one_costs_nobody_a_try(
    energy: Tenant, anna: Advocate, visit: Visit
):
    mallory = visit(energy, language="de")
    code = anna.share.rpartition("/")[2]

    async def typed(code: str) -> int:
        return (await mallory.client.post("/r", data={"code": code}, headers=OURS)).status_code

    assert [await typed(code) for _ in range(3)] == [303] * 3
    assert [await typed(f"nobody{n}") for n in range(30)] == [422] * 30
    assert await typed("nobodyagain") == 429
    assert await typed(code) == 429, "nor is it told whether a code was right"
    await mallory.open("/r")
    await mallory.submit("/r", code="nobodyagain")
    assert int(mallory.answer.headers["retry-after"]) > 0
    assert "falsche Codes oder Links" in mallory.page


async def test_whoever_tries_out_links_waits_too_and_nobodys_own_link_is_kept_from_others(
    deployment: Deployment, energy: Tenant, anna: Advocate, visit: Visit
):
    """Mallory may sit in a mobile network, whose customers share an address by the thousand."""
    mallory, bert = visit(energy, language="de"), visit(energy)
    (link,) = await regulars.rows(deployment, energy, "SELECT id FROM share_link WHERE advocate = $1", anna.customer)
    chosen = "mondfalter"
    assert referral_rules.is_drawn(reading.normal("mandfaster")), "one may choose what looks like a link's own"
    async with deployment.scopes.inside(energy):
        for spelled in (chosen, "mandfaster"):
            assert await keeping.keep(
                link=UUID(str(link["id"])), advocate=anna.customer, kind="chosen", spelled=spelled, at=clock.now()
            )

    async def followed(guest: Guest, path: str) -> int:
        return (await guest.client.get(path)).status_code

    old = [await followed(mallory, "/r/nobodyold") for _ in range(guessing.MOST_CODES + 5)]
    assert {*old, await followed(mallory, anna.share)} == {404, 302}, "an old link that many follow is one code"
    below = [await followed(mallory, f"/r/nobody{n}/welcome") for n in range(guessing.MOST_CODES - 1)]
    assert set(below) == {404}
    for path in ("/r/nobodyelse", "/r/nabadyesse", f"/r/{chosen}", f"/r/{chosen}/welcome", "/r/mandfaster"):
        assert await followed(mallory, path) == 429, "nor is it told whether a code was right"
    assert await followed(mallory, anna.share) == 302
    assert await followed(mallory, f"{anna.share}/welcome") == 200
    answer = await mallory.client.get(f"/r/{chosen}")
    assert 0 < int(answer.headers["retry-after"]) <= guessing.WITHIN_SECONDS
    assert "falsche Codes oder Links" in answer.text
    assert await followed(bert, anna.share) == 302


@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_what_is_printed_leads_to_annas_own_link_and_says_who_earns(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, slug: str
):
    tenant = brands[slug]
    anna = await regulars.advocate(deployment, tenant)
    guest = await entered(visit, tenant, anna)
    for product in printed.PRODUCTS:
        pdf = await guest.client.get(f"/portal/share/{product}/print.pdf?lang=de")
        assert pdf.headers["content-type"] == "application/pdf", product
        page = pypdfium2.PdfDocument(pdf.content)[0]
        seen = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil(), formats=zxingcpp.BarcodeFormat.QRCode)
        assert {str(code.text) for code in seen} == {f"https://{slug}.leumund.example{anna.share}"}, product
        text = " ".join(page.get_textpage().get_text_range().split())
        assert "Anna bekommt für die Empfehlung eine Prämie" in text, product
    assert (await guest.client.get("/portal/share/mug/print.pdf")).status_code == 404


async def test_the_code_comes_in_three_sizes_and_as_large_as_the_screen(energy: Tenant, anna: Advocate, visit: Visit):
    guest = await entered(visit, energy, anna)
    wide = [len((await guest.client.get(f"/portal/qr.png?size={size}")).content) for size in qr.SIZES]
    assert wide == sorted(set(wide))
    assert eyes.decoded((await guest.client.get("/portal/qr.png?size=nonsense")).content).endswith(anna.share)
    await guest.open("/portal/share/qr")
    assert "Bildschirm hell" in said(guest.page)


async def test_whoever_has_nothing_to_share_is_led_to_the_portal(
    deployment: Deployment, energy: Tenant, anna: Advocate, visit: Visit
):
    guest = await entered(visit, energy, anna)
    await regulars.change(
        deployment, energy, "UPDATE share_link SET retired_at = now() WHERE advocate = $1", anna.customer
    )
    for path in ("/portal/share", "/portal/share/qr", "/portal/share/card/print.pdf"):
        assert (await guest.open(path)).url.path == "/portal"
    stranger = visit(energy)
    assert (await stranger.open("/portal/share")).url.path == "/portal/login"


def test_no_route_takes_a_friends_address():
    """BGH I ZR 208/12: who types one in has the company write to it. Only people themselves give theirs."""
    of_their_own = {
        *("POST /portal/login", "POST /portal/data/address", "POST /portal/payouts/address", "POST /rights"),
        "POST /recommend/{program}",
    }
    asking = {
        name
        for name, place in PLACES.items()
        if not name.partition(" ")[2].startswith(("/console", "//", "/api"))
        and re.search("mail|address|friend|recipient", " ".join(place.fields()))
    }
    # Behind somebody's link the friend gives their own.
    assert {name for name in asking if not name.startswith("POST /r/")} <= of_their_own
    sharing = [name for name in PLACES if "/portal/share" in name]
    assert sharing
    for name in sharing:
        assert set(PLACES[name].fields()) <= {"code"}, name
