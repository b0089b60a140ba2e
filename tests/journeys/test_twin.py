"""In a real browser: Olivia sets up her account in the demo's test company and goes a customer's way by its mails."""

from datetime import UTC, datetime, timedelta

import pyotp
from playwright.async_api import Browser, Page, expect

from leumund.demo import trying
from leumund.demo.staging import Stage
from leumund.kit import actors, clock
from leumund.messages.accompanying import inviting
from tests import served
from tests.journeys.keyboard import TOO_WIDE
from tests.journeys.staffing import PASSWORD

STEP = timedelta(seconds=30)


async def sound(page: Page) -> None:
    assert not await page.evaluate(TOO_WIDE)
    await expect(page.locator("aside.band")).to_contain_text("Testbetrieb")


async def sits_down(page: Page, link: str) -> None:
    """By the link the operator's command printed: a password, a second factor, and in."""
    await page.goto(link)
    await sound(page)
    app = pyotp.TOTP(await page.locator("code.secret").inner_text())
    await page.fill("input[type=password]", PASSWORD)
    await page.fill("#code", app.now())
    await page.get_by_role("button", name="Zugang einrichten").or_(page.locator("main form button")).first.click()
    await page.fill("#email", "olivia@linden.example")
    await page.fill("#password", PASSWORD)
    # A code is good once, so she takes the next one.
    await page.fill("#code", app.at(datetime.now(UTC) + STEP))
    await page.locator("main form button").click()
    await expect(page.locator("h1")).to_have_text("Übersicht")


async def test_olivia_goes_a_customers_way_by_mails_that_reach_nobody(stage: Stage, browser: Browser):
    live = await served.like(stage.deployment, "linden")
    demos = await trying.tried_out(stage, live, owner="otto@linden.example")
    twin = await stage.deployment.directory.twin_of(live.id)
    async with stage.deployment.scopes.inside(twin):
        link = await inviting.invite_to_twin(
            email="olivia@linden.example",
            name="Olivia",
            role="owner",
            language="de",
            actor=actors.COMMAND_LINE,
            at=clock.now(),
        )
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="de")
    page, origin = await context.new_page(), stage.deployment.settings.origin(twin.host)
    assert demos.address == f"{origin}/console"
    await sits_down(page, link)

    phone = await context.new_page()
    await phone.goto(f"{origin}/portal/login")
    await sound(phone)
    await phone.fill("#email", trying.ADVOCATE)
    await phone.locator("main form button").click()

    await page.goto(f"{origin}/console/test")
    await sound(page)
    line = page.locator("tr", has_text="Tessa Test").filter(has_text="Portal").filter(has_text="Gesendet")
    for _ in range(100):
        # Until the worker has come to it; the page is asked anew, as Olivia would.
        if await line.count():
            break
        await page.reload()
    await line.first.locator("a").first.click()
    await expect(page.locator("main")).to_contain_text(trying.ADVOCATE)
    # All three frames are there: a click into one that is still coming goes nowhere.
    await page.wait_for_load_state("networkidle")
    way = page.frame_locator("iframe[name=phone]").locator("a[href*='/portal/enter/']").first
    async with context.expect_page() as opened:
        # By the keyboard, which needs no picture of the frame: one that has just come may not be drawn yet.
        await way.press("Enter")
    portal = await opened.value
    await portal.locator("main button").first.click()
    await expect(portal.get_by_role("button", name="Abmelden")).to_be_visible()
    assert portal.url.startswith(f"{origin}/portal")
    await sound(portal)

    await page.goto(f"{origin}/console/test")
    await page.get_by_role("button", name="Gleich freigeben").first.click()
    await expect(page.locator("main [role=status]")).to_have_text("Die Prämie ist freigegeben.")
    await sound(page)
    await context.close()
    assert not [file.name for file in stage.mailbox.folder.iterdir() if trying.ADVOCATE in file.name]
