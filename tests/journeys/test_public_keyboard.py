"""The public pages by keyboard alone, and as a screen reader is told of them, in a real browser."""

import asyncio

import pytest
from playwright.async_api import Page

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.tabs import Open, walked

TARGETS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), textarea")]
    .filter((each) => each.checkVisibility() && !each.closest(".skip, p, .prose"))
    .map((each) => [each.outerHTML.slice(0, 90), (each.closest("label") ?? each).getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""


@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_a_survey_is_answered_without_a_mouse(
    deployment: Deployment, brands: dict[str, Tenant], tab: Open, slug: str
):
    clara = await guests.surveyed(deployment, brands[slug])
    page = await tab(brands[slug])
    await page.goto(clara.link)
    assert await walked(page, 4) == ["a", "a", "a", "recommend"], "skip link, two languages, and the marks as one stop"
    await page.keyboard.press("Space")
    for _ in range(8):
        await page.keyboard.press("ArrowRight")
    assert await page.evaluate("document.querySelector('[name=recommend]:checked').value") == "8"
    assert await walked(page, 2) == ["comment", "button"]
    await page.keyboard.press("Enter")
    await page.locator(".thanks h1").wait_for()
    answers = await regulars.rows(
        deployment, brands[slug], "SELECT score FROM survey_answer WHERE customer = $1", clara.customer
    )
    assert answers == [{"score": 8}]


async def becomes(page: Page, truth: str) -> None:
    """Ask until it is so: Playwright's own waiting evaluates a text in the page, which the page's policy forbids."""
    async with asyncio.timeout(60):
        while not await page.evaluate(truth):  # noqa: ASYNC110 - the browser has no event for this
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("slug", ["linden", "birke"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_a_form_with_faults_is_begun_at_what_is_wrong(
    deployment: Deployment, brands: dict[str, Tenant], tab: Open, slug: str, width: int
):
    anna = await regulars.advocate(deployment, brands[slug])
    page = await tab(brands[slug], width=width)
    await page.goto(anna.landing)
    await page.evaluate("document.querySelector('main form').noValidate = true")
    await page.fill("#email", "bert(at)people")
    await page.click("main form .button")
    await page.locator("[role=alert]").wait_for()
    # The browser leads focus and view there with its next frames; without it this ends in a timeout.
    await becomes(page, "document.activeElement.getAttribute('role') === 'alert'")
    await becomes(page, "document.querySelector('[role=alert]').getBoundingClientRect().top < innerHeight")
    assert (await page.title()).startswith("Bitte prüfen:")
    reached = await walked(page, 3)
    assert reached == ["given_name", "family_name", "email"], "and on from there, field by field"
    for field in ("given_name", "family_name", "email", "terms"):
        told = await page.locator(f"#{field}").evaluate(
            "e => document.getElementById(e.getAttribute('aria-describedby')).innerText"
        )
        assert told.strip(), field
        assert await page.locator(f"#{field}").get_attribute("aria-invalid") == "true"


@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_what_is_to_be_touched_is_large_enough_and_nothing_sticks_out(
    deployment: Deployment, brands: dict[str, Tenant], tab: Open, slug: str
):
    """WCAG 2.2, 2.5.8 asks for 24 CSS pixels, and 1.4.10 for pages that fit 320."""
    anna = await regulars.advocate(deployment, brands[slug])
    clara = await guests.surveyed(deployment, brands[slug])
    for width in (320, 390):
        page = await tab(brands[slug], width=width)
        for address in (clara.link, anna.landing, "/portal/login", "/imprint", "/terms", "/nowhere"):
            await page.goto(address)
            assert await page.evaluate(TARGETS) == [], address
            over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await page.evaluate(over) <= 0, (address, width)
