"""The console's books: what the money is doing, at a date, and each posting with what it was for."""

from datetime import timedelta
from uuid import uuid4

import pytest

from leumund.insight import proving
from leumund.kit import clock
from leumund.ledger import posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.rewards import refunding
from leumund.tenancy.database.server import as_owner
from tests.journeys import staffing
from tests.journeys.desks import recommended, said
from tests.journeys.guests import OURS


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


CHARTED = {
    "consultant": "29098",
    "client": "55003",
    "account_digits": "4",
    "year_begins": "1",
    "account_program_budget_EUR": "4600",
    "account_reward_pending_EUR": "1700",
}


async def test_an_accountant_names_accounts_and_takes_a_batch_along(deployment, visit, birke):
    # So long ago that its days are closed.
    ago = clock.now() - timedelta(days=40)
    async with deployment.scopes.inside(birke):
        await _granted(ago)
        await proving.prove(at=clock.now())
    clara = await staffing.enrolled(deployment, birke, role="accounting", name="Clara")
    guest = await staffing.signed_in(deployment, visit, birke, clara)
    await guest.open("/console/ledger/export")
    days = {"from": (ago - timedelta(days=2)).date().isoformat(), "until": (ago + timedelta(days=2)).date().isoformat()}
    asked = {"what": "datev", **days, "currency": "EUR", "fixed": "yes", "form": "csv", "reason": "accounting"}
    answer = await guest.client.post("/console/ledger/export", data=asked | {"code": clara.code()}, headers=OURS)
    assert (answer.status_code, "wessen Bücher" in answer.text) == (422, True)
    wrong = CHARTED | {"account_reward_pending_EUR": "17"}
    answer = await guest.client.post("/console/ledger/export/chart", data=wrong, headers=OURS)
    assert (answer.status_code, "4 Ziffern" in answer.text, 'value="29098"' in answer.text) == (422, True, True)
    answer = await guest.client.post("/console/ledger/export/chart", data=CHARTED, headers=OURS)
    assert answer.status_code == 303
    answer = await guest.client.post("/console/ledger/export", data=asked | {"code": "000000"}, headers=OURS)
    assert answer.status_code == 422
    asked |= {"code": clara.code(steps_ahead=1)}
    answer = await guest.client.post("/console/ledger/export", data=asked, headers=OURS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="EXTF_Buchungsstapel_00001_01.csv"'
    assert answer.content.decode("cp1252").splitlines()[2].startswith('25,00;"S";"EUR";;;"";4600;1700')
    await guest.open("/console/ledger/export")
    assert "Nr. 1 festgeschrieben" in said(guest.page)


async def _granted(at) -> None:
    sides = (Account("program_budget", uuid4(), "EUR"), Account("reward_pending", uuid4(), "EUR"))
    await posting.post_all(moves=[Move(*sides, 2500, "opening balance")], at=at)


@pytest.mark.parametrize("what", ["postings", "balances", "rewards"])
async def test_a_table_of_the_books_names_nobody(deployment, visit, birke, what):
    async with deployment.scopes.inside(birke):
        await _granted(clock.now() - timedelta(days=40))
        await proving.prove(at=clock.now())
    olivia = await staffing.enrolled(deployment, birke, name="Olivia")
    guest = await staffing.signed_in(deployment, visit, birke, olivia)
    days = {"from": (clock.now() - timedelta(days=60)).date().isoformat()}
    days["until"] = (clock.now() - timedelta(days=4)).date().isoformat()
    asked = {"what": what, **days, "form": "csv", "reason": "audit", "code": olivia.code()}
    answer = await guest.client.post("/console/ledger/export", data=asked, headers=OURS)
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("\ufeff")
    assert ("25,00" in answer.text) is (what != "rewards")


async def test_whoever_only_sees_the_books_takes_nothing_along(deployment, birke, desk):
    guest = await desk(role="marketing")
    assert (await guest.open("/console/ledger/export")).status_code == 403
    assert (await guest.client.post("/console/ledger/export", data={}, headers=OURS)).status_code == 403


async def test_a_fault_in_the_books_stands_above_them(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    guest = await desk()
    async with deployment.scopes.inside(birke):
        await proving.prove(at=clock.now())
    await guest.open("/console/ledger")
    assert "Kette, Konten, Tagessummen, Prämien und Auszahlungen stimmen" in said(guest.page)
    async with as_owner(deployment.server) as owner:
        await owner.execute(f"UPDATE {birke.schema_name}.ledger_posting SET cents = 1 WHERE cents = 5000")
    async with deployment.scopes.inside(birke):
        await proving.prove(at=clock.now())
    await guest.open("/console/ledger")
    assert "Bitte zahlen Sie vorerst nichts aus" in said(guest.page)
    await guest.open("/console/audit")
    assert "Prüfung der Bücher" in said(guest.page)
