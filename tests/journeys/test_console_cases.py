"""The privacy officer's board: a request that came by letter is entered, known, worked on and answered."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from leumund.customers.records import holding
from leumund.customers.records.registering import Record
from leumund.kit import clock, digits
from leumund.privacy.cases import identifying, opening, taking
from leumund.privacy.cases.opening import Asked
from leumund.privacy.cases.rules import Kind
from leumund.privacy.rights import proving
from leumund.staff import api_keys
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, regulars
from tests.journeys.anatomy import Anatomy
from tests.journeys.desks import said
from tests.journeys.guests import Guest, Postbox

Desk = Callable[..., Awaitable[Guest]]
BOARD = "/console/cases"


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> UUID:
    record = Record(email="anna@people.example", external_id="K-1", given_name="Anna", family_name="Quendel")
    (customer,) = await desks.come(deployment, birke, record)
    return customer


async def waiting(
    deployment: Deployment, tenant: Tenant, customer: UUID | None, kind: Kind = "access", *, taken: bool = False
) -> UUID:
    """A request that came a day ago, as far along as ``taken`` says."""
    async with deployment.scopes.inside(tenant):
        at, officer = clock.now(), uuid4()
        asked = Asked(kind=kind, customer=customer, came="letter", language="de", words="Bitte.")
        case = await opening.open(asked=asked, actor=f"staff:{officer}", received_at=at - timedelta(days=1), at=at)
        if taken:
            await identifying.vouch(case=case, proof="Rückruf", by=officer, at=at)
            await taking.take(case=case, by=officer, at=at)
    return case


async def state(deployment: Deployment, tenant: Tenant, case: UUID) -> dict[str, Any]:
    (row,) = await regulars.rows(deployment, tenant, "SELECT * FROM rights_case WHERE id = $1", case)
    return row


async def test_a_letter_becomes_a_case_and_gets_its_answer(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk, visit: Callable[..., Guest], postbox: Any
):
    officer = await desk(role="privacy_officer", name="Paula")
    await officer.open(f"{BOARD}/new")
    assert Anatomy(officer.page).faults == []
    await officer.submit(
        f"{BOARD}/new", kind="access", came="letter", person="anna@people.example", words="Was haben Sie von mir?"
    )
    case = UUID(str(officer.answer.url).rpartition("/")[2])
    assert "Was haben Sie von mir?" in officer.page
    assert "Wer fragt?" in said(officer.page)
    assert Anatomy(officer.page).faults == []

    await officer.submit(f"{BOARD}/{case}/loop")
    mails = await postbox(birke)
    (proof,) = await regulars.rows(deployment, birke, "SELECT id FROM rights_proof")
    async with deployment.scopes.reading(birke):
        code = digits.of(proving.PURPOSE, proof["id"])
    phone = visit(birke, language="de")
    await phone.open(mails.link("anna@people.example", "/rights/confirm/"))
    await phone.submit("/rights/confirm/", code=code)
    assert "Ihre Kopie liegt bereit" in said(phone.page)
    assert (await state(deployment, birke, case))["state"] == "done"
    await officer.open(f"{BOARD}/{case}")
    assert "Kopie bereitgelegt" in said(officer.page)
    assert Anatomy(officer.page).faults == []


async def test_who_is_known_otherwise_is_vouched_for_and_the_story_says_by_whom(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk
):
    case, officer = await waiting(deployment, birke, anna), await desk(role="privacy_officer", name="Paula")
    await officer.open(f"{BOARD}/{case}")
    await officer.submit(f"{case}/identification", proof="")
    assert officer.answer.status_code == 422
    await officer.submit(f"{case}/identification", proof="Rückruf unter der gespeicherten Nummer")
    await officer.submit(f"{case}/work")
    page = said(officer.page)
    assert "Rückruf unter der gespeicherten Nummer" in page
    assert "Person bestätigt" in page
    assert "Paula" in page
    assert Anatomy(officer.page).faults == []


async def test_a_stranger_s_letter_is_named_or_answered_that_nothing_is_held(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk
):
    officer = await desk(role="owner")
    case = await waiting(deployment, birke, None)
    await officer.open(f"{BOARD}/{case}")
    await officer.submit(f"{case}/person", person="mallory@people.example")
    assert "niemand zu finden" in said(officer.page)
    await officer.submit(f"{case}/person", person="K-1")
    assert "Anna Quendel" in officer.page
    other = await waiting(deployment, birke, None, "erasure")
    await officer.open(f"{BOARD}/{other}")
    await officer.submit(f"{other}/completion")
    assert (await state(deployment, birke, other))["outcome"] == "nothing_held"


async def test_more_time_and_a_refusal_are_mailed_with_a_page_that_gives_the_reasons(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk, visit: Callable[..., Guest], postbox: Any
):
    case, officer = await waiting(deployment, birke, anna, "erasure", taken=True), await desk(role="privacy_officer")
    await officer.open(f"{BOARD}/{case}")
    assert "Einen Monat nach Eingang" in officer.page
    await officer.submit(f"{case}/extension", extension_reason="complex", extension="Das Archiv ist groß.")
    assert "Drei Monate nach Eingang" in officer.page
    assert "Einen Monat nach Eingang" not in officer.page
    await officer.submit(f"{case}/refusal", refusal_reason="duty_to_keep", refusal=" ")
    assert 'id="refusal-wrong"' in officer.page
    await officer.submit(f"{case}/refusal", refusal_reason="duty_to_keep", refusal="Die Belege müssen bleiben.")
    row = await state(deployment, birke, case)
    assert (row["state"], row["extension_reason"]) == ("refused", "complex")
    mails: Postbox = await postbox(birke)
    assert len(mails.to("anna@people.example")) == 2
    phone = visit(birke, language="de")
    await phone.open(mails.link("anna@people.example", "/rights/answer/"))
    page = said(phone.page)
    for words in ("Das Archiv ist groß.", "Die Belege müssen bleiben.", "Art. 17 Abs. 3", "Aufsichtsbehörde"):
        assert words in page
    assert Anatomy(phone.page).faults == []
    english = visit(birke, language="en")
    await english.open(str(phone.answer.url).replace("lang=de", "lang=en"))
    assert "supervisory authority" in said(english.page)


@pytest.mark.parametrize(
    ("kind", "held"), [("restriction", "restriction"), ("erasure", "erasure"), ("objection", None)]
)
async def test_one_press_carries_it_out_and_closes_the_case(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk, kind: Kind, held: str | None
):
    case, officer = await waiting(deployment, birke, anna, kind, taken=True), await desk(role="privacy_officer")
    await officer.open(f"{BOARD}/{case}")
    grounds = {"restriction": {"ground": "accuracy_contested"}, "erasure": {"ground": "unlawful"}}
    await officer.submit(f"{case}/execution", **grounds.get(kind, {}))
    assert (await state(deployment, birke, case))["outcome"] == "carried_out"
    async with deployment.scopes.reading(birke):
        assert [each.kind for each in await holding.standing(customer=anna)] == ([held] if held else [])
    assert Anatomy(officer.page).faults == []


async def test_recipients_stay_on_the_board_until_each_was_told(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk
):
    async with deployment.scopes.inside(birke):
        await api_keys.create(name="Kassensystem", scopes=api_keys.SCOPES, actor="system:test", at=clock.now())
    case, officer = await waiting(deployment, birke, anna, "rectification", taken=True), await desk(role="owner")
    await officer.open(f"{BOARD}/{case}")
    assert 'value="Quendel"' in officer.page
    await officer.submit(f"{case}/correction", family_name="Quendel-Beispiel", birth_date="1970-13-45")
    assert officer.answer.status_code == 422
    await officer.submit(f"{case}/correction", family_name="Quendel-Beispiel", birth_date="")
    assert "Quendel-Beispiel" in officer.page
    await officer.open(BOARD)
    assert "1 Empfänger weiß es noch nicht" in said(officer.page)
    await officer.open(f"{BOARD}/{case}")
    await officer.submit(f"{case}/notices/")
    await officer.open(BOARD)
    assert "noch nicht" not in said(officer.page).partition("Filtern")[0]


async def test_an_erasure_is_closed_by_erasing_and_not_in_words(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk
):
    case, officer = await waiting(deployment, birke, anna, "erasure", taken=True), await desk(role="owner")
    await officer.send(f"{BOARD}/{case}/completion", outcome="carried_out")
    assert officer.answer.status_code == 422
    await officer.send(f"{BOARD}/{case}/execution", ground="")
    assert officer.answer.status_code == 422
    await officer.send(f"{BOARD}/{case}/correction", given_name="Mallory")
    assert officer.answer.status_code == 422
    assert (await state(deployment, birke, case))["state"] == "in_work"


async def test_a_deed_that_comes_too_late_says_so_and_changes_nothing(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk
):
    case, officer = await waiting(deployment, birke, anna), await desk(role="owner")
    await officer.send(f"{BOARD}/{case}/completion", outcome="carried_out")
    assert officer.answer.status_code == 409
    assert "nicht oder nicht mehr" in said(officer.page)
    assert (await state(deployment, birke, case))["state"] == "received"


async def test_who_may_not_work_on_requests_sees_them_and_changes_none(
    deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk
):
    case, support = await waiting(deployment, birke, anna, taken=True), await desk(role="support")
    await support.open(f"{BOARD}/{case}")
    assert "Bearbeiten dürfen das" in said(support.page)
    assert "<form" not in support.page.partition("<main")[2].partition("</main")[0]
    await support.send(f"{BOARD}/{case}/refusal", refusal_reason="unfounded", refusal="Nein.")
    assert support.answer.status_code == 403
    for role in ("viewer", "marketing", "accounting"):
        assert (await (await desk(role=role)).open(BOARD)).status_code == 403
    assert (await state(deployment, birke, case))["state"] == "in_work"


async def test_the_board_sorts_by_deadline_and_filters(deployment: Deployment, birke: Tenant, anna: UUID, desk: Desk):
    await waiting(deployment, birke, anna, "access")
    await waiting(deployment, birke, anna, "objection", taken=True)
    async with deployment.scopes.inside(birke):
        asked = Asked(kind="erasure", customer=anna, came="phone", language="de")
        at = clock.now()
        await opening.open(asked=asked, actor="system:test", received_at=at - timedelta(days=40), at=at)
    officer = await desk(role="privacy_officer")
    await officer.open(BOARD)
    page = said(officer.page)
    assert "1 überfällig" in page
    assert page.index("Löschung Anna") < page.index("Auskunft Anna")
    assert Anatomy(officer.page).faults == []
    await officer.open(f"{BOARD}?kind=objection&lang=en")
    page = said(officer.page)
    assert "Objection Anna Quendel" in page
    assert "Access Anna Quendel" not in page
