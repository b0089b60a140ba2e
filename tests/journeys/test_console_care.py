"""Support at its desk: whoever answered unhappily is written to, called, and settled; who may not, sees none of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.privacy.rights import restricting
from leumund.surveys.caring import arranging, opening
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, guests, regulars
from tests.journeys.anatomy import Anatomy
from tests.journeys.desks import said
from tests.journeys.guests import Guest, Postbox
from tests.rooms import caring

Desk = Callable[..., Awaitable[Guest]]
HERE = "/console/care"
HOUR = timedelta(hours=1)
CLARA = "clara@people.example"


@pytest.fixture
async def clara(deployment: Deployment, birke: Tenant) -> UUID:
    record = Record(email=CLARA, given_name="Clara", family_name="Winter", phone="+49 30 7654321")
    (customer,) = await desks.come(deployment, birke, record)
    return customer


async def unhappy(
    deployment: Deployment, tenant: Tenant, customer: UUID, *, score: int = 3, comment: str = "", hours_ago: int = 1
) -> UUID:
    """A case of somebody who answered some hours ago."""
    at = clock.now() - hours_ago * HOUR
    async with deployment.scopes.inside(tenant):
        case = await opening.open(answer=await caring.answered(customer, score, comment=comment, at=at), at=at)
    assert case is not None
    return case


async def state(deployment: Deployment, tenant: Tenant, case: UUID) -> dict[str, Any]:
    (row,) = await regulars.rows(deployment, tenant, "SELECT * FROM customer_case WHERE id = $1", case)
    return row


async def test_a_complaint_is_answered_called_about_and_settled(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk, postbox: Any
):
    susi = await desk(role="support", name="Susi")
    case = await unhappy(deployment, birke, clara, comment="Niemand ruft zurück.")
    await susi.open(HERE)
    assert Anatomy(susi.page).faults == []
    assert "Clara Winter" in susi.page
    assert "Susi" in said(susi.page)
    await susi.open(f"{HERE}/{case}")
    assert Anatomy(susi.page).faults == []
    assert "Niemand ruft zurück." in susi.page
    assert CLARA not in susi.page
    await susi.submit(f"{case}/letters", subject="Ihr Anruf", wording="das tut uns leid.")
    assert "Ihr Anruf" in susi.page
    mails: Postbox = await postbox(birke)
    (mail,) = mails.to(CLARA)
    assert mail["Subject"] == "Ihr Anruf"
    await susi.submit(f"{case}/contacts", way="phone", reached="yes", contact_note="War freundlich.")
    assert "War freundlich." in susi.page
    await susi.submit(f"{case}/outcome", outcome="solved", outcome_note="")
    row = await state(deployment, birke, case)
    assert (row["state"], row["outcome"]) == ("closed", "solved")
    assert Anatomy(susi.page).faults == []
    await susi.submit(f"{case}/reopening", reopening_note=" ")
    assert 'id="reopening_note-wrong"' in susi.page
    await susi.submit(f"{case}/reopening", reopening_note="Doch nicht.")
    assert (await state(deployment, birke, case))["state"] == "open"


async def test_what_is_wrong_stands_next_to_its_field_and_nothing_typed_is_lost(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk
):
    susi = await desk(role="support", name="Susi")
    case = await unhappy(deployment, birke, clara, comment="Zu laut.")
    await susi.open(f"{HERE}/{case}")
    await susi.submit(f"{case}/letters", subject="Für Sie", wording="Jetzt 20 % Rabatt, und empfehlen Sie uns!")
    assert susi.answer.status_code == 422
    assert 'id="wording-wrong"' in susi.page
    assert "Rabatt, empfehlen Sie" in said(susi.page)
    assert "Jetzt 20 % Rabatt" in susi.page
    assert Anatomy(susi.page).faults == []
    for path, field, given in (
        ("contacts", "way", {"way": "pigeon"}),
        ("outcome", "outcome", {"outcome": "solved"}),
        ("outcome", "outcome", {"outcome": "answered_better"}),
        ("contacts", "contact_note", {"way": "phone", "contact_note": "x" * 4001}),
        ("outcome", "outcome_note", {"outcome": "no_answer", "outcome_note": "x" * 4001}),
        ("notes", "note", {"note": " "}),
        ("owner", "owner", {"owner": str(uuid4())}),
        ("owner", "owner", {"owner": "nobody"}),
    ):
        await susi.send(f"{HERE}/{case}/{path}", **given)
        assert susi.answer.status_code == 422, (path, given)
        assert f'id="{field}-wrong"' in susi.page, (path, given)
    assert (await state(deployment, birke, case))["state"] == "open"


async def test_who_left_a_mark_alone_is_written_to_with_consent_and_the_page_says_why_not(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk
):
    susi, case = await desk(role="support", name="Susi"), await unhappy(deployment, birke, clara)
    await susi.open(f"{HERE}/{case}")
    assert "Ohne Einwilligung in Umfragen" in said(susi.page)
    assert f"{case}/letters" not in susi.page
    await susi.send(f"{HERE}/{case}/letters", subject="x", wording="y")
    assert susi.answer.status_code == 422
    async with deployment.scopes.inside(birke):
        await caring.allow(clara, CLARA, "survey")
    await susi.open(f"{HERE}/{case}")
    await susi.submit(f"{case}/letters", subject="Ihre Note", wording="Was ist geschehen?")
    assert (await state(deployment, birke, case))["state"] == "contacted"


async def test_support_sees_the_answer_of_a_case_and_of_no_other(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk
):
    await unhappy(deployment, birke, clara, score=4, comment="Das Ältere.", hours_ago=5)
    case = await unhappy(deployment, birke, clara, comment="Das Neuere.")
    susi, olivia = await desk(role="support", name="Susi"), await desk(role="owner", name="Olivia")
    for who, sees in ((susi, False), (olivia, True)):
        await who.open(f"{HERE}/{case}")
        assert "Das Neuere." in who.page
        assert "Das Ältere." not in who.page
        assert ("Andere Antworten" in who.page) is sees
    await susi.open("/console/surveys")
    assert susi.answer.status_code == 403


@pytest.mark.parametrize("role", ["viewer", "accounting", "privacy_officer"])
async def test_whom_it_is_none_of_their_business_sees_no_case(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk, role: str
):
    case, who = await unhappy(deployment, birke, clara), await desk(role=role, name="Vera")
    for path in (HERE, f"{HERE}/{case}", f"{HERE}/settings"):
        await who.open(path)
        assert who.answer.status_code == 403, path
    await who.send(f"{HERE}/{case}/notes", note="x")
    assert who.answer.status_code == 403


async def test_how_somebody_is_reached_is_shown_on_demand_and_noted(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk
):
    case, susi = await unhappy(deployment, birke, clara), await desk(role="support", name="Susi")
    await susi.open(f"{HERE}/{case}")
    assert "+49307654321" not in susi.page.replace(" ", "")
    await susi.send(f"{HERE}/{case}/contact")
    assert "+49307654321" in susi.page.replace(" ", "")
    (noted,) = await regulars.rows(
        deployment, birke, "SELECT subject FROM audit_entry WHERE action = 'customer.contact_seen'"
    )
    assert noted["subject"] == clara
    marta = await desk(role="marketing", name="Marta")
    await marta.open(f"{HERE}/{case}")
    assert f'{case}/contact"' not in marta.page
    await marta.send(f"{HERE}/{case}/contact")
    assert marta.answer.status_code == 403


async def test_a_case_is_taken_and_handed_on(deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk):
    await desk(role="support", name="Sven")
    case = await unhappy(deployment, birke, clara)
    susi = await desk(role="support", name="Susi")
    await susi.open(f"{HERE}?mine=yes")
    assert "Clara Winter" not in susi.page
    await susi.open(f"{HERE}/{case}")
    await susi.submit(f"{case}/owner", mine="yes")
    await susi.open(f"{HERE}?mine=yes&lang=en")
    assert "Clara Winter" in susi.page
    assert "Only mine" in susi.page


async def test_an_owner_sets_deadlines_and_is_told_what_is_wrong(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk
):
    olivia = await desk(role="owner", name="Olivia")
    await olivia.open(f"{HERE}/settings")
    assert Anatomy(olivia.page).faults == []
    assert "Feiertage (nur bundesweite)" in olivia.page
    fields = {f"amount_{mood}": "3" for mood in ("unhappy", "undecided", "glad")}
    fields |= {f"unit_{mood}": "days" for mood in ("unhappy", "undecided", "glad")}
    await olivia.send(f"{HERE}/settings", **(fields | {"amount_unhappy": "1000", "owner": ""}))
    assert olivia.answer.status_code == 422
    assert 'id="amount_unhappy-wrong"' in olivia.page
    await olivia.send(f"{HERE}/settings", **(fields | {"opens_unhappy": "yes", "owner": ""}))
    await olivia.open(f"{HERE}/settings?done=saved")
    assert "Gespeichert" in olivia.page
    async with deployment.scopes.reading(birke):
        arranged = await arranging.arrangement()
    assert arranged.deadlines["unhappy"].amount == 3
    assert not arranged.deadlines["undecided"].opens
    susi = await desk(role="support", name="Susi")
    await susi.open(f"{HERE}/settings")
    assert susi.answer.status_code == 403


async def test_a_letter_is_read_by_those_who_look_after_people_alone(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk, postbox: Any
):
    susi = await desk(role="support", name="Susi")
    case = await unhappy(deployment, birke, clara, comment="Zu laut.")
    await susi.open(f"{HERE}/{case}")
    await susi.submit(f"{case}/letters", subject="Zu laut", wording="Wir kommen vorbei.")
    await postbox(birke)
    (row,) = await regulars.rows(deployment, birke, "SELECT id FROM message WHERE kind = 'care_reply'")
    address = f"/console/messages/{row['id']}/preview"
    await susi.open(address)
    assert "Wir kommen vorbei." in susi.page
    paula = await desk(role="privacy_officer", name="Paula")
    await paula.open(address)
    assert "Wir kommen vorbei." not in paula.page


async def test_a_case_of_nobody_and_one_whose_person_rests_are_not_there(
    deployment: Deployment, birke: Tenant, clara: UUID, desk: Desk
):
    susi, case = await desk(role="support", name="Susi"), await unhappy(deployment, birke, clara)
    await susi.open(f"{HERE}/{uuid4()}")
    assert susi.answer.status_code == 404
    async with deployment.scopes.inside(birke):
        await restricting.restrict(customer=clara, reason="unlawful", actor=f"customer:{clara}", at=clock.now())
    await susi.open(f"{HERE}/{case}")
    assert susi.answer.status_code == 404
    await susi.open(HERE)
    assert "Clara Winter" not in susi.page
    assert "Niemand wartet" in susi.page


async def test_nobody_looked_after_is_shown_how_to_recommend_however_glad_their_newest_answer(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest]
):
    """An older complaint is not settled yet; who has none is shown it at once."""
    for complained in (True, False):
        asked = await guests.surveyed(deployment, birke)
        if complained:
            await unhappy(deployment, birke, asked.customer, hours_ago=100)
        phone = visit(birke, language="de")
        await phone.open(asked.link)
        await phone.submit("/s/", recommend="10", comment="")
        assert ("/join/" in phone.page) is not complained
        assert "Vielen Dank" in said(phone.page)
