"""An advocate reads where the reward of a referral is, and nothing of the friend in page, source or address."""

from datetime import timedelta

from leumund.kit import clock, ground
from leumund.payouts import settling
from leumund.payouts.carrying import Carried
from leumund.referrals.claims.telling import Said
from leumund.rewards import converting, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests.journeys.desks import recommended, said
from tests.journeys.test_portal_statement import way_in
from tests.rooms import paying, whole

# Whatever would say who the friend is, what they bought, for how much, and when to the hour.
FRIEND = ("bert", "beispiel", "order-bert", "900,00", "900.00", "90000", "25,00")


async def signed_in(deployment, tenant, visit, referral, lang="de"):
    async with deployment.scopes.reading(tenant):
        (row,) = await ground.fetch("SELECT advocate FROM referral WHERE id = $1", referral)
    guest = visit(tenant, language=lang)
    await guest.open(await way_in(deployment, tenant, row["advocate"]))
    await guest.submit("/portal/enter/")
    return guest


async def test_an_advocate_is_told_where_the_reward_is_and_nothing_of_the_friend(deployment, birke, visit):
    referral = await recommended(deployment, birke, cents=90_000)
    guest = await signed_in(deployment, birke, visit, referral)
    await guest.open("/portal")
    assert f"/portal/referrals/{referral}" in guest.page
    await guest.open(f"/portal/referrals/{referral}")
    assert "Ihre Prämie von 50,00 € wird am" in said(guest.page)
    assert "In Wartezeit" in said(guest.page)
    async with deployment.scopes.reading(birke):
        rows = await ground.fetch(
            "SELECT id::text, friend::text, to_char(attributed_at, 'HH24:MI') AS hour FROM referral WHERE id = $1",
            referral,
        )
        events = await ground.fetch("SELECT id::text FROM conversion WHERE referral = $1", referral)
    hidden = [*FRIEND, rows[0]["friend"], rows[0]["hour"], *(event["id"] for event in events)]
    whole = guest.page.lower()
    assert [word for word in hidden if word in whole] == []


async def test_an_available_reward_says_so_in_english_too(deployment, birke, visit):
    referral = await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.inside(birke):
        for row in await ground.fetch("SELECT id FROM reward WHERE referral = $1", referral):
            await releasing.release(reward=row["id"], at=clock.now() + timedelta(days=20))
    guest = await signed_in(deployment, birke, visit, referral, "en")
    await guest.open(f"/portal/referrals/{referral}")
    assert "Your reward of €50.00 is available and goes into the next payout." in said(guest.page)


async def test_somebody_elses_referral_is_not_found(deployment, birke, visit):
    referral = await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.reading(birke):
        (row,) = await ground.fetch("SELECT friend FROM referral WHERE id = $1", referral)
    guest = visit(birke, language="de")
    assert (await guest.open(f"/portal/referrals/{referral}")).url.path == "/portal/login"
    await guest.open(await way_in(deployment, birke, row["friend"]))
    await guest.submit("/portal/enter/")
    assert (await guest.open(f"/portal/referrals/{referral}")).status_code == 404


async def test_support_reads_the_order_each_rule_and_the_reward(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=90_000)
    guest = await desk()
    await guest.open(f"/console/referrals/{referral}")
    words = said(guest.page)
    assert "Wo ist die Prämie?" in words
    assert "Die Prämie von 50,00 € wird am" in words
    assert "Einkauf order-bert: 900,00 €" in words
    assert "Erfüllt" in words


async def test_a_payout_that_failed_says_why_on_both_pages(deployment, company, visit, desk):
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now())
        await paying.earned("A-1", at=clock.now() - timedelta(days=20))
        (payout,) = await paying.payouts(await paying.sent(at=clock.now()))
        await settling.settle(payout=payout, carried=Carried(state="failed", reason="account_closed"), at=clock.now())
        (row,) = await ground.fetch("SELECT id FROM referral")
    guest = await signed_in(deployment, company, visit, row["id"])
    await guest.open(f"/portal/referrals/{row['id']}")
    assert "Die Auszahlung von 50,00 € hat nicht geklappt." in said(guest.page)
    assert "a-1" not in guest.page.lower(), "the friend's order"
    support = await desk()
    await support.open(f"/console/referrals/{row['id']}")
    assert "Auszahlung: Von Hand" in said(support.page)
    assert "Konto erloschen" in said(support.page)
    assert "Einkauf A-1: 900,00 €" in said(support.page)


async def test_a_code_told_at_the_checkout_stands_in_the_trace(deployment, birke, visit, desk):
    async with deployment.scopes.inside(birke):
        code = await whole.advocate("anna@people.example", at=clock.now() - timedelta(hours=1))
        await whole.person("bert@people.example", at=clock.now())
        order = Order(
            order_id="A-1",
            cents=90_000,
            currency="EUR",
            customer=CustomerRef(email="bert@people.example"),
            occurred_at=clock.now(),
            said=Said(code=code, conditions_shown=True),
        )
        referral = (await converting.convert(order=order, at=clock.now())).referral
    support = await desk()
    await support.open(f"/console/referrals/{referral}")
    assert "Empfehlung genannt: Code beim Kauf" in said(support.page)
    assert "Dieser Empfehlung zugeordnet Zählt" in said(support.page)
    guest = await signed_in(deployment, birke, visit, referral)
    await guest.open(f"/portal/referrals/{referral}")
    assert "Ihr Freund kam auf Ihre Empfehlung" in said(guest.page)
