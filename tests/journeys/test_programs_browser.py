"""A program is set up in a browser, by keyboard alone, wide in German and narrow in English."""

from typing import Any, NamedTuple

import pytest
from playwright.async_api import Browser, Page

from leumund.demo.staging import Stage
from leumund.programs import offering
from tests import served
from tests.journeys import seats, staffing
from tests.journeys.keyboard import press, sound, step_to, write


class Words(NamedTuple):
    """What is read and pressed in one language."""

    name: str
    begin: str
    onward: str
    add: str
    kind: str
    money: str
    share: str
    percent: str
    save: str
    next: str
    headline: str
    publish: str
    done: str


WORDS = {
    "de": Words(
        name="Wie heißt das Programm?",
        begin="Anlegen",
        onward="Speichern und weiter",
        add="Prämie hinzufügen",
        kind="Art",
        money="Geld",
        share="Ein fester Betrag",
        percent="Anteil",
        save="Speichern",
        next="Weiter zu den Grenzen",
        headline="Überschrift",
        publish="Fassung 1 veröffentlichen",
        done="Veröffentlicht.",
    ),
    "en": Words(
        name="What is the program called?",
        begin="Set up",
        onward="Save and go on",
        add="Add a reward",
        kind="Kind",
        money="Money",
        share="A fixed amount",
        percent="Share",
        save="Save",
        next="On to the limits",
        headline="Headline",
        publish="Publish version 1",
        done="Published.",
    ),
}


@pytest.mark.parametrize(
    ("lang", "size"), [("de", {"width": 1280, "height": 900}), ("en", {"width": 390, "height": 844})]
)
async def test_a_program_is_set_up_and_published_by_keyboard(stage: Stage, browser: Browser, lang: str, size: Any):
    tenant, words = await served.like(stage.deployment, "linden"), WORDS[lang]
    colleague = await staffing.enrolled(stage.deployment, tenant, role="marketing")
    origin = stage.deployment.settings.origin(tenant.host)
    context = await browser.new_context(viewport=size)
    page = await seats.at_the_desk(stage, tenant, context, colleague)
    await page.goto(f"{origin}/console/program?lang={lang}")
    await sound(page)
    await write(page, words.name, "Nachbarn")
    await press(page, words.begin)
    await press(page, words.onward)
    await press(page, words.onward)
    await _reward(page, words)
    await press(page, words.next)
    await press(page, words.onward)
    for _ in range(2):
        await step_to(page, words.headline)
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.insert_text("Nachbarn")
    await press(page, words.onward)
    await press(page, words.publish)
    assert words.done in await page.inner_text("main")
    await context.close()
    async with stage.deployment.scopes.reading(tenant):
        offer = await offering.find(key="nachbarn")
    assert offer is not None
    assert [rule.percent_bp for rule in offer.rules if rule.percent_bp] == [500]


async def _reward(page: Page, words: Words) -> None:
    """A share beside the sum that is credited; what a fixed sum would ask is asked no more."""
    await press(page, words.add)
    await step_to(page, words.kind)
    await page.keyboard.type(words.money)
    await step_to(page, words.share)
    await page.keyboard.press("ArrowDown")
    assert not await page.is_visible("#cents")
    await write(page, words.percent, "5")
    await press(page, words.save)
