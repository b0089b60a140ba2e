"""Whoever comes along answers at a counter or on the company's own page, and is nobody to anybody."""

from collections.abc import Callable
from html import unescape
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp

from leumund.kit import clock, ground, language, tokens
from leumund.surveys import rules
from leumund.surveys.answers import mixing
from leumund.surveys.asking import dropping_in, placing
from leumund.surveys.asking.placing import Place, Wanted
from leumund.surveys.questions import starting
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.guests import Form, Guest

Visit = Callable[..., Guest]
ACTOR = "system:test"
ASKED = starting.nps({"de": {"question": "Wie war es heute?"}, "en": {"question": "How was it today?"}})


async def made(
    deployment: Deployment,
    company: Tenant,
    kind: str = "qr",
    origins: tuple[str, ...] = (),
    asked: Definition = ASKED,
) -> Place:
    async with deployment.scopes.inside(company):
        await publishing.publish(key="theke", definition=asked, named=False, at=clock.now())
        wanted = Wanted(key="theke", kind=kind, name="Theke Süd", origins=origins)
        return await placing.make(wanted=wanted, actor=ACTOR, at=clock.now())


async def boxed(deployment: Deployment, company: Tenant) -> int:
    async with deployment.scopes.reading(company):
        return len(await ground.fetch("SELECT FROM survey_box"))


async def test_five_at_the_counter_are_figures_and_nobody(deployment: Deployment, birke: Tenant, visit: Visit):
    place, phone = await made(deployment, birke), visit(birke, language="de")
    for mark in range(rules.LEAST_CELL):
        assert (await phone.open(f"/u/{place.code}")).status_code == 200
        assert not phone.answer.headers.get_list("set-cookie")
        await phone.submit("/u/", recommend=str(5 + mark), comment="Zitronenkuchen")
        assert phone.answer.status_code == 200
        assert "Neue Antwort geben" in phone.page
    assert await boxed(deployment, birke) == rules.LEAST_CELL
    async with deployment.scopes.inside(birke):
        assert await mixing.mix(at=clock.now()) == rules.LEAST_CELL
        rows = await ground.fetch("SELECT score, channel, attributes, customer, invitation FROM survey_answer")
    assert sorted(row.pop("score") for row in rows) == [5, 6, 7, 8, 9]
    assert rows == [{"channel": "qr", "attributes": '{"place": "Theke Süd"}', "customer": None, "invitation": None}] * 5


BOTH = Definition(
    titles={"de": "Theke", "en": "Counter"},
    questions=[
        Question(key="recommend", kind="nps", texts={lang: Wording(question="Empfehlen?") for lang in ("de", "en")}),
        Question(key="overall", kind="overall", texts={lang: Wording(question="Zufrieden?") for lang in ("de", "en")}),
    ],
)


@pytest.mark.parametrize(("overall", "hears"), [("5", True), ("1", False)])
async def test_who_would_recommend_but_is_dissatisfied_hears_of_no_program(
    deployment: Deployment, birke: Tenant, visit: Visit, overall: str, hears: bool
):
    place, phone = await made(deployment, birke, asked=BOTH), visit(birke, language="de")
    await phone.open(f"/u/{place.code}")
    await phone.submit("/u/", recommend="9", overall=overall)
    assert phone.answer.status_code == 200
    assert (language.text("public.dropped.program", "de") in unescape(phone.page)) is hears


