"""The console's books: what the money is doing, at a date, and each posting with what it was for."""

from datetime import timedelta

import pytest

from leumund.insight import proving
from leumund.kit import clock
from leumund.rewards import refunding
from leumund.tenancy.database.server import as_owner
from tests.journeys.desks import recommended, said


async def test_the_books_say_in_words_what_was_promised_and_what_it_was_for(deployment, birke, desk):
    guest = await desk(role="accounting")
    await guest.open("/console/ledger")
    assert "Noch keine Buchungen" in said(guest.page)
    referral = await recommended(deployment, birke, cents=90_000)
    await guest.open("/console/ledger")
    words = said(guest.page)
    assert "Zugesagt 75,00 €" in words
    assert "Budget des Programms 0,00 € 75,00 € −75,00 €" in words
    assert "Summe ausgeglichen" in words
    yesterday = (clock.now() - timedelta(days=2)).date().isoformat()
    await guest.open(f"/console/ledger?at={yesterday}")
    assert "An diesem Tag gab es noch keine Buchungen" in said(guest.page)
    await guest.open("/console/ledger/postings?account=reward_pending")
    assert said(guest.page).count("Prämie zugesagt") == 2
    assert f"/console/referrals/{referral}" in guest.page
    await guest.open("/console/ledger/postings?account=paid_out")
    assert "In dieser Auswahl gibt es keine Buchung" in said(guest.page)


async def test_what_was_given_back_is_no_cost(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.inside(birke):
        await refunding.refund(order_id="order-bert", at=clock.now(), actor="key:shop")
    guest = await desk()
    await guest.open("/console/ledger?lang=en")
    words = said(guest.page)
    assert "Promised €0.00" in words
    assert "Program budget €75.00 €75.00 €0.00" in words


async def test_an_address_that_means_nothing_is_the_page_itself(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    guest = await desk()
    for asked in ("at=gestern", "at=0001-01-01", "at=9999-12-31", "at=2026-13-01"):
        assert (await guest.open(f"/console/ledger?{asked}")).status_code == 200
        assert "75,00 €" in said(guest.page)
    for asked in ("account=bank", "program=x", "from=x&until=9999-12-31", "account=clawback&program=x"):
        assert (await guest.open(f"/console/ledger/postings?{asked}")).status_code == 200
    assert (await guest.open("/console/ledger/postings?after=x")).status_code == 422


@pytest.mark.parametrize(
    ("role", "status"), [("marketing", 200), ("viewer", 200), ("support", 403), ("privacy_officer", 403)]
)
async def test_who_sees_what_rewards_cost_sees_the_books(deployment, birke, desk, role, status):
    guest = await desk(role=role)
    assert (await guest.open("/console/ledger")).status_code == status
    assert ("/console/ledger/export" in guest.page) is False, "which takes the books along"


async def test_a_fault_in_the_books_stands_above_them(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    guest = await desk()
    async with deployment.scopes.inside(birke):
        await proving.prove(at=clock.now())
    await guest.open("/console/ledger")
    assert "Kette, Konten, Tagessummen und Prämien stimmen" in said(guest.page)
    async with as_owner(deployment.server) as owner:
        await owner.execute(f"UPDATE {birke.schema_name}.ledger_posting SET cents = 1 WHERE cents = 5000")
    async with deployment.scopes.inside(birke):
        await proving.prove(at=clock.now())
    await guest.open("/console/ledger")
    assert "Bitte zahlen Sie vorerst nichts aus" in said(guest.page)
    await guest.open("/console/audit")
    assert "Prüfung der Bücher" in said(guest.page)
