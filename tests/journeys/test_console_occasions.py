"""Staff set an occasion up without a script: a template, steps as rows, each mail looked at, published and watched."""

import re
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser
from selectolax.lexbor import LexborHTMLParser

from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.messages.tables import Message
from leumund.occasions import planning, stepping
from leumund.staff import sessions
from leumund.web.console import entering
from tests import served
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.journeys.guests import Guest, Postbox
from tests.journeys.test_console_questions import queries
from tests.rooms import occasioned

BERLIN = ZoneInfo("Europe/Berlin")
HERE = "/console/occasions"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def filled(page: str) -> dict[str, str]:
    """What a browser would send of the draft's form, as it stands."""
    fields = {}
    for each in LexborHTMLParser(page).css("main form [name]"):
        told = each.attributes
        if each.tag == "textarea":
            fields[told["name"]] = each.text().removeprefix("\n")
        elif each.tag == "select":
            chosen = each.css_first("option[selected]") or each.css_first("option")
            fields[told["name"]] = chosen.attributes["value"] or ""
        elif each.tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            fields[told["name"]] = told.get("value") or ""
    return fields


async def send(guest: Guest, address: str, **changed: str) -> None:
    """Send the draft's form with something changed, and see what comes of it."""
    await guest.send(address, **(filled(guest.page) | changed))
    if guest.answer.is_redirect:
        await guest.open(guest.answer.headers["location"])


async def drafted(guest: Guest, template: str = "birthday") -> str:
    """Where the draft from a template lies."""
    await guest.open(HERE)
    await guest.send(HERE, template=template)
    await guest.open(guest.answer.headers["location"])
    return re.sub("/draft$", "", guest.answer.url.path)


async def in_company(deployment, birke) -> None:
    async with deployment.scopes.inside(birke):
        await occasioned.company(at=clock.now() - timedelta(days=400))
        await ground.execute(
            "INSERT INTO agreement_acceptance (id, version, language, document, sha256, actor, at) "
            "SELECT gen_random_uuid(), 1, 'de', '{}', 'none', 'staff:test', now() "
            "WHERE NOT EXISTS (SELECT FROM agreement_acceptance)"
        )


@pytest.fixture
async def marta(deployment, birke, desk) -> Guest:
    """Marta does the marketing."""
    await in_company(deployment, birke)
    return await desk(role="marketing", name="Marta")


async def test_from_a_template_to_what_was_sent(deployment, birke, marta):
    at = clock.now()
    async with deployment.scopes.inside(birke):
        born = (at.astimezone(BERLIN) + timedelta(days=1)).date().replace(year=1980)
        person = await occasioned.customer("Anna", born=born, at=at - timedelta(days=200))
    place = await drafted(marta)
    assert "Geburtstagsgruß bearbeiten" in said(marta.page)
    await send(marta, f"{place}/draft", name="Geburtstag", purpose="recommendation", deed="keep")
    assert "Gespeichert." in marta.page
    await send(marta, f"{place}/draft", step_1_subject_de="Hurra, {{ name }}", deed="add.wait")
    assert "Schritt 2: Warten" in said(marta.page)
    await send(marta, f"{place}/draft", step_2_days="3", deed="up.2")
    assert marta.page.index("Schritt 1: Warten") < marta.page.index("Schritt 2: E-Mail")
    await send(marta, f"{place}/draft", deed="remove.1")
    await send(marta, f"{place}/publication")
    assert "Veröffentlicht." in said(marta.page)
    assert "Läuft" in said(marta.page)
    assert "Fassung 1" in said(marta.page)
    async with deployment.scopes.inside(birke):
        occasion = UUID(place.rpartition("/")[2])
        assert await planning.plan(occasion=occasion, at=at) == 1
        (run,) = await ground.fetch("SELECT id, due_at FROM occasion_run WHERE customer = $1", person)
        await stepping.step(run=run["id"], at=run["due_at"])
        (mail,) = await Message.objects().where(Message.customer == person)
    box = await Postbox.emptied(deployment, birke)
    assert [str(mail["Subject"]) for mail in box.mails] == ["Hurra, Anna"]
    await marta.open(place)
    assert "E-Mail verschickt" in said(marta.page)
    await marta.open(f"/console/messages/{mail.id}")
    assert "Einwilligung: Empfehlungsprogramm" in said(marta.page)


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(marta):
    place = await drafted(marta, "purchase")
    sent = filled(marta.page)
    wrong = {"hour": "23", "days": "x", "step_2_days": "0", "step_1_subject_de": "{{ nobody }}", "purpose": "survey"}
    await marta.send(f"{place}/publication", **(sent | wrong))
    assert marta.answer.status_code == 422
    for field in ("hour", "days", "step_2_days", "step_1_subject_de", "purpose"):
        assert f'id="{field}-wrong"' in marta.page, field
    assert "{{ nobody }}" in marta.page
    await marta.send(f"{place}/draft", **(sent | {"from_date": "never", "name": "Anders"}))
    assert (marta.answer.status_code, 'id="from_date-wrong"' in marta.page) == (422, True)
    assert "Anders" in marta.page
    await marta.open(f"{place}/draft")
    assert "{{ nobody }}" in marta.page, "what was meant to be published is kept, however wrong"
    await marta.send(f"{place}/draft", **(sent | {"revision": "1"}))
    assert "Jemand hat diesen Entwurf gerade geändert" in said(marta.page)


