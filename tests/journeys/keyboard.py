"""A keyboard in a real browser: on from field to field by what a screen reader calls them, and nothing else."""

from playwright.async_api import Page

from tests.journeys.anatomy import Anatomy

# More than any page has to step through.
MOST_STEPS = 250
NAME = """() => {
    const at = document.activeElement
    const told = (at.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id)?.innerText)
    const name = at.getAttribute('aria-label') || told.join(' ').trim() || at.labels?.[0]?.innerText || at.innerText
    return (name || '').replace(/\\s+/g, ' ').trim()
}"""
SEEN = """() => {
    const style = getComputedStyle(document.activeElement)
    return parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none'
}"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def step_to(page: Page, name: str) -> None:
    """Tab on until what has this name is reached, as whoever uses a screen reader hears it."""
    heard = []
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        heard.append(await page.evaluate(NAME))
        if heard[-1].startswith(name):
            return
    raise AssertionError(f"nothing is called {name}: {[each[:40] for each in heard]}")


async def press(page: Page, name: str) -> None:
    await step_to(page, name)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await sound(page)


async def write(page: Page, name: str, text: str) -> None:
    await step_to(page, name)
    await page.keyboard.insert_text(text)


async def sound(page: Page) -> None:
    """Every field is called something, and nothing sticks out; on from there one passes the ways to other pages by."""
    assert Anatomy(await page.content()).faults == []
    assert not await page.evaluate(TOO_WIDE)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
