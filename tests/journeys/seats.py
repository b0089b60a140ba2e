"""Where people sit in a browser on the stage: at the console or in the portal, and what they save from there."""

import asyncio
from pathlib import Path
from uuid import UUID

from playwright.async_api import BrowserContext, Page

from leumund.customers.login import visiting
from leumund.demo.staging import Stage
from leumund.kit import clock, ground, tokens
from leumund.staff import sessions
from leumund.tenancy.directory import Tenant
from leumund.web.console import entering
from tests.journeys.staffing import Colleague


async def at_the_portal(stage: Stage, tenant: Tenant, page: Page, customer: UUID, language: str) -> None:
    """The customer comes into the portal by a mailed link."""
    async with stage.deployment.scopes.inside(tenant):
        login = await visiting.open_login(customer=customer, at=clock.now())
        await page.goto(f"{ground.current().origin}/portal/enter/{tokens.sign('portal', login)}?lang={language}")
    await page.locator("main button").first.click()


async def at_the_desk(stage: Stage, tenant: Tenant, context: BrowserContext, colleague: Colleague) -> Page:
    """A page on which ``colleague`` is signed in at the console."""
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    await context.add_cookies([session])
    return await context.new_page()


async def fresh_code(stage: Stage, tenant: Tenant, colleague: Colleague) -> str:
    """What the app shows half a minute later: a code is good once."""
    async with stage.deployment.scopes.inside(tenant):
        await ground.execute("UPDATE staff_member SET totp_last_step = 0 WHERE id = $1", colleague.member)
    return colleague.code()


async def taken(page: Page, button: str) -> bytes:
    """What is saved on the device when ``button`` is pressed."""
    async with page.expect_download() as waiting:
        await page.locator(button).first.click()
    kept = await (await waiting.value).path()
    return await asyncio.to_thread(Path(kept).read_bytes)