async def test_a_mail_is_looked_at_and_tried_out_before_anybody_gets_it(deployment, birke, desk, marta):
    place = await drafted(marta)
    page = await marta.open(f"{place}/mails/1/de")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    preview = await marta.open(f"{place}/mails/1/de/preview")
    assert "sandbox" in preview.headers["content-security-policy"]
    assert "herzlichen Glückwunsch" in preview.text
    assert set(re.findall(r'href="([^"]*)"', preview.text)) == {"#"}
    for address in ("mails/2/de", "mails/0/de", "mails/1/fr", "mails/x/de"):
        assert (await marta.open(f"{place}/{address}")).status_code == 404, address
    await marta.send(f"{place}/mails/1/de/test")
    box = await Postbox.emptied(deployment, birke)
    assert [(str(mail["Subject"]), "marta-" in str(mail["To"])) for mail in box.mails] == [
        ("[Test] Alles Gute zum Geburtstag!", True)
    ]
    await marta.open(f"{place}/draft")
    await send(marta, f"{place}/draft", step_1_wording_de="{{ nobody }}", deed="keep")
    assert (await marta.open(f"{place}/mails/1/de/preview")).status_code == 422
    assert (await marta.send(f"{place}/mails/1/de/test")).status_code == 422


async def test_it_is_paused_resumed_and_ended_for_good(marta):
    place = await drafted(marta)
    await send(marta, f"{place}/publication", purpose="recommendation")
    for deed, word in (("pause", "Pausiert."), ("resumption", "Läuft wieder."), ("end", "Beendet.")):
        await marta.open(place)
        await marta.submit(f"{place}/{deed}")
        assert word in said(marta.page), deed
    assert (await marta.send(f"{place}/pause")).status_code == 409
    assert "in einem anderen Zustand" in said(marta.page)


async def test_cards_are_marked_when_written_and_taken_along_with_a_code(deployment, birke, visit, desk, marta):
    at = clock.now()
    async with deployment.scopes.inside(birke):
        person = await occasioned.customer("Anna", channels=("post",), at=at - timedelta(days=90))
        card = occasioned.Step(kind="card", note="=Alles Gute!")
        wanted = occasioned.definition(occasioned.Trigger(kind="birthday"), card)
        occasion = await occasioned.running(wanted, at=at)
        run = await ground.fetch(
            "INSERT INTO occasion_run (occasion, version, customer, occurrence, control, state, began_at, "
            "first_due_at, due_at, ended_at) SELECT $1, id, $2, '2026', false, 'done', $3, $3, $3, $3 "
            "FROM occasion_version WHERE occasion = $1 RETURNING id",
            occasion,
            person,
            at,
        )
        await ground.execute(
            "INSERT INTO occasion_card (run, position, customer, made_at) VALUES ($1, 0, $2, $3)",
            run[0]["id"],
            person,
            at,
        )
    await marta.open(HERE)
    assert "1 Karte wartet" in said(marta.page)
    await marta.open(f"{HERE}/cards")
    assert "Anna" in marta.page
    wrong = await marta.send(f"{HERE}/cards/file", code="000000")
    assert wrong.status_code == 422
    colleague = await staffing.enrolled(deployment, birke, role="marketing", name="Mona")
    mona = visit(birke)
    async with deployment.scopes.inside(birke):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    mona.client.cookies.set(entering.NAME, token)
    taken = await mona.send(f"{HERE}/cards/file", code=colleague.code())
    assert taken.headers["content-type"].startswith("text/csv")
    assert "Anna" in taken.text
    assert "'=Alles Gute!" in taken.text, "no spreadsheet takes it for a formula"
    await marta.open(f"{HERE}/cards")
    await marta.submit(f"{HERE}/cards/")
    assert "Als geschrieben vermerkt." in marta.page
    assert "Keine Karte zu schreiben" in said(marta.page)


