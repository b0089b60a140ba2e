"""Support enters on a customer's page who recommended them, and reads at its field why nothing comes of it."""

import pytest

from leumund.kit import clock, ground
from leumund.referrals.claims.telling import Said
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests.journeys.desks import recommended, said
from tests.rooms import whole

REASON = "Rief an, Code vergessen"


@pytest.fixture
async def bert(deployment, birke) -> str:
    """His page; he bought without saying who recommended him, and Nora takes part."""
    async with deployment.scopes.inside(birke):
        await whole.advocate("nora@people.example", at=clock.now())
        bert = await whole.person("bert-late@people.example", at=clock.now(), name="Bert")
        order = Order(
            order_id="late-1",
            cents=90_000,
            currency="EUR",
            customer=CustomerRef(id=bert),
            occurred_at=clock.now(),
            said=Said(code="nobodyhasit"),
        )
        await converting.convert(order=order, at=clock.now())
    return f"/console/customers/{bert}"


async def test_support_enters_it_once_and_the_trace_says_who_did_and_why(deployment, birke, desk, bert: str):
    guest = await desk(role="support", name="Sophie")
    await guest.open(bert)
    assert "Niemand hat diesen Code" in said(guest.page)
    for who, fault in (
        ("nobodyhasit", "Diesen Code hat hier niemand."),
        ("niemand@people.example", "Unter dieser E-Mail-Adresse ist hier niemand bekannt."),
        ("bert-late@people.example", "nimmt an keinem laufenden Programm teil"),
    ):
        answer = await guest.submit("/recommendation", recommended_by=who, reason=REASON)
        assert answer.status_code == 422
        assert fault in said(guest.page)
        assert 'aria-describedby="recommended_by-wrong"' in guest.page
        assert f'value="{who}"' in guest.page
        assert REASON in guest.page, "nothing typed is lost"
    await guest.submit("/recommendation", recommended_by="", reason="")
    assert all(f'id="{name}-wrong"' in guest.page for name in ("recommended_by", "reason"))
    await guest.submit(
        "/recommendation", ticked={"conditions_shown"}, recommended_by="nora@people.example", reason=REASON
    )
    assert guest.answer.status_code == 200
    shown = said(guest.page)
    assert "Daraus ist eine Empfehlung geworden" in shown
    assert "Vom Kundenservice eingetragen (Sophie)" in shown
    assert f"Grund: {REASON}" in shown
    async with deployment.scopes.reading(birke):
        (row,) = await ground.fetch("SELECT r.id FROM referral r JOIN referral_claim k ON k.id = r.claim")
    await guest.open(f"/console/referrals/{row['id']}")
    assert f"Eingetragen von Sophie Grund: {REASON}" in said(guest.page)
    await guest.open(bert)
    await guest.submit("/recommendation", recommended_by="nora@people.example", reason=REASON)
    assert "Genau diese Empfehlung ist schon zugeordnet." in said(guest.page)


async def test_what_waits_for_a_purchase_says_so(deployment, birke, desk):
    async with deployment.scopes.inside(birke):
        await whole.advocate("nora@people.example", at=clock.now())
        emil = await whole.person("emil-late@people.example", at=clock.now(), name="Emil")
    guest = await desk()
    await guest.open(f"/console/customers/{emil}")
    await guest.submit("/recommendation", recommended_by="nora@people.example", reason=REASON)
    assert "die Empfehlung gilt ab dem nächsten Kauf" in said(guest.page)
    assert "Wartet auf einen Kauf" in said(guest.page)


async def test_whoever_may_not_decide_reads_who_was_said_and_enters_nothing(deployment, birke, desk, bert: str):
    viewer = await desk(role="viewer")
    await viewer.open(bert)
    assert "Niemand hat diesen Code" in said(viewer.page)
    assert "/recommendation" not in viewer.page
    assert (await viewer.send(f"{bert}/recommendation", recommended_by="x", reason=REASON)).status_code == 403


async def test_a_person_who_is_nobody_here_has_no_such_page(deployment, birke, desk):
    guest = await desk()
    await recommended(deployment, birke, cents=90_000)
    path = "/console/customers/00000000-0000-0000-0000-000000000009/recommendation"
    answer = await guest.send(path, recommended_by="anna@people.example", reason=REASON)
    assert answer.status_code == 404
