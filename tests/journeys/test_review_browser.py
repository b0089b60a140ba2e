"""A refusal from both ends in a real browser: the company's reason, the person's objection, somebody else's answer."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from leumund.customers.login import visiting
from leumund.demo import mailbox
from leumund.demo.staging import Stage
from leumund.kit import clock, ground, tokens
from leumund.staff import sessions
from leumund.tenancy.directory import Tenant
from leumund.web.console import entering
from tests import served
from tests.journeys import staffing
from tests.journeys.desks import recommended
from tests.journeys.people import CHROMIUM, CHROMIUM_FLAGS

WORDS = {
    "de": ("Ablehnen", "Prüfen lassen", "Ihr Einspruch ist bei uns", "Entscheiden und antworten", "Freigegeben"),
    "en": ("Refuse", "Ask for a review", "We have your objection", "Decide and answer", "Approved"),
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = {"de": (390, 1280), "en": (1280, 390)}


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield await chromium.new_page()
        await chromium.close()


async def test_a_refusal_is_told_objected_to_and_taken_back(stage: Stage, page: Page):
    tenant = await served.like(stage.deployment, "linden")
    origin = stage.deployment.settings.origin(tenant.host)
    tokens_of = {role: await at_the_desk(stage, tenant, role) for role in ("owner", "support")}
    for language, (refuse, ask, objected, answer, approved) in WORDS.items():
        referral = await recommended(stage.deployment, tenant, cents=900_000, friend=f"bert-{language}")
        here = f"{origin}/console/referrals/{referral}?lang={language}"
        narrow, wide = WIDTHS[language]

        await sit_down(page, origin, tokens_of["owner"])
        await fits(page, here, narrow)
        await page.locator("#category").select_option("order")
        await page.get_by_role("button", name=refuse, exact=True).press("Enter")
        await expect(page.locator(".standing .bad")).to_be_visible(timeout=60_000)

        mail = await stage.mailbox.wait_for(f"bert-{language}@people.example", having="/portal/data")
        assert "unsubscribe" not in mailbox.text_of(mail)
        await page.goto(await way_in(stage, tenant, friend=f"bert-{language}", language=language))
        await page.locator("main button").first.click()
        await fits(page, f"{origin}/portal/data?lang={language}", wide)
        await page.locator("#review-words").fill("Ich habe bestellt.")
        await page.get_by_role("button", name=ask).press("Enter")
        await expect(page.locator("section[aria-labelledby=review-title]")).to_contain_text(objected, timeout=60_000)

        await sit_down(page, origin, tokens_of["support"])
        await fits(page, here, wide)
        await expect(page.locator("main")).to_contain_text("Ich habe bestellt.")
        await page.locator("input[value=changed]").check()
        await page.locator("#answer").fill("Sie haben recht.")
        await page.get_by_role("button", name=answer).press("Enter")
        await expect(page.locator(".standing")).to_contain_text(approved, timeout=60_000)
    await sit_down(page, origin, tokens_of["owner"])
    await fits(page, f"{origin}/console/reviews", 390)
    await fits(page, f"{origin}/console/reviews/signs", 390)


async def at_the_desk(stage: Stage, tenant: Tenant, role: str) -> str:
    """Somebody in ``role`` signed in; their session's token."""
    colleague = await staffing.enrolled(stage.deployment, tenant, role=role, name=role.title())
    async with stage.deployment.scopes.inside(tenant):
        return await sessions.begin(member=colleague.member, at=clock.now())


async def sit_down(page: Page, origin: str, token: str) -> None:
    cookie = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    await page.context.clear_cookies()
    await page.context.add_cookies([cookie])


async def fits(page: Page, address: str, width: int) -> None:
    """The page opens, and nothing of it is wider than the window."""
    await page.set_viewport_size({"width": width, "height": 900})
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert await page.evaluate(OVERFLOW) <= 0


async def way_in(stage: Stage, tenant: Tenant, *, friend: str, language: str) -> str:
    """The link by which the friend comes into the portal."""
    async with stage.deployment.scopes.inside(tenant):
        (row,) = await ground.fetch(
            "SELECT r.friend FROM referral r JOIN conversion c ON c.referral = r.id WHERE c.order_id = $1",
            f"order-{friend}",
        )
        login = await visiting.open_login(customer=row["friend"], at=clock.now())
        return f"{ground.current().origin}/portal/enter/{tokens.sign('portal', login)}?lang={language}"
