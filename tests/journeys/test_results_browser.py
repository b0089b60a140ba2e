"""What answers say together, read in a real browser by keyboard alone: figures, their table, parts, words."""

from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Page

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import sessions
from leumund.web.console import entering
from tests import served
from tests.journeys import answered, staffing
from tests.journeys.keyboard import SEEN, press, sound, step_to, write


class Said(NamedTuple):
    """What is read and pressed in one language."""

    survey: str
    table: str
    parts: str
    by: str
    show: str
    comments: str
    words: str
    score: str


SAID = {
    "de": Said(
        survey="Kundenstimme",
        table="Zahlen als Tabelle",
        parts="Aufschlüsselung",
        by="Nach",
        show="Anzeigen",
        comments="Kommentare",
        words="Wörter",
        score="−4,4",
    ),
    "en": Said(
        survey="Customer voice",
        table="Figures as a table",
        parts="Breakdown",
        by="By",
        show="Show",
        comments="Comments",
        words="Words",
        score="−4.4",
    ),
}


@pytest.mark.parametrize(("lang", "width"), [("de", 1280), ("en", 390)])
async def test_the_figures_of_a_survey_are_read_by_keyboard_alone(
    stage: Stage, browser: Browser, lang: str, width: int
):
    tenant, said = await served.like(stage.deployment, "linden"), SAID[lang]
    await answered.survey(stage.deployment, tenant)
    vera = await staffing.enrolled(stage.deployment, tenant, role="viewer", name="Vera")
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=vera.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    context = await browser.new_context(viewport={"width": width, "height": 844})
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    await context.add_cookies([session])
    page = await context.new_page()
    await page.goto(f"{origin}/console/surveys?lang={lang}")
    await sound(page)
    await press(page, said.survey)
    await _read(page, said)
    await _compare(page, said)
    await _search(page, said)
    await context.close()


async def _read(page: Page, said: Said) -> None:
    """Each figure stands in words beside its picture, and the table behind it opens without a mouse."""
    assert said.score in await page.inner_text("main")
    for picture in await page.locator("main picture img").all():
        assert await picture.get_attribute("alt")
        assert await picture.evaluate("picture => picture.naturalWidth") > 0
    table = page.locator("details.more table").first
    assert not await table.is_visible()
    await step_to(page, said.table)
    assert await page.evaluate(SEEN)
    await page.keyboard.press("Enter")
    assert await table.is_visible()


async def _compare(page: Page, said: Said) -> None:
    await press(page, said.parts)
    await step_to(page, said.by)
    assert await page.evaluate(SEEN)
    await page.keyboard.type("branch")
    await press(page, said.show)
    assert "by=branch" in page.url
    rows = page.locator("main tbody tr")
    assert await rows.filter(has_text="Berlin").count() == 1
    # A branch of which four answered is not told of, nor one from whose figures it would follow.
    assert await rows.filter(has_text=answered.FORMULA).count() == 0


async def _search(page: Page, said: Said) -> None:
    await press(page, said.comments)
    await write(page, said.words, "freundlich")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await sound(page)
    found = await page.locator("blockquote").all_inner_texts()
    assert set(found) == {"Sehr freundlich."}
