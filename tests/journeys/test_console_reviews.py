"""What a person decides in the console is booked once, told with its reason, and never decided twice."""

import pytest

from leumund.kit import ground
from leumund.ledger import balancing
from leumund.rewards import listing
from tests.journeys.desks import recommended, said


async def test_a_referral_in_review_is_found_and_its_approval_books_both_rewards(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    await recommended(deployment, birke, cents=90_000, friend="clara")
    guest = await desk()
    await guest.open("/console")
    assert "1 Empfehlung zur Prüfung" in guest.page
    await guest.open("/console/referrals?state=in_review")
    assert str(referral) in guest.page
    assert "clara@people.example" not in guest.page
    await guest.open(f"/console/referrals/{referral}")
    assert "9.000,00 €" in said(guest.page)
    await guest.submit("/approval")
    assert guest.answer.status_code == 200
    assert "Freigegeben" in guest.page
    assert "50,00 €" in said(guest.page)
    async with deployment.scopes.reading(birke):
        assert len(await listing.rewards_for(referral=referral)) == 2
        assert await balancing.totals() == {"EUR": 0}
    await guest.open("/console")
    assert "zur Prüfung" not in guest.page
    await guest.open("/console/audit")
    told = f'Empfehlung freigegeben: <a href="/console/referrals/{referral}">Empfehlung von Anna</a>'
    assert told in guest.page


@pytest.mark.parametrize(
    ("friend", "why"),
    [("anna+selbst", "in dasselbe Postfach"), ("bert", "lag über der Grenze, ab der")],
)
async def test_the_page_says_why_somebody_has_to_look(deployment, birke, desk, friend: str, why: str):
    referral = await recommended(deployment, birke, cents=900_000, friend=friend)
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE program SET review_above_cents = NULL")
    guest = await desk()
    await guest.open(f"/console/referrals/{referral}")
    assert why in said(guest.page)


async def test_a_refusal_needs_its_reason_and_books_nothing(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    guest = await desk()
    await guest.open(f"/console/referrals/{referral}")
    for reason in (" ", "x" * 501):
        answer = await guest.submit("/refusal", reason=reason)
        assert answer.status_code == 422
        assert 'id="reason-wrong"' in guest.page
        assert 'aria-describedby="reason-wrong"' in guest.page
    await guest.submit("/refusal", reason="Gewerblicher <Anschluss>")
    assert guest.answer.status_code == 200
    assert "Gewerblicher &lt;Anschluss&gt;" in guest.page
    assert "Abgelehnt" in guest.page
    async with deployment.scopes.reading(birke):
        assert await ground.fetch("SELECT FROM reward") == []
        assert (await ground.fetch("SELECT state FROM referral"))[0]["state"] == "rejected"


async def test_who_decides_second_is_told_so_and_changes_nothing(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    anna, bert = await desk(name="Anna"), await desk(name="Bert")
    for guest in (anna, bert):
        await guest.open(f"/console/referrals/{referral}")
    await anna.submit("/approval")
    answer = await bert.submit("/refusal", reason="Zu groß")
    assert answer.status_code == 409
    assert "Anna war schneller" in said(bert.page)
    assert "/refusal" not in bert.page
    async with deployment.scopes.reading(birke):
        assert (await ground.fetch("SELECT state FROM referral"))[0]["state"] == "approved"
        assert len(await ground.fetch("SELECT FROM reward")) == 2


async def test_an_approval_beyond_the_budget_says_so(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE program SET budget_cents = 7000")
    guest = await desk()
    await guest.open(f"/console/referrals/{referral}")
    answer = await guest.submit("/approval")
    assert answer.status_code == 422
    assert "Das Budget des Programms reicht dafür nicht." in guest.page
    assert "/approval" in guest.page
