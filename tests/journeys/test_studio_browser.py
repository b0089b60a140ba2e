"""The studio in a browser, by keyboard alone: a survey with a branch is built, walked through and published."""

from typing import Any, NamedTuple

import pytest
from playwright.async_api import Browser, Page

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import sessions
from leumund.surveys.questions.defining import Condition
from leumund.surveys.studio import publishing
from leumund.web.console import entering
from tests import served
from tests.journeys import staffing
from tests.journeys.keyboard import NAME, press, sound, step_to, write


class Words(NamedTuple):
    """What is read and pressed in one language."""

    template: str
    kind: str
    add: str
    save: str
    when: str
    check: str
    publish: str
    published: str
    preview: str
    next: str


WORDS = {
    "de": Words(
        template="Zufriedenheit (CSAT)",
        kind="Mehrere zur Auswahl",
        add="Frage hinzufügen",
        save="Speichern",
        when="Nur nach bestimmten Antworten auf „Wie zufrieden sind Sie mit uns?“",
        check="Prüfen und veröffentlichen",
        publish="Fassung 1 veröffentlichen",
        published="Veröffentlicht.",
        preview="Vorschau",
        next="Weiter",
    ),
    "en": Words(
        template="Satisfaction (CSAT)",
        kind="Several choices",
        add="Add a question",
        save="Save",
        when="Only after certain answers to “How satisfied are you with us?”",
        check="Check and publish",
        publish="Publish version 1",
        published="Published.",
        preview="Preview",
        next="Continue",
    ),
}


@pytest.mark.parametrize(
    ("lang", "size"), [("de", {"width": 1280, "height": 900}), ("en", {"width": 390, "height": 844})]
)
async def test_a_survey_with_a_branch_is_built_and_published_by_keyboard(
    stage: Stage, browser: Browser, lang: str, size: Any
):
    tenant, words = await served.like(stage.deployment, "linden"), WORDS[lang]
    colleague = await staffing.enrolled(stage.deployment, tenant, role="marketing")
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    context = await browser.new_context(viewport=size)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    await context.add_cookies([session])
    page = await context.new_page()
    await page.goto(f"{origin}/console/surveys/studio?lang={lang}")
    await sound(page)
    await _begin(page, words)
    await _add(page, words)
    await _walk(page, words, lang)
    await press(page, words.check)
    await press(page, words.publish)
    assert words.published in await page.inner_text("main")
    await context.close()
    async with stage.deployment.scopes.reading(tenant):
        survey = await publishing.current(key="besuch")
    asked = survey.definition.questions[-1]
    assert (survey.version, asked.kind, asked.choices) == (1, "multiple", ["c1", "c2"])
    assert asked.when == [Condition(question="satisfied", marks=[1])]
    assert asked.texts["en"].choices == {"c1": "Price", "c2": "Service"}


async def _begin(page: Page, words: Words) -> None:
    """The template is one of a group, through which the arrows lead."""
    await step_to(page, "Weiterempfehlung" if words is WORDS["de"] else "Recommendation")
    for _ in range(2):
        await page.keyboard.press("ArrowDown")
    assert (await page.evaluate(NAME)).startswith(words.template)
    await write(page, "Adresse der Umfrage" if words is WORDS["de"] else "Address of the survey", "besuch")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await sound(page)


async def _add(page: Page, words: Words) -> None:
    german = words is WORDS["de"]
    await step_to(page, "Art der neuen Frage" if german else "Kind of the new question")
    await page.keyboard.type(words.kind)
    await press(page, words.add)
    ask, answer = ("Frage", "Antwort {}, {}") if german else ("Question", "Answer {}, {}")
    first, second = ("Deutsch", "Englisch") if german else ("German", "English")
    await write(page, ask, "Was war nicht gut?")
    await write(page, ask, "What was not good?")
    for number, said in ((1, ("Preis", "Price")), (2, ("Service", "Service"))):
        for tongue, text in zip((first, second), said, strict=True):
            await write(page, answer.format(number, tongue), text)
    await press_open(page, words.when)
    await step_to(page, "1")
    await page.keyboard.press("Space")
    await press(page, words.save)
    assert page.url.partition("?")[0].endswith("/draft")


async def press_open(page: Page, name: str) -> None:
    await step_to(page, name)
    await page.keyboard.press("Enter")


async def _walk(page: Page, words: Words, lang: str) -> None:
    """The preview leads an unhappy one to the new question, and a glad one past it."""
    here = page.url.partition("?")[0]
    await press(page, words.preview)
    asked = "Was war nicht gut?" if lang == "de" else "What was not good?"
    for mark, is_asked in (("1", True), ("5", False)):
        await page.goto(f"{here.removesuffix('/draft')}/preview?in={lang}&lang={lang}")
        frame = page.frame_locator("iframe[name=phone]")
        await frame.get_by_role("radio", name=mark, exact=True).focus()
        await page.keyboard.press("Space")
        await frame.get_by_role("button", name=words.next).press("Enter")
        await frame.get_by_role("status").wait_for()
        assert await frame.get_by_text(asked).count() == is_asked
    await page.goto(f"{here}?lang={lang}")
