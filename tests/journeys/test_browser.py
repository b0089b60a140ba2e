"""The whole way in a real browser, from the mail in the sink to the booked reward, on both brands, wide and narrow."""

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Response

from leumund.demo.mailbox import link_in
from leumund.demo.staging import Stage
from leumund.kit import ground
from leumund.tenancy.directory import Tenant
from tests import eyes, opened
from tests.journeys import people

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MOST_BYTES = 50_000
DOWNLOAD = "async path => [...new Uint8Array(await (await fetch(path)).arrayBuffer())]"


class Watcher:
    """Notes what a person's browser was asked to load and to keep."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.context = context
        self.host = host
        self.faults: list[str] = []
        self.answers: list[Response] = []
        context.on("response", lambda response: self.answers.append(response))
        context.on("request", lambda request: self._ours(request.url))
        context.on("console", lambda message: message.type == "error" and self.faults.append(message.text))

    def _ours(self, url: str) -> None:
        if not url.startswith(("data:", f"http://{self.host}")):
            self.faults.append(f"asked for {url}")

    async def check_public(self, page: Page) -> None:
        """Nothing kept, nothing foreign, nothing heavy, nothing the policy refused."""
        assert self.faults == []
        assert await self.context.cookies() == []
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert [a.url for a in self.answers if "set-cookie" in a.headers] == []
        # As the server told: a body may be gone from the browser's memory by the next page.
        sizes = [int(answer.headers["content-length"]) for answer in self.answers if answer.status == 200]
        assert 0 < sum(sizes) < MOST_BYTES
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(overflow) <= 0, "nothing sticks out to the side"
        self.answers.clear()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_from_the_survey_mail_to_both_rewards(
    stage: Stage, browser: Browser, slug: str, viewport: dict[str, int], tmp_path: Path
):
    tenant = await stage.deployment.directory.by_slug(slug)
    anna, bert = (f"{name}-{uuid4().hex[:6]}@people.example" for name in ("anna", "bert"))
    await people.invited(stage, tenant, anna, language="de")

    context = await browser.new_context(viewport=viewport, locale="de-DE")
    watcher = Watcher(context, f"{slug}.localhost")
    page = await context.new_page()
    await _answer_and_join(stage, page, watcher, anna)
    link = await _confirm_and_see_the_portal(stage, page, watcher, anna)
    await context.close()

    context = await browser.new_context(viewport=viewport, locale="de-DE")
    watcher = Watcher(context, f"{slug}.localhost")
    await _accept(stage, await context.new_page(), watcher, link, bert)
    await context.close()

    await _buy(stage, tenant, bert)
    async with stage.deployment.scopes.reading(tenant):
        emails = {await opened.customer(email): email for email in (anna, bert)}
        rewards = await ground.fetch("SELECT side, beneficiary FROM reward WHERE beneficiary = ANY($1)", [*emails])
    assert {(row["side"], emails[row["beneficiary"]]) for row in rewards} == {("advocate", anna), ("friend", bert)}


async def _answer_and_join(stage: Stage, page: Page, watcher: Watcher, anna: str) -> None:
    mail = await stage.mailbox.wait_for(anna, having="/s/")
    await page.goto(_one_tap(link_in(mail, "/s/"), 10))
    assert await page.locator("input[name=recommend][value='10']").is_checked(), "the tap in the mail chose the mark"
    await watcher.check_public(page)
    await page.fill("textarea[name=comment]", "Immer freundlich.")
    await page.click("form[action*='/s/'] button")
    await page.locator("form[action*='/join/']").wait_for()
    assert await page.locator("input[type=checkbox]:checked").count() == 0, "no box is ticked for anybody"
    await watcher.check_public(page)
    await page.check("input[name=terms]")
    await page.click("form[action*='/join/'] button")
    await page.wait_for_load_state()
    await watcher.check_public(page)


async def _confirm_and_see_the_portal(stage: Stage, page: Page, watcher: Watcher, anna: str) -> str:
    mail = await stage.mailbox.wait_for(anna, having="/confirm/")
    await page.goto(link_in(mail, "/confirm/"))
    await watcher.check_public(page)
    await page.click("form[action*='/confirm/'] button")
    await page.wait_for_load_state()
    await watcher.check_public(page)
    await page.click("a[href*='/portal/enter/']")
    await page.click("form[action*='/portal/enter/'] button")
    await page.wait_for_url("**/portal*")
    assert watcher.faults == []
    assert [cookie["name"] for cookie in await watcher.context.cookies()] == ["__Host-portal"]
    link = eyes.decoded(await page.locator("figure.qr img").screenshot())
    assert link in await page.content(), "the code as it is shown and the text lead to the same place"
    png = await page.evaluate(DOWNLOAD, "/portal/qr.png")
    assert eyes.decoded(bytes(png)) == link, "and so does the code one saves"
    return link


async def _accept(stage: Stage, page: Page, watcher: Watcher, link: str, bert: str) -> None:
    await page.goto(link)
    await watcher.check_public(page)
    await page.fill("input[name=given_name]", "Bert")
    await page.fill("input[name=family_name]", "Beispiel")
    await page.fill("input[name=email]", bert)
    await page.check("input[name=terms]")
    await page.click("form[action*='/r/'] button")
    await page.wait_for_load_state()
    await watcher.check_public(page)
    mail = await stage.mailbox.wait_for(bert, having="/confirm/")
    await page.goto(link_in(mail, "/confirm/"))
    await watcher.check_public(page)
    await page.click("form[action*='/confirm/'] button")
    await page.wait_for_load_state()
    await watcher.check_public(page)


async def _buy(stage: Stage, tenant: Tenant, bert: str) -> None:
    key = await people.api_key(stage.deployment, tenant)
    async with httpx.AsyncClient(timeout=60) as shop:
        answer = await shop.post(
            f"{stage.at}/api/v1/conversions",
            headers={"host": tenant.host, "authorization": f"Bearer {key}", "idempotency-key": uuid4().hex},
            json={
                "order_id": uuid4().hex,
                "amount_cents": 90_000,
                "currency": "EUR",
                "customer": {"email": bert},
            },
        )
    assert answer.status_code == 201, answer.text


def _one_tap(link: str, score: int) -> str:
    return f"{link.split('?')[0]}?score={score}"
