"""A tab of a real browser at a company's host, whose requests go straight to the door, and the keyboard in it."""

from collections.abc import Callable
from typing import Any

import httpx
from playwright.async_api import Browser, Page, Route

from leumund.tenancy.directory import Tenant

SEEN = """() => {
    const at = document.activeElement;
    const shown = at.closest(".option") ?? (at.matches("input[type=radio]") ? at.nextElementSibling : at);
    const style = getComputedStyle(shown);
    return [at.id || at.name || at.tagName.toLowerCase(), parseFloat(style.outlineWidth), style.outlineStyle];
}"""
# ``await tab(tenant, width=390)`` opens one.
Open = Callable[..., Any]


class Tabs:
    """Opens tabs of ``browser`` at the ``door``, and closes them all."""

    def __init__(self, door: Any, browser: Browser) -> None:
        self._door = door
        self._browser = browser
        self._closing: list[Any] = []

    async def open(self, tenant: Tenant, *, width: int = 1280, language: str = "de") -> Page:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self._door), base_url=f"https://{tenant.host}")
        context = await self._browser.new_context(
            viewport={"width": width, "height": 800}, locale=language, base_url=f"https://{tenant.host}"
        )

        async def answer(route: Route) -> None:
            asked = route.request
            headers = {"accept-language": language, "sec-fetch-site": "same-origin", **(await asked.all_headers())}
            sent = {name: value for name, value in headers.items() if not name.startswith(":")}
            given = await client.request(asked.method, asked.url, headers=sent, content=asked.post_data_buffer)
            kept = {name: value for name, value in given.headers.items() if not name.startswith("content-enc")}
            await route.fulfill(status=given.status_code, headers=kept, body=given.content)

        await context.route("**/*", answer)
        self._closing.extend([context.close, client.aclose])
        return await context.new_page()

    async def close(self) -> None:
        for close in self._closing:
            await close()


async def walked(page: Page, steps: int) -> list[str]:
    """What the tabulator reaches, in order; each with a focus one can see."""
    reached = []
    for _ in range(steps):
        await page.keyboard.press("Tab")
        name, width, style = await page.evaluate(SEEN)
        assert width >= 2, name
        assert style != "none", name
        reached.append(name)
    return reached
