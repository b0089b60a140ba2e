"""The console's tables stay within the page at every width, in a real browser and in German, whose words are longer."""

from playwright.async_api import async_playwright

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import sessions
from leumund.web.console import entering
from tests import served
from tests.journeys import answered, staffing
from tests.journeys.desks import recommended
from tests.journeys.people import CHROMIUM, CHROMIUM_FLAGS

WIDTHS = (1280, 1024, 960, 768, 390, 320)
PAGES = (
    "/care",
    "/care/settings",
    "/segments",
    "/segments/new",
    "/segments/classes",
    "/referrals",
    "/rewards",
    "/customers",
    "/program",
    "/surveys/waves/new",
    "/surveys/waves/limits",
    "/surveys/waves",
    "/surveys/rates",
    "/team",
    "/domains",
    *(f"/surveys/results/nps{end}" for end in ("", "/parts", "/drivers", "/comments", "/loyalty")),
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def test_nothing_of_the_console_sticks_out_to_the_side(stage: Stage):
    tenant = await served.like(stage.deployment, "linden")
    await recommended(stage.deployment, tenant, cents=90_000, friend="bert.mit-dem-sehr-langen-namen")
    await answered.survey(stage.deployment, tenant)
    colleague = await staffing.enrolled(stage.deployment, tenant)
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = await chromium.new_context(locale="de-DE")
        await context.add_cookies([session])
        page = await context.new_page()
        out = []
        for path in PAGES:
            await page.goto(f"{origin}/console{path}")
            assert page.url.endswith(path), "signed in"
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": 900})
                if (sideways := await page.evaluate(OVERFLOW)) > 0:
                    out.append((path, width, sideways))
        await chromium.close()
    assert not out, str(out)
