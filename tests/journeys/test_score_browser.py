"""A person reads, contests and ends their score in a real browser: by keyboard alone, and in both languages."""

import pytest
from playwright.async_api import Browser, Page

from leumund.customers.login import visiting
from leumund.demo.staging import Stage
from leumund.kit import clock, tokens
from tests import served
from tests.journeys import regulars, scores

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WORDS = {
    "de": (
        "Ihr Empfehlungswert",
        "So setzt sich der Wert zusammen",
        "Ein Mensch soll ihn prüfen",
        "Ihre Nachricht",
        "Danke. Ein Mensch sieht sich Ihren Wert an",
        "Widersprechen und Wert löschen",
        "Erledigt: Ihr Wert ist gelöscht",
    ),
    "en": (
        "Your advocate score",
        "What the score is made of",
        "Have a human look at it",
        "Your message",
        "Thank you. A human will look at your score",
        "Object and delete the score",
        "Done: your score is deleted",
    ),
}


async def tabbed_to(page: Page, selector: str) -> None:
    """Press the tabulator until what ``selector`` names has the focus."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


@pytest.mark.parametrize(("lang", "width"), [("de", 390), ("en", 1280)])
async def test_a_score_is_read_contested_and_ended_by_keyboard_alone(
    stage: Stage, browser: Browser, lang: str, width: int
):
    title, table, wish, words, thanks, button, done = WORDS[lang]
    tenant = await served.like(stage.deployment, "linden")
    anna = await scores.evaluated(stage.deployment, tenant, "Anna", mark=9)
    async with stage.deployment.scopes.inside(tenant):
        login = await visiting.open_login(customer=anna, at=clock.now())
        enter = f"/portal/enter/{tokens.sign('portal', login)}"
    faults: list[str] = []
    context = await browser.new_context(
        viewport={"width": width, "height": 844},
        locale=lang,
        base_url=f"http://{tenant.slug}.localhost:{stage.at.rpartition(':')[2]}",
    )
    page = await context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    await page.goto(f"{enter}?lang={lang}")
    await page.click("main form button")
    await page.goto(f"/portal/score?lang={lang}")
    assert await page.evaluate(OVERFLOW) <= 0
    await page.get_by_role("heading", name=title, level=1).wait_for()
    assert await page.get_by_role("table", name=table).get_by_role("row").count() >= 4
    await tabbed_to(page, "input[name=wish]")
    await page.keyboard.press("ArrowDown")
    assert await page.get_by_role("radio", name=wish).is_checked()
    await tabbed_to(page, "textarea")
    await page.get_by_role("textbox", name=words).press_sequentially("?")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_text(thanks).wait_for()
    await tabbed_to(page, "form[action*='/portal/score/objection'] button")
    assert await page.evaluate("document.activeElement.textContent") == button
    await page.keyboard.press("Enter")
    await page.get_by_text(done).wait_for()
    kept = await regulars.rows(stage.deployment, tenant, "SELECT FROM advocate_score WHERE customer = $1", anna)
    assert kept == []
    assert faults == []
    await context.close()
