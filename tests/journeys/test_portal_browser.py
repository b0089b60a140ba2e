"""A person's settings, second factor and rights in a real browser, German and English, served as they are in life."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Page

from leumund.demo.mailbox import link_in
from leumund.demo.staging import Stage
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars, seconds
from tests.journeys.regulars import Advocate

VIRTUAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIZE = "[document.activeElement.offsetWidth, document.activeElement.offsetHeight]"
HELD = "SELECT held FROM customer WHERE id = $1"
REFUSED = r"""
UPDATE referral SET confirmed_at = attributed_at, state = 'rejected', reason_sealed = '\x00' WHERE advocate = $1
"""
Come = Callable[..., Awaitable["Visitor"]]


class Visitor(NamedTuple):
    """Anna's browser, in the portal."""

    page: Page
    anna: Advocate
    tenant: Tenant
    lang: str

    async def go(self, path: str) -> None:
        await self.page.goto(f"{path}?lang={self.lang}")

    async def press(self, action: str) -> None:
        await self.page.click(f"form[action*='{action}'] button")
        await self.page.wait_for_load_state()

    async def prove(self, secret: str) -> None:
        await self.page.fill("#code", seconds.code(secret))
        await self.page.click("form[action*='/portal/prove']:not([data-passkey]) button")
        await self.page.wait_for_load_state()


@pytest.fixture
async def come(stage: Stage, browser: Browser) -> AsyncIterator[Come]:
    """Somebody who takes part comes to the portal by a mailed link: ``await come("en", width=390)``."""
    faults: list[str] = []

    async def coming(lang: str, *, width: int = 1280) -> Visitor:
        tenant = await stage.deployment.directory.by_slug("linden")
        anna = await regulars.advocate(stage.deployment, tenant, language=lang)
        context = await browser.new_context(
            viewport={"width": width, "height": 844}, locale=lang, base_url=f"http://linden.localhost:{_port(stage)}"
        )
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(f"{anna.enter}?lang={lang}")
        await page.click("main form button")
        return Visitor(page, anna, tenant, lang)

    yield coming
    assert [fault for fault in faults if "422" not in fault] == [], "the policy refuses nothing of ours"


def _port(stage: Stage) -> str:
    return stage.at.rpartition(":")[2]


async def _focused(page: Page, value: str) -> None:
    """Press the tabulator until the button with ``value`` has the focus."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.value") == value:
            return
    raise AssertionError(f"no way to {value} by keyboard")


@pytest.mark.parametrize(("lang", "saved"), [("de", "Gespeichert"), ("en", "Saved")])
async def test_settings_are_changed_from_a_mail_by_keyboard_alone(
    stage: Stage, browser: Browser, lang: str, saved: str
):
    tenant = await stage.deployment.directory.by_slug("linden")
    clara = await guests.surveyed(stage.deployment, tenant, language=lang)
    mail = await stage.mailbox.wait_for(clara.email, having="/preferences/")
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale=lang)
    page = await context.new_page()
    await page.goto(link_in(mail, "/preferences/"))
    assert await page.evaluate(OVERFLOW) <= 0
    await _focused(page, "yes")
    yes = await page.evaluate(SIZE)
    await page.keyboard.press("Tab")
    assert await page.evaluate(SIZE) == yes, "yes and no are of one size"
    await page.keyboard.press("Enter")
    await page.get_by_text(saved).wait_for()
    assert await context.cookies() == []
    await context.close()


@pytest.mark.parametrize(("lang", "width"), [("de", 1280), ("en", 390)])
async def test_an_app_and_a_passkey_are_set_up_and_shown(stage: Stage, come: Come, lang: str, width: int):
    anna = await come(lang, width=width)
    page = anna.page
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})
    await anna.go("/portal/security")
    assert await page.evaluate(OVERFLOW) <= 0
    await page.click("a[href*='/portal/security/app']")
    secret = (await page.inner_text("#secret")).replace(" ", "")
    await page.fill("#code", seconds.code(secret))
    await anna.press("/portal/security/app")
    assert await page.locator(".recovery code").count() == 8
    await anna.go("/portal/security")
    await page.fill("form[data-passkey] input[name=name]", "Laptop")
    await page.click("form[data-passkey] button")
    await page.wait_for_url("**/portal/security/passkey*")
    await seconds.let_count(stage.deployment, anna.tenant, anna.anna)
    await page.goto(f"/portal/prove?back=data&lang={lang}")
    await page.click("form[data-passkey] button")
    await page.wait_for_url("**/portal/data*")
    await anna.go("/portal/security")
    assert await page.get_by_text("Laptop").count() >= 1


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_each_right_is_used(stage: Stage, browser: Browser, come: Come, lang: str):
    anna = await come(lang)
    page, deployment = anna.page, stage.deployment
    await anna.go("/portal/security/app")
    secret = (await page.inner_text("#secret")).replace(" ", "")
    await page.fill("#code", seconds.code(secret))
    await anna.press("/portal/security/app")
    await seconds.let_count(deployment, anna.tenant, anna.anna)
    await _befriend(browser, stage, anna)

    await anna.go("/portal/data/copy")
    await anna.prove(secret)
    assert await page.get_by_text(anna.anna.email).count() > 0, "access"
    for name in ("copy.pdf", "copy.json"):
        async with page.expect_download() as waiting:
            await page.click(f"a[href*='{name}']")
        assert (await waiting.value).suggested_filename == name
    await anna.go("/portal/data")
    async with page.expect_download() as waiting:
        await page.click("a[href*='portable.csv']")
    assert (await waiting.value).suggested_filename == "portable.csv", "portability"
    await page.fill("#given_name", "Anne")
    await anna.press("/correction")
    assert await page.input_value("#given_name") == "Anne", "rectification"
    await page.check("input[value=profiling]")
    for deed in ("/objection", "/review", "/departure", "/restriction"):
        await anna.press(deed)
        assert await page.locator("[role=status]").count() == 1, deed
    held = await regulars.rows(deployment, anna.tenant, HELD, anna.anna.customer)
    assert held == [{"held": "restriction"}]
    await anna.go("/portal/data/erasure")
    assert await page.evaluate(OVERFLOW) <= 0
    await page.check("#meant")
    await page.click("form[action*='/portal/data/erasure'] button")
    await page.wait_for_load_state()
    assert await regulars.rows(deployment, anna.tenant, HELD, anna.anna.customer) == [{"held": "erasure"}]
    await anna.press("/cancellation")
    assert await regulars.rows(deployment, anna.tenant, HELD, anna.anna.customer) == [{"held": "restriction"}]


async def _befriend(browser: Browser, stage: Stage, anna: Visitor) -> None:
    """A friend signs up by Anna's link, and the referral is refused, so that there is something to review."""
    context = await browser.new_context(base_url=f"http://linden.localhost:{_port(stage)}")
    friend = await context.new_page()
    await friend.goto(anna.anna.share)
    for name, value in (("given_name", "Bert"), ("family_name", "Freund"), ("email", guests.address_of("bert"))):
        await friend.fill(f"input[name={name}]", value)
    await friend.check("input[name=terms]")
    await friend.click("form[action*='/r/'] button")
    await friend.wait_for_load_state()
    await context.close()
    await regulars.change(stage.deployment, anna.tenant, REFUSED, anna.anna.customer)
