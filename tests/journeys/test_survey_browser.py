"""A survey of many questions in a real browser: by keyboard alone, on a telephone, and within somebody's own page."""

from typing import Any

import pytest
from playwright.async_api import Route

from leumund.kit import clock, ground
from leumund.surveys.asking import placing
from leumund.surveys.asking.placing import Place, Wanted
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.tabs import Open, walked

SHOP = "https://www.birke.example"


def said(de: str, en: str, **choices: tuple[str, str]) -> dict[str, Wording]:
    german = {key: words[0] for key, words in choices.items()}
    english = {key: words[1] for key, words in choices.items()}
    return {"de": Wording(question=de, choices=german), "en": Wording(question=en, choices=english)}


ASKED = Definition(
    titles={"de": "Nach dem Besuch", "en": "After your visit"},
    questions=[
        Question(
            key="recommend", kind="nps", required=True, texts=said("Empfehlen Sie uns?", "Would you recommend us?")
        ),
        Question(
            key="wrong",
            kind="multiple",
            choices=["price", "wait"],
            texts=said("Was lief schief?", "What went wrong?", price=("Preis", "Price"), wait=("Wartezeit", "Waiting")),
            when=[Condition(question="recommend", marks=list(range(7)))],
        ),
        Question(
            key="call",
            kind="single",
            required=True,
            choices=["yes", "no"],
            texts=said("Dürfen wir nachfragen?", "May we ask back?", yes=("Ja", "Yes"), no=("Nein", "No")),
            when=[Condition(question="recommend", marks=list(range(7)))],
        ),
        Question(key="overall", kind="overall", texts=said("Und insgesamt?", "And overall?")),
    ],
)


async def asked(deployment: Deployment, company: Tenant) -> guests.Surveyed:
    clara = await guests.surveyed(deployment, company)
    async with deployment.scopes.inside(company):
        survey = await publishing.publish(key="besuch", definition=ASKED, at=clock.now())
        await ground.execute("UPDATE survey_invitation SET survey = $1 WHERE id = $2", survey.id, clara.invitation)
    return clara


@pytest.mark.parametrize("language", ["de", "en"])
async def test_an_unhappy_guest_is_asked_on_by_keyboard_alone(
    deployment: Deployment, birke: Tenant, tab: Open, language: str
):
    clara = await asked(deployment, birke)
    page = await tab(birke, width=390, language=language)
    await page.goto(f"{clara.link}?score=3")
    assert await page.locator("legend h1").inner_text() == ASKED.questions[0].texts[language].question
    await walked(page, 4)
    assert await walked(page, 1) == ["button"]
    await page.keyboard.press("Enter")
    await page.locator("[name=wrong]").first.wait_for()
    assert await page.get_by_role("status").inner_text() == {"de": "Noch 3 Fragen", "en": "3 more questions"}[language]
    for question in ASKED.questions[1:]:
        asked_as = page.get_by_role("group", name=question.texts[language].question)
        assert await asked_as.count() == 1, "a screen reader says what its choices are about"
    for choice in ASKED.questions[1].texts[language].choices.values():
        assert await page.get_by_role("checkbox", name=choice).count() == 1
    for choice in ASKED.questions[2].texts[language].choices.values():
        assert await page.get_by_role("radio", name=choice, exact=True).count() == 1
    await page.get_by_role("checkbox").nth(1).focus()
    await page.keyboard.press("Space")
    assert await walked(page, 1) == ["call"]
    await page.keyboard.press("Space")
    assert await walked(page, 1) == ["overall"]
    await page.keyboard.press("ArrowRight")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(overflow) <= 0, "nothing sticks out to the side"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.locator(".thanks h1").wait_for()
    rows = await regulars.rows(deployment, birke, "SELECT marks FROM survey_answer WHERE customer = $1", clara.customer)
    assert rows == [{"marks": '{"call": "yes", "wrong": ["wait"], "overall": 2, "recommend": 3}'}]


async def test_a_glad_guest_is_not_asked_what_went_wrong(deployment: Deployment, birke: Tenant, tab: Open):
    clara = await asked(deployment, birke)
    page = await tab(birke)
    await page.goto(f"{clara.link}?score=10")
    await page.locator("button.wide").click()
    await page.locator("[name=overall]").first.wait_for()
    assert await page.locator("[name=wrong], [name=call]").count() == 0


async def test_it_stands_within_the_companys_own_page_and_nowhere_else(
    deployment: Deployment, birke: Tenant, tab: Open
):
    async with deployment.scopes.inside(birke):
        await publishing.publish(key="besuch", definition=ASKED, named=False, at=clock.now())
        wanted = Wanted(key="besuch", kind="embed", name="Startseite", origins=[SHOP])
        place: Place = await placing.make(wanted=wanted, actor="system:test", at=clock.now())
    page = await tab(birke)
    element = f'<leumund-survey place="{place.code}" label="Umfrage"></leumund-survey>'

    async def shop(route: Route) -> None:
        script = f'<script src="https://{birke.host}/u/survey.js" defer></script>'
        await route.fulfill(content_type="text/html", body=f'<!doctype html><html lang="de">{script}{element}</html>')

    for origin in (SHOP, "https://mallory.example"):
        await page.context.route(f"{origin}/**", shop)
    await page.goto(f"{SHOP}/")
    frame = page.frame_locator("iframe[title=Umfrage]")
    await frame.get_by_role("radio", name="9").check()
    await frame.get_by_role("button").click()
    await frame.locator("[name=overall]").first.wait_for()
    await frame.get_by_role("button").click()
    await frame.locator(".thanks h1").wait_for()
    box: Any = await page.locator("iframe").bounding_box()
    inside: Any = await frame.locator("html").evaluate("each => each.scrollHeight")
    assert abs(box["height"] - inside) <= 2, "as tall as what it shows"
    assert await page.context.cookies() == []
    await page.goto("https://mallory.example/")
    await page.locator("iframe").wait_for()
    assert await page.frame_locator("iframe").locator("form").count() == 0
