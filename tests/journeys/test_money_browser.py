"""In a real browser: Anna shares what is hers, two people pay what she earned, and she reads it in her statement."""

from typing import Any, NamedTuple
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.payouts import entering
from leumund.tenancy.directory import Tenant
from tests import eyes, served
from tests.journeys import seats, staffing
from tests.journeys.keyboard import TOO_WIDE
from tests.journeys.staffing import Colleague
from tests.rooms import paying, test_transfers, whole


class Words(NamedTuple):
    """What is read and pressed in one language."""

    copy: str
    copied: str
    earns: str
    gather: str
    needs_other: str
    approve: str
    settle: str
    arrived: str
    paid: str


WORDS = {
    "de": Words(
        copy="Kopieren",
        copied="Kopiert",
        earns="Ich bekomme",
        gather="Zusammenstellen: ",
        needs_other="jetzt gibt sie jemand anderes frei",
        approve="50,00 € freigeben",
        settle="Alle als angekommen vermerken",
        arrived="Vermerkt: Alles ist angekommen.",
        paid="Auszahlung an Sie",
    ),
    "en": Words(
        copy="Copy",
        copied="Copied",
        earns="I then",
        gather="Gather: ",
        needs_other="now somebody else approves it",
        approve="Approve €50.00",
        settle="Note that all arrived",
        arrived="Noted: all of it arrived.",
        paid="Payout to you",
    ),
}
LOOKS = [("de", {"width": 1280, "height": 900}), ("en", {"width": 390, "height": 844})]


@pytest.fixture(scope="module")
async def tenant(stage: Stage) -> Tenant:
    """A company that pays by its bank, and of whose batches two people have to see each."""
    opened = await served.like(stage.deployment, "linden")
    async with stage.deployment.scopes.inside(opened):
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'sepa', $1)", clock.now())
        await ground.execute("INSERT INTO payout_limit VALUES ('EUR', 1, 1, 1, NULL, $1)", clock.now())
        await test_transfers.own_account()
    return opened


async def sharing(stage: Stage, tenant: Tenant, language: str) -> UUID:
    """Somebody who takes part."""
    email = f"anna-shares-{language}@people.example"
    async with stage.deployment.scopes.inside(tenant):
        await whole.advocate(email, at=clock.now())
        return await whole.person(email, at=clock.now())


async def earning(stage: Stage, tenant: Tenant, language: str) -> UUID:
    """Somebody who has earned 50 euros and said where they go."""
    email = f"anna-{language}@people.example"
    async with stage.deployment.scopes.inside(tenant):
        at = clock.now()
        await paying.earned(f"A-{language}", advocate=email, at=at)
        customer = await whole.person(email, at=at)
        visit = test_transfers.visit(customer, proven_at=at)
        await entering.enter_account(
            visit=visit, iban="DE89370400440532013000", holder="Anna Quendel", language=language, at=at
        )
    return customer


async def sound(page: Page) -> None:
    assert not await page.evaluate(TOO_WIDE)


@pytest.mark.parametrize(("lang", "size"), LOOKS)
async def test_anna_copies_her_words_and_takes_her_code_along(
    stage: Stage, browser: Browser, tenant: Tenant, lang: str, size: Any
):
    context, words = await browser.new_context(viewport=size), WORDS[lang]
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, origin = await context.new_page(), stage.deployment.settings.origin(tenant.host)
    await seats.at_the_portal(stage, tenant, page, await sharing(stage, tenant, lang), lang)
    await page.goto(f"{origin}/portal/share?lang={lang}")
    await sound(page)
    link = await page.input_value("#link")
    for way in ("mail", "sms"):
        copy = page.locator(f"[data-copy={way}]")
        await expect(copy).to_have_text(words.copy)
        await copy.press("Enter")
        await expect(copy).to_have_text(words.copied)
        held = await page.evaluate("navigator.clipboard.readText()")
        assert link in held
        assert words.earns in held, "whoever reads it learns that Anna gets something"
    code = await seats.taken(page, "a[href^='/portal/qr.png']")
    assert eyes.decoded(code) == link
    await page.goto(f"{origin}/portal/share/qr?lang={lang}")
    await sound(page)
    await context.close()


@pytest.mark.parametrize(("lang", "size"), LOOKS)
async def test_two_people_pay_anna_and_she_reads_it_in_her_statement(
    stage: Stage, browser: Browser, tenant: Tenant, lang: str, size: Any
):
    words, origin = WORDS[lang], stage.deployment.settings.origin(tenant.host)
    customer = await earning(stage, tenant, lang)
    carl, olivia = [
        await staffing.enrolled(stage.deployment, tenant, role=role, name=name)
        for role, name in (("accounting", "Carl"), ("owner", "Olivia"))
    ]
    contexts = [await browser.new_context(viewport=size, locale=lang) for _ in range(3)]
    desk = await seats.at_the_desk(stage, tenant, contexts[0], carl)
    await desk.goto(f"{origin}/console/payouts?lang={lang}")
    await sound(desk)
    await desk.get_by_role("button", name=words.gather).press("Enter")
    await expect(desk.locator("section[aria-labelledby=next]")).to_contain_text(words.needs_other)
    await sound(desk)

    other = await seats.at_the_desk(stage, tenant, contexts[1], olivia)
    await other.goto(desk.url)
    await other.fill("#code", await seats.fresh_code(stage, tenant, olivia))
    await other.get_by_role("button", name=words.approve).press("Enter")
    await other.locator("#execution_date").wait_for()
    await sound(other)
    await other.fill("#code", await seats.fresh_code(stage, tenant, olivia))
    await other.locator("form[action*='/sending'] button").press("Enter")
    await other.locator("select[name=reason]").wait_for()

    await _through_the_bank(stage, tenant, desk, carl, words)
    page = await contexts[2].new_page()
    await seats.at_the_portal(stage, tenant, page, customer, lang)
    await _reads(page, f"{origin}/portal/statement?lang={lang}", words)
    for context in contexts:
        await context.close()


async def _through_the_bank(stage: Stage, tenant: Tenant, desk: Page, carl: Colleague, words: Words) -> None:
    """Carl takes the file along, and notes what the bank says."""
    await desk.goto(desk.url)
    await sound(desk)
    await desk.select_option("#reason", "bank")
    await desk.fill("#code", await seats.fresh_code(stage, tenant, carl))
    file = await seats.taken(desk, "form[action*='/file'] button")
    assert b"pain.001" in file
    assert b"<CtrlSum>50.00</CtrlSum>" in file
    await desk.get_by_text(words.settle).click()
    await desk.fill("#settle-code", await seats.fresh_code(stage, tenant, carl))
    await desk.locator("form[action*='/settlement'] button").press("Enter")
    await expect(desk.locator("main [role=status]")).to_have_text(words.arrived)
    await sound(desk)


async def _reads(page: Page, statement: str, words: Words) -> None:
    await page.goto(statement)
    await sound(page)
    await expect(page.locator("main")).to_contain_text(words.paid)
    assert (await seats.taken(page, "button[value=pdf]")).startswith(b"%PDF")
    assert words.paid in (await seats.taken(page, "button[value=csv]")).decode("utf-8-sig")
