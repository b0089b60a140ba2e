"""An advocate reads each movement of their own rewards in words, takes them along, and learns of nobody else's."""

from datetime import timedelta

from leumund.customers.login import visiting
from leumund.kit import clock, ground, tokens
from leumund.rewards import refunding, releasing
from tests.journeys.desks import recommended, said
from tests.journeys.guests import OURS


async def way_in(deployment, tenant, customer):
    async with deployment.scopes.inside(tenant):
        return f"/portal/enter/{tokens.sign('portal', await visiting.open_login(customer=customer, at=clock.now()))}"


async def test_an_advocate_reads_and_takes_along_every_movement(deployment, birke, visit):
    await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.inside(birke):
        rows = await ground.fetch("SELECT id, beneficiary FROM reward WHERE side = 'advocate'")
        await releasing.release(reward=rows[0]["id"], at=clock.now() + timedelta(days=20))
        anna = rows[0]["beneficiary"]
    guest = visit(birke, language="de")
    assert (await guest.open("/portal/statement")).url.path == "/portal/login"
    await guest.open(await way_in(deployment, birke, anna))
    await guest.submit("/portal/enter/")
    await guest.open("/portal")
    assert "/portal/statement" in guest.page
    await guest.open("/portal/statement")
    words = said(guest.page)
    assert "Verfügbar 50,00 €" in words
    assert "Prämie ist jetzt Ihre 50,00 € 0,00 € 50,00 €" in words
    assert "Prämie vorgemerkt +50,00 € 50,00 € 0,00 €" in words
    assert "25,00" not in words, "what the friend gets is the friend's"
    answer = await guest.client.post("/portal/statement", data={"form": "csv"}, headers=OURS)
    assert 'Prämie vorgemerkt;"50,00\xa0€";;"50,00\xa0€";"0,00\xa0€";EUR' in answer.text
    answer = await guest.client.post("/portal/statement", data={"form": "pdf"}, headers=OURS)
    assert answer.content.startswith(b"%PDF")


async def test_what_was_taken_back_says_why_and_in_english_too(deployment, birke, visit):
    await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.inside(birke):
        (anna,) = await ground.fetch("SELECT beneficiary FROM reward WHERE side = 'advocate'")
        await refunding.refund(order_id="order-bert", at=clock.now(), actor="key:shop")
    guest = visit(birke, language="en")
    await guest.open(await way_in(deployment, birke, anna["beneficiary"]))
    await guest.submit("/portal/enter/")
    await guest.open("/portal/statement")
    assert "Noted reward canceled −€50.00 €0.00 €0.00" in said(guest.page)
