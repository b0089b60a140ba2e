"""Somebody who came without a link names who recommended them, and learns nothing of anybody by it."""

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground
from tests.journeys.desks import said
from tests.journeys.test_portal_statement import way_in
from tests.rooms import whole


async def test_a_code_named_in_the_portal_is_noted_and_a_wrong_one_told_beside_its_field(deployment, birke, visit):
    async with deployment.scopes.inside(birke):
        code = await whole.advocate("nora@people.example", at=clock.now())
        record = Record(email="otto@people.example", given_name="Otto")
        otto = (await registering.register(record=record, source="test", at=clock.now())).id
    guest = visit(birke, language="de")
    await guest.open(await way_in(deployment, birke, otto))
    await guest.submit("/portal/enter/")
    await guest.open("/portal")
    assert "/portal/recommended" in guest.page
    await guest.open("/portal/recommended")
    assert "Bedingungen:" in said(guest.page)
    await guest.submit("/portal/recommended", code="nobodyhasit")
    assert guest.answer.status_code == 422
    assert "Diesen Link oder Code gibt es nicht." in said(guest.page)
    assert 'value="nobodyhasit"' in guest.page
    await guest.submit("/portal/recommended", code=code.upper())
    assert "Vielen Dank, wir haben es notiert." in said(guest.page)
    assert "Anna" not in guest.page
    async with deployment.scopes.reading(birke):
        rows = await ground.fetch("SELECT way, conditions_shown FROM referral_claim WHERE customer = $1", otto)
    assert rows == [{"way": "choice", "conditions_shown": True}]


async def test_whoever_tries_out_codes_has_to_wait(deployment, birke, visit):
    async with deployment.scopes.inside(birke):
        record = Record(email="mallory-who@people.example", given_name="Mallory")
        mallory = (await registering.register(record=record, source="test", at=clock.now())).id
    guest = visit(birke, language="de")
    await guest.open(await way_in(deployment, birke, mallory))
    await guest.submit("/portal/enter/")
    for _ in range(40):
        await guest.open("/portal/recommended")
        await guest.submit("/portal/recommended", code="nobodyhasit")
        if guest.answer.status_code == 429:
            break
    assert guest.answer.status_code == 429
    assert int(guest.answer.headers["retry-after"]) > 0