async def test_a_form_sent_twice_is_one_answer_and_a_made_up_one_is_none(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    place, phone = await made(deployment, birke), visit(birke, language="de")
    await phone.open(f"/u/{place.code}")
    token = Form(phone.page, "/u/").fields["form_token"]
    for _ in range(2):
        await phone.send(f"/u/{place.code}", form_token=token, recommend="9")
        assert phone.answer.status_code == 200
    assert await boxed(deployment, birke) == 1
    async with deployment.scopes.reading(birke):
        elsewhere = tokens.sign_until("counter", f"{uuid4().hex} other", at=clock.now(), ttl_seconds=60)
    for forged in ("", "x" * 60, elsewhere):
        await phone.send(f"/u/{place.code}", form_token=forged, recommend="9", comment="Bleibt stehen")
        assert phone.answer.status_code == 422
        assert "Bleibt stehen" in phone.page, "nothing that was written is lost"
        assert Form(phone.page, "/u/").fields["form_token"] not in ("", forged)
    assert await boxed(deployment, birke) == 1


async def test_what_is_wrong_is_said_beside_its_question(deployment: Deployment, birke: Tenant, visit: Visit):
    place, phone = await made(deployment, birke), visit(birke, language="en")
    await phone.open(f"/u/{place.code}")
    await phone.submit("/u/", recommend="", comment="Too cold")
    assert phone.answer.status_code == 422
    assert 'id="recommend-wrong"' in phone.page
    assert "Please choose a number from 0 to 10." in phone.page
    assert "Too cold" in phone.page
    assert await boxed(deployment, birke) == 0


async def test_a_flood_from_one_address_is_stopped(
    deployment: Deployment, birke: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dropping_in, "_OF_PEER", dropping_in._OF_PEER._replace(most=3))
    place, phone = await made(deployment, birke), visit(birke, language="de")
    await phone.open(f"/u/{place.code}")
    for _ in range(3):
        await phone.open(f"/u/{place.code}")
        await phone.submit("/u/", recommend="9")
        assert phone.answer.status_code == 200
    await phone.open(f"/u/{place.code}")
    await phone.submit("/u/", recommend="9")
    assert phone.answer.status_code == 429
    assert int(phone.answer.headers["retry-after"]) > 0
    assert await boxed(deployment, birke) == 3


async def test_what_was_taken_down_and_what_never_stood_lead_nowhere(
    deployment: Deployment, birke: Tenant, energy: Tenant, visit: Visit
):
    place, phone = await made(deployment, birke), visit(birke, language="de")
    await phone.open(f"/u/{place.code}")
    token = Form(phone.page, "/u/").fields["form_token"]
    other = visit(energy, language="de")
    assert (await other.open(f"/u/{place.code}")).status_code == 404, "Birke's code says nothing at Linden's"
    for unknown in ("bcdfghjk", "abcdefgh", "%00", "ü" * 40):
        assert (await phone.open(f"/u/{unknown}")).status_code == 404
        assert (await phone.send(f"/u/{unknown}", recommend="9")).status_code == 404
    async with deployment.scopes.inside(birke):
        await placing.retire(place=place.id, actor=ACTOR, at=clock.now())
    assert (await phone.open(f"/u/{place.code}")).status_code == 410
    assert (await phone.send(f"/u/{place.code}", form_token=token, recommend="9")).status_code == 410
    assert await boxed(deployment, birke) == 0


async def test_only_pages_of_the_companys_own_may_frame_it(deployment: Deployment, birke: Tenant, visit: Visit):
    phone = visit(birke, language="de")
    embedded = await made(deployment, birke, "embed", ("https://www.birke.example", "https://shop.birke.example:8443/"))
    hung = await made(deployment, birke)
    await phone.open(f"/u/{embedded.code}")
    policy = phone.answer.headers["content-security-policy"]
    assert "frame-ancestors https://www.birke.example https://shop.birke.example:8443;" in policy
    await phone.open(f"/u/{hung.code}")
    assert "frame-ancestors 'none'" in phone.answer.headers["content-security-policy"]
    await phone.open("/u/survey.js")
    assert phone.answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "cookie" not in phone.page.replace("no cookie", "")


async def test_what_was_taken_down_says_so_in_its_frame_too(deployment: Deployment, birke: Tenant, visit: Visit):
    phone, place = visit(birke, language="de"), await made(deployment, birke, "embed", ("https://www.birke.example",))
    async with deployment.scopes.inside(birke):
        await placing.retire(place=place.id, actor=ACTOR, at=clock.now())
    assert (await phone.open(f"/u/{place.code}")).status_code == 410
    (policy,) = phone.answer.headers.get_list("content-security-policy")
    assert "frame-ancestors https://www.birke.example;" in policy


@pytest.mark.parametrize(
    "origin",
    [
        "http://www.birke.example",
        "https://birke.example/shop",
        "birke.example",
        "https://*",
        "https://a.b;script-src *",
        "https://u:p@birke.example",
        "https://:p@birke.example",
        "https://birke.example:0",
        "https://a_b.example",
        "https://-.example",
    ],
)
async def test_what_is_no_address_of_a_page_cannot_open_the_frame(deployment: Deployment, birke: Tenant, origin: str):
    with pytest.raises(placing.NoOrigin):
        await made(deployment, birke, "embed", (origin,))


async def test_a_page_by_a_name_of_any_script_is_the_one_a_browser_calls_and_no_other(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    phone = visit(birke, language="de")
    embedded = await made(deployment, birke, "embed", ("https://www.Straße.example", "https://bücher.example:8443"))
    await phone.open(f"/u/{embedded.code}")
    policy = phone.answer.headers["content-security-policy"]
    assert "frame-ancestors https://www.xn--strae-oqa.example https://xn--bcher-kva.example:8443;" in policy
    assert "strasse" not in policy, "which may be anybody's"


async def test_a_named_survey_has_no_place_at_a_counter(deployment: Deployment, birke: Tenant):
    async with deployment.scopes.inside(birke):
        with pytest.raises(placing.NotAnonymous):
            await placing.make(wanted=Wanted(key="nps", kind="qr", name="Theke"), actor=ACTOR, at=clock.now())


@pytest.mark.parametrize("paper", ["a4", "a5", "a6"])
async def test_a_printed_poster_leads_to_its_survey(deployment: Deployment, birke: Tenant, visit: Visit, paper: str):
    place = await made(deployment, birke)
    desk = await staffing.at_desk(deployment, visit, birke, role="marketing")
    await desk.open(f"/console/surveys/places/{place.id}/{paper}/de/poster.pdf")
    page = pypdfium2.PdfDocument(BytesIO(desk.answer.content))[0]
    width = {"a4": 216, "a5": 154, "a6": 111}[paper]
    assert round(page.get_width() / 72 * 25.4) == width, "3 mm to cut on either side"
    (code,) = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
    assert code.text == place.address


async def test_marketing_makes_a_place_sees_its_lines_and_takes_it_down(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    await made(deployment, birke)
    desk = await staffing.at_desk(deployment, visit, birke, role="marketing")
    await desk.open("/console/surveys/places")
    await desk.submit("/console/surveys/places", key="theke", kind="embed", name="Startseite", origins="http://x")
    assert desk.answer.status_code == 422
    assert 'id="origins-wrong"' in desk.page
    filled = {"key": "theke", "kind": "embed", "name": "Startseite"}
    await desk.submit("/console/surveys/places", origins="https://www.birke.example", **filled)
    assert "leumund-survey place=" in desk.page
    assert "/u/survey.js" in desk.page
    await desk.open(f"{desk.answer.url.path}/retirement")
    await desk.submit("/retirement", typed="Startseite")
    assert "abgenommen" in desk.page
    viewer = await staffing.at_desk(deployment, visit, birke, role="viewer", name="Vera")
    await viewer.open("/console/surveys/places")
    assert viewer.answer.status_code == 200
    assert "Anlegen" not in viewer.page
    assert (await viewer.send("/console/surveys/places", kind="qr", key="theke", name="x")).status_code == 403
