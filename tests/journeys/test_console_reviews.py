"""What a person decides in the console is booked once, told with its reason, and never decided twice."""

import pytest

from leumund.insight import retracing
from leumund.kit import clock, ground
from leumund.ledger import balancing
from leumund.privacy.rights import asserting
from leumund.privacy.rights.asserting import Person
from tests.journeys.desks import recommended, said


async def test_a_referral_in_review_is_found_and_its_approval_books_both_rewards(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    await recommended(deployment, birke, cents=90_000, friend="clara")
    guest = await desk()
    await guest.open("/console")
    assert "1 Empfehlung zur Prüfung" in guest.page
    await guest.open("/console/reviews")
    assert "Nichts gefunden" not in said(guest.page)
    assert str(referral) in guest.page
    assert "hoher Betrag" in said(guest.page)
    assert "clara@people.example" not in guest.page
    await guest.open(f"/console/referrals/{referral}")
    assert "9.000,00 €" in said(guest.page)
    await guest.submit("/approval")
    assert guest.answer.status_code == 200
    assert "Freigegeben" in guest.page
    assert "50,00 €" in said(guest.page)
    async with deployment.scopes.reading(birke):
        assert len((await retracing.retrace(referral=referral)).rewards) == 2
        assert await balancing.totals() == {"EUR": 0}
    await guest.open("/console/reviews")
    assert "Alles entschieden" in said(guest.page)
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
    tries = (
        ("other", " ", "reason"),
        ("terms", "x" * 501, "reason"),
        ("", "weil", "category"),
        ("terms", "Anna wars", "reason"),
    )
    for category, reason, field in tries:
        answer = await guest.submit("/refusal", category=category, reason=reason)
        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in guest.page
        assert f'aria-describedby="{field}-wrong"' in guest.page
    await guest.submit("/refusal", category="terms", reason="Gewerblicher <Anschluss>")
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
    answer = await bert.submit("/refusal", category="terms")
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


async def test_many_are_decided_at_once_and_what_fails_is_told_row_by_row(deployment, birke, desk):
    friends = [f"freund{number}" for number in range(5)]
    waiting = [await recommended(deployment, birke, cents=900_000, friend=friend) for friend in friends]
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE referral SET state = 'voided', reason_sealed = '' WHERE id = $1", waiting[1])
        # Enough for two of the four that are left.
        await ground.execute("UPDATE program SET budget_cents = 15000")
    guest = await desk()
    await guest.open("/console/reviews")
    assert "4 Empfehlungen warten" in said(guest.page)
    assert "Zusammen auf dieser Seite: 300,00 €." in said(guest.page)
    await guest.send("/console/reviews", verdict="summed", referral=[str(each) for each in waiting[2:4]])
    assert "Die 2 ausgewählten Empfehlungen würden zusammen 150,00 € bringen." in said(guest.page)
    await guest.send("/console/reviews", verdict="approved", referral=[str(each) for each in waiting])
    assert "2 Empfehlungen freigegeben." in said(guest.page)
    assert "Bei 3 Empfehlungen ging es nicht" in said(guest.page)
    assert said(guest.page).count("Das Budget des Programms reicht dafür nicht.") == 2
    assert "Über diese Empfehlung ist schon entschieden." in said(guest.page)
    async with deployment.scopes.reading(birke):
        decided = await ground.fetch("SELECT verdict FROM review_decision")
        assert [row["verdict"] for row in decided] == ["approved"] * 2
        noted = await ground.fetch("SELECT FROM audit_entry WHERE action = 'referral.approved'")
        assert len(noted) == 2, "each by itself"


async def test_a_decision_about_many_needs_a_choice_and_a_reason(deployment, birke, desk):
    waiting = [await recommended(deployment, birke, cents=900_000, friend=friend) for friend in ("bert", "emil")]
    guest = await desk()
    for told, field in (
        ({"verdict": "approved"}, "referral"),
        ({"verdict": "refused", "referral": str(waiting[0])}, "category"),
    ):
        answer = await guest.send("/console/reviews", **told)
        assert (answer.status_code, f'id="{field}-wrong"' in guest.page) == (422, True)
    await guest.send(
        "/console/reviews", verdict="refused", category="terms", reason="", referral=[str(each) for each in waiting]
    )
    assert "2 Empfehlungen abgelehnt." in said(guest.page)
    async with deployment.scopes.reading(birke):
        mails = await ground.fetch("SELECT question FROM message WHERE kind = 'referral_refused' ORDER BY question")
        assert [row["question"] for row in mails] == ["terms.advocate"] * 2 + ["terms.friend"] * 2


async def test_the_queue_is_filtered_by_sign_and_sorted_by_amount(deployment, birke, desk):
    for friend, cents in (("bert", 900_000), ("emil", 990_000), ("anna+ich", 1_000)):
        await recommended(deployment, birke, cents=cents, friend=friend)
    guest = await desk()
    await guest.open("/console/reviews?order=largest")
    told = said(guest.page)
    assert told.index("9.900,00 €") < told.index("9.000,00 €") < told.index("10,00 €")
    await guest.open("/console/reviews?sign=same_address")
    assert '<option value="same_address" selected>' in guest.page
    assert ("10,00 €" in said(guest.page), "9.900,00 €" in said(guest.page)) == (True, False)
    await guest.open("/console/reviews?sign=circle")
    assert "Mit diesem Anzeichen wartet gerade nichts." in said(guest.page)


async def test_two_approve_what_is_above_the_limit_for_four_eyes(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE program SET four_eyes_above_cents = 500000")
    anna, bert, viewer = await desk(name="Anna"), await desk(name="Bert", role="support"), await desk(role="accounting")
    await anna.open(f"/console/referrals/{referral}")
    assert "Zwei müssen freigeben" in said(anna.page)
    await anna.submit("/approval")
    assert "Jetzt muss noch jemand anderes freigeben" in said(anna.page)
    await anna.submit("/approval")
    assert anna.answer.status_code == 422
    await viewer.open(f"/console/referrals/{referral}")
    assert "/approval" not in viewer.page
    assert (await viewer.send(f"/console/referrals/{referral}/approval")).status_code == 403
    await bert.open("/console/reviews")
    assert "Einmal freigegeben." in said(bert.page)
    await bert.send("/console/reviews", verdict="approved", referral=str(referral))
    assert "1 Empfehlung freigegeben." in said(bert.page)


async def test_an_objection_is_read_and_answered_by_somebody_else(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    marta, sven = await desk(name="Marta"), await desk(name="Sven", role="support")
    await marta.open(f"/console/referrals/{referral}")
    await marta.submit("/refusal", category="order")
    async with deployment.scopes.inside(birke):
        (row,) = await ground.fetch("SELECT advocate FROM referral WHERE id = $1", referral)
        anna = Person(customer=row["advocate"], language="de")
        await asserting.ask_for_review(person=anna, referral=referral, words="Er hat doch gekauft.", at=clock.now())
    await marta.open(f"/console/referrals/{referral}")
    assert "Er hat doch gekauft." in said(marta.page)
    answer = await marta.submit("/objection", verdict="changed", answer="Doch.")
    assert (answer.status_code, "Sie haben selbst abgelehnt." in said(marta.page)) == (422, True)
    await sven.open(f"/console/referrals/{referral}")
    for sent, field in (({"answer": "Ja."}, "verdict"), ({"verdict": "changed"}, "answer")):
        await sven.submit("/objection", **sent)
        assert f'id="{field}-wrong"' in sven.page
    await sven.submit("/objection", verdict="changed", answer="Sie haben recht.")
    assert "Freigegeben" in sven.page
    assert "Nach einem Einspruch wieder geöffnet" in said(sven.page)
    async with deployment.scopes.reading(birke):
        assert len((await retracing.retrace(referral=referral)).rewards) == 2


async def test_weights_are_tried_before_they_are_chosen(deployment, birke, desk):
    await recommended(deployment, birke, cents=900_000)
    owner, support = await desk(), await desk(role="accounting")
    await owner.open("/console/reviews/signs")
    await owner.submit("/reviews/signs", large_order="50", deed="try")
    assert "hätte ein Mensch 0 von der letzten 1 Empfehlung angesehen. Mit den damaligen waren es 1." in said(
        owner.page
    )
    await owner.submit("/reviews/signs", large_order="101", deed="save")
    assert (owner.answer.status_code, 'id="large_order-wrong"' in owner.page) == (422, True)
    await owner.submit("/reviews/signs", large_order="50", deed="save")
    assert "Gespeichert." in said(owner.page)
    done = await recommended(deployment, birke, cents=900_000, friend="emil")
    async with deployment.scopes.reading(birke):
        assert (await ground.fetch("SELECT state FROM referral WHERE id = $1", done))[0]["state"] == "approved"
    await support.open("/console/reviews/signs")
    assert "<button" not in support.page.split("<main")[1].split("</main")[0]
    assert (await support.send("/console/reviews/signs", deed="save")).status_code == 403