async def test_who_may_only_look_changes_nothing(desk, marta):
    place = await drafted(marta)
    viewer = await desk(role="viewer")
    assert (await viewer.open(place)).status_code == 200
    assert "Bearbeiten" not in viewer.page
    for address in (f"{place}/draft", f"{HERE}/cards"):
        assert (await viewer.open(address)).status_code == 403
    for deed in ("draft", "publication", "pause", "resumption", "end", "mails/1/de/test"):
        assert (await viewer.send(f"{place}/{deed}")).status_code == 403, deed
    assert (await (await desk(role="accounting")).open(HERE)).status_code == 403


async def test_pages_ask_the_same_few_questions_however_many_are_in_it(deployment, birke, marta):
    at = clock.now()
    async with deployment.scopes.inside(birke):
        occasion = await occasioned.running(
            occasioned.definition(occasioned.Trigger(kind="birthday")), at=at - timedelta(days=2)
        )
    before = [await queries(deployment, birke, marta, address) for address in (HERE, f"{HERE}/{occasion}")]
    async with deployment.scopes.inside(birke):
        for n in range(12):
            born = at.astimezone(BERLIN).date().replace(year=1940 + 4 * n)
            await occasioned.customer(f"P{n}", born=born, at=at - timedelta(days=200))
        await planning.plan(occasion=occasion, at=at)
        assert len(await occasioned.runs(occasion)) >= 12
    after = [await queries(deployment, birke, marta, address) for address in (HERE, f"{HERE}/{occasion}")]
    assert before == after
    assert max(after) <= 14, after


@pytest.mark.parametrize(("lang", "width"), [("de", 1280), ("en", 390)])
async def test_in_a_browser_steps_are_added_by_keyboard_and_nothing_sticks_out(
    stage: Stage, browser: Browser, lang: str, width: int
):
    tenant = await served.like(stage.deployment, "linden")
    colleague = await staffing.enrolled(stage.deployment, tenant)
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    context = await browser.new_context(java_script_enabled=True, locale=lang, viewport={"width": width, "height": 900})
    await context.add_cookies([session])
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    await page.goto(f"{origin}{HERE}?lang={lang}")
    await page.get_by_role("button", name={"de": "Vorlage nehmen", "en": "Use template"}[lang]).first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/draft*")
    await page.get_by_role("button", name={"de": "Warten", "en": "Wait"}[lang], exact=True).focus()
    await page.keyboard.press("Enter")
    step = page.get_by_role("group", name={"de": "Schritt 2: Warten", "en": "Step 2: Wait"}[lang])
    await step.get_by_label({"de": "Tage", "en": "Days"}[lang]).fill("5")
    # Enter in a field keeps the draft, and does nothing else to its steps.
    await page.keyboard.press("Enter")
    await page.get_by_role("status").wait_for()
    assert await step.get_by_label({"de": "Tage", "en": "Days"}[lang]).input_value() == "5"
    assert await page.evaluate(OVERFLOW) <= 0
    await page.goto(f"{page.url.partition('/draft')[0]}/mails/1/{lang}?lang={lang}")
    frame = page.frame_locator("iframe[name=phone]")
    await frame.get_by_text({"de": "herzlichen Glückwunsch", "en": "Many happy returns"}[lang]).wait_for()
    assert await page.evaluate(OVERFLOW) <= 0
    assert faults == []
    await context.close()
