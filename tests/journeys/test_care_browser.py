"""From an unhappy answer on a telephone to its outcome at the console, by keyboard, in German and in English."""

import asyncio
from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from leumund.demo import mailbox
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import sessions
from leumund.tenancy.directory import Tenant
from leumund.web.console import entering
from tests import served
from tests.journeys import people, regulars, staffing

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SAYS = {
    "de": ("Anliegen von", "Betreff", "Ihre Worte", "E-Mail senden", "Ergebnis", "Abschließen", "Gelöst"),
    "en": ("Follow-up with", "Subject", "Your words", "Send the mail", "Outcome", "Close", "Solved"),
}
SEEN = """() => {
    const style = getComputedStyle(document.activeElement);
    return parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none";
}"""


@pytest.mark.parametrize(("language", "width"), [("de", 390), ("en", 1280)])
async def test_an_unhappy_answer_is_looked_after_to_its_end(stage: Stage, browser: Browser, language: str, width: int):
    tenant, email = await served.like(stage.deployment, "linden"), f"clara-{uuid4().hex[:6]}@people.example"
    susi = await staffing.enrolled(stage.deployment, tenant, role="support", name="Susi")
    await people.invited(stage, tenant, email, language=language)
    context = await browser.new_context(viewport={"width": width, "height": 900}, locale=language)
    page = await context.new_page()
    await complain(stage, page, email)
    await opened(stage, tenant)
    await sign_in(stage, context, tenant, susi)
    await look_after(page, stage.deployment.settings.origin(tenant.host), language)
    mail = await stage.mailbox.wait_for(email, having="Wir rufen Sie an.")
    assert "Zu lange gewartet." not in mailbox.text_of(mail), "nobody's words are sent around"
    await context.close()


async def complain(stage: Stage, page: Page, email: str) -> None:
    mail = await stage.mailbox.wait_for(email, having="/s/")
    await page.goto(mailbox.link_in(mail, "/s/").replace("?", "?score=2&"))
    await page.locator("textarea[name=comment]").fill("Zu lange gewartet.")
    await page.locator("form[action*='/s/'] button").press("Enter")
    await expect(page.locator("form[action*='/s/']")).to_have_count(0)
    # Whoever is not glad is thanked, and asked for nothing more.
    assert await page.locator("form[action*='/join/']").count() == 0


async def opened(stage: Stage, tenant: Tenant) -> None:
    """The job that opens the case takes its time."""
    async with asyncio.timeout(60):
        while not await regulars.rows(stage.deployment, tenant, "SELECT FROM customer_case"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def sign_in(stage: Stage, context: BrowserContext, tenant: Tenant, colleague: staffing.Colleague) -> None:
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    url = stage.deployment.settings.origin(tenant.host).replace("http:", "https:")
    await context.add_cookies([{"name": entering.NAME, "value": token, "url": url, "secure": True}])


async def look_after(page: Page, origin: str, language: str) -> None:
    """Found in the list, written to, and closed; what is pressed is pressed on the keyboard."""
    title, subject, words, send, outcome, close, solved = SAYS[language]
    await page.goto(f"{origin}/console/care?lang={language}")
    assert await page.evaluate(OVERFLOW) <= 0
    await page.locator("tbody a").first.press("Enter")
    await expect(page.locator("h1")).to_contain_text(title)
    await expect(page.locator("blockquote")).to_have_text("Zu lange gewartet.")
    assert await page.evaluate(OVERFLOW) <= 0
    await page.get_by_label(subject, exact=True).fill("Ihre Wartezeit")
    await page.get_by_label(words, exact=True).fill("Wir rufen Sie an.")
    await page.keyboard.press("Tab")
    assert await page.evaluate(SEEN), "one sees where one is"
    await page.get_by_role("button", name=send).press("Enter")
    await expect(page.get_by_text("Wir rufen Sie an.")).to_be_visible()
    await page.get_by_label(outcome, exact=True).select_option("solved")
    await page.get_by_role("button", name=close).press("Enter")
    await expect(page.locator(".standing")).to_contain_text(solved)
    assert await page.evaluate(OVERFLOW) <= 0
