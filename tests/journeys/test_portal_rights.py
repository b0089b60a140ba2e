"""Every right of a person in the portal, and which of them a read mailbox is too little for."""

import csv
import io
import json
from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.privacy.forgetting import erasing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import opened
from tests.journeys import desks, guests, regulars, seconds
from tests.journeys.guests import Form, Guest, Postbox
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
HELD = "SELECT held FROM customer WHERE id = $1"
CASES = "SELECT kind, state, came FROM rights_case WHERE customer = $1 ORDER BY received_at"
REFUSED = r"""
UPDATE referral SET confirmed_at = attributed_at, state = 'rejected', reason_sealed = '\x00' WHERE advocate = $1
"""
FILES = ("copy.pdf", "copy.json", "portable.json", "portable.csv")
NEED_PROOF = (*FILES, "address")


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def cases(deployment: Deployment, tenant: Tenant, anna: Advocate) -> list[tuple[object, object]]:
    return [(row["kind"], row["state"]) for row in await regulars.rows(deployment, tenant, CASES, anna.customer)]


async def test_looking_changes_nothing(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    before = await regulars.stored(deployment, energy)
    for path in ("/portal/data", "/portal/data/copy", "/portal/data/erasure"):
        assert (await phone.open(path)).status_code == 200
    assert await regulars.stored(deployment, energy) == before
    assert await cases(deployment, energy, anna) == []


@pytest.mark.parametrize("what", NEED_PROOF)
async def test_a_read_mailbox_is_too_little(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate, what: str
):
    phone = await seconds.entered(visit(energy), anna)
    assert (await phone.open(f"/portal/data/{what}")).url.path == "/portal/prove"
    assert 'name="code"' not in phone.page
    await seconds.with_app(phone)
    assert (await phone.open(f"/portal/data/{what}")).url.path == "/portal/prove", "nor with a factor set up just now"


async def test_whoever_has_a_factor_shows_it_before_the_copy_is_read(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    assert (await phone.open("/portal/data/copy")).url.path == "/portal/data/copy"
    await seconds.with_app(phone)
    await seconds.let_count(deployment, energy, anna)
    assert (await phone.open("/portal/data/copy")).url.path == "/portal/prove"


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_the_copy_is_a_page_a_tagged_pdf_and_json(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate, lang: str
):
    phone = visit(energy, language=lang)
    await seconds.proven(deployment, energy, phone, anna)
    page = await phone.open(f"/portal/data/copy?lang={lang}")
    assert anna.email in page.text
    pdf = await phone.open(f"/portal/data/copy.pdf?lang={lang}")
    assert pdf.headers["cache-control"] == "no-store"
    read = PdfReader(BytesIO(pdf.content))
    root = read.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == lang
    assert "Anna" in "".join(each.extract_text() for each in read.pages)
    told = json.loads((await phone.open("/portal/data/copy.json")).content)
    assert told["person"] == str(anna.customer)


@pytest.mark.parametrize(
    ("page", "way"), [("data/copy", "Meine Daten"), ("data/erasure", "Meine Daten"), ("receipts", "Einstellungen")]
)
async def test_a_page_below_says_where_it_belongs_and_stays_in_the_other_language(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate, page: str, way: str
):
    phone = visit(energy)
    await seconds.proven(deployment, energy, phone, anna)
    await phone.open(f"/portal/{page}")
    assert f"aria-current=true>{way}</a>" in phone.page
    assert f'href="/portal/{page}?lang=en"' in phone.page


async def test_what_one_gave_can_be_taken_along(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone = visit(energy)
    await seconds.proven(deployment, energy, phone, anna)
    told = json.loads((await phone.open("/portal/data/portable.json")).content)
    assert anna.email in json.dumps(told)
    answer = await phone.open("/portal/data/portable.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert rows[0] == ["table", "row", "field", "value"]
    assert any(anna.email in row for row in rows)


async def test_a_name_is_put_right_and_a_wrong_day_told_beside_its_field(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    await phone.open("/portal/data")
    await phone.submit("/portal/data/correction", given_name="Anne", phone="0170 1234567", birth_date="1980-02-03")
    assert phone.answer.status_code == 200
    assert Form(phone.page, "/portal/data/correction").fields["given_name"] == "Anne"
    assert Form(phone.page, "/portal/data/correction").fields["phone"] == "+491701234567"
    assert await cases(deployment, energy, anna) == [("rectification", "done")]
    await phone.submit("/portal/data/correction", birth_date="2999-01-01")
    assert phone.answer.status_code == 422
    assert 'id="birth_date-wrong"' in phone.page
    await phone.open("/portal/data")
    await phone.submit("/portal/data/correction", phone="")
    assert Form(phone.page, "/portal/data/correction").fields["phone"] == ""
    await phone.submit("/portal/data/correction")
    assert len(await cases(deployment, energy, anna)) == 2, "what is no different is no case"


async def test_data_are_let_rest(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    await phone.open("/portal/data")
    await phone.submit("/portal/data/restriction", reason="unlawful", words="Bitte prüfen.")
    assert "Ihre Daten ruhen" in phone.page
    assert await regulars.rows(deployment, energy, HELD, anna.customer) == [{"held": "restriction"}]
    assert await cases(deployment, energy, anna) == [("restriction", "identified")]


@pytest.mark.parametrize(
    ("against", "state", "held"),
    [("advertising", "done", None), ("profiling", "done", None), ("other", "identified", "restriction")],
)
async def test_an_objection_counts_at_once_or_is_weighed_up(
    deployment: Deployment,
    energy: Tenant,
    visit: Visit,
    anna: Advocate,
    against: str,
    state: str,
    held: str | None,
):
    phone = await seconds.entered(visit(energy), anna)
    await phone.open("/portal/data")
    await phone.submit("/portal/data/objection", against=against)
    assert phone.answer.status_code == 200
    assert await cases(deployment, energy, anna) == [("objection", state)]
    assert await regulars.rows(deployment, energy, HELD, anna.customer) == [{"held": held}]
    await phone.open("/portal/preferences")
    may_say_yes = 'value="yes"' in phone.page
    assert may_say_yes is (against != "advertising"), "what an objection stopped no form brings back"
    await phone.open("/portal")
    await phone.submit("/portal/consents/survey", choice="yes")
    assert (phone.answer.status_code == 200) is may_say_yes, "nor the older one"


async def test_a_human_is_asked_to_look_again(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone, friend = await seconds.entered(visit(energy), anna), visit(energy)
    await phone.open("/portal/data")
    assert "/portal/data/review" not in phone.page, "nothing was decided"
    await friend.open(anna.share)
    bert = guests.address_of("bert")
    await friend.submit("/r/", given_name="Bert", family_name="Freund", email=bert, ticked={"terms"})
    await regulars.change(deployment, energy, REFUSED, anna.customer)
    await phone.open("/portal/data")
    await phone.submit("/portal/data/review", words="Bert hat doch gekauft.")
    assert "Ein Mensch sieht sich das" in phone.page
    assert await cases(deployment, energy, anna) == [("review", "identified")]


async def test_nobody_has_reviewed_what_is_anothers(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate
):
    phone, other = await seconds.entered(visit(energy), anna), await regulars.advocate(deployment, energy)
    answer = await phone.send("/portal/data/review", decision=str(other.customer), words="mine")
    assert answer.status_code in (404, 422)
    assert await cases(deployment, energy, anna) == []


async def test_taking_part_ends_the_link_leads_nowhere_and_the_way_back_in_stays(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    phone, friend = await seconds.entered(visit(energy), anna), visit(energy)
    assert (await friend.open(anna.share)).status_code == 200
    await phone.open("/portal/data")
    await phone.submit("/portal/data/departure")
    assert "nehmen nicht mehr teil" in phone.page
    assert (await friend.open(anna.share)).status_code == 404
    await phone.open("/portal")
    assert anna.share not in phone.page
    await phone.send("/portal/login", email=anna.email)
    assert (await postbox(energy)).to(anna.email), "rights outlive taking part"


async def test_everything_is_erased_after_a_proof_and_called_off_after_one(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    await phone.open("/portal/data/erasure")
    for stays in ("Sperrliste", "Einwilligungen und Widerrufe", "Schreiben zu Prämien"):
        assert stays in phone.page
    for neither in ("Adressen nach einem Widerruf", "Interessierte"):
        assert neither not in phone.page, "it says how long somebody is known, not what is stored of them"
    await phone.submit("/portal/data/erasure", ticked={"meant"})
    assert phone.answer.url.path == "/portal/prove", "a read mailbox erases nobody"
    secret = await seconds.with_app(phone)
    await seconds.let_count(deployment, energy, anna)
    await phone.open("/portal/prove?back=erasure")
    await phone.submit("/portal/prove", code=seconds.code(secret))
    assert phone.answer.url.path == "/portal/data/erasure"
    await phone.submit("/portal/data/erasure")
    assert phone.answer.status_code == 422, "the box was left empty"
    await phone.submit("/portal/data/erasure", ticked={"meant"})
    assert "Ihre Daten werden gelöscht" in phone.page
    assert await regulars.rows(deployment, energy, HELD, anna.customer) == [{"held": "erasure"}]
    for page in ("", "/data", "/data/copy", "/preferences", "/messages", "/receipts", "/join"):
        there = await phone.open(f"/portal{page}")
        assert there.url.path == "/portal/data/erasure", "nothing is left but to call it off"
    await regulars.change(
        deployment, energy, "UPDATE customer_session SET second_factor_at = NULL WHERE customer = $1", anna.customer
    )
    await phone.submit("/portal/data/erasure/cancellation")
    assert phone.answer.url.path == "/portal/prove"
    await seconds.let_count(deployment, energy, anna)
    await phone.submit("/portal/prove", code=seconds.code(secret))
    await phone.submit("/portal/data/erasure/cancellation")
    assert phone.answer.url.path == "/portal/data"
    assert "Ihre Löschung ist abgesagt." in phone.page
    assert await regulars.rows(deployment, energy, HELD, anna.customer) == [{"held": None}]


async def test_whoever_has_no_account_comes_in_to_call_their_erasure_off(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post
):
    email = guests.address_of("clara")
    (clara,) = await desks.come(deployment, energy, Record(email=email))
    phone = visit(energy)
    await phone.open("/portal/login")
    await phone.submit("/portal/login", email=email)
    assert (await postbox(energy)).to(email) == [], "there is nothing in the portal for her"
    async with deployment.scopes.inside(energy):
        await erasing.begin(customer=clara, reason="no_longer_needed", actor="staff:1", language="de", at=clock.now())
    await phone.open("/portal/login")
    await phone.submit("/portal/login", email=email)
    await phone.open((await postbox(energy)).link(email, "/portal/enter/"))
    await phone.submit("/portal/enter/")
    assert phone.answer.url.path == "/portal/data/erasure"
    await phone.submit("/portal/data/erasure/cancellation")
    assert phone.answer.url.path == "/portal/prove", "a read mailbox calls nothing off"
    secret = await seconds.with_app(phone)
    await regulars.change(
        deployment, energy, "UPDATE customer_factor SET counts_at = created_at, counter = 0 WHERE customer = $1", clara
    )
    await phone.open("/portal/prove?back=erasure")
    await phone.submit("/portal/prove", code=seconds.code(secret))
    await phone.submit("/portal/data/erasure/cancellation")
    assert await regulars.rows(deployment, energy, HELD, clara) == [{"held": None}]


async def test_another_address_is_proven_in_its_mailbox_and_told_to_the_old_one(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    phone, new = visit(energy), guests.address_of("anna-new")
    await seconds.proven(deployment, energy, phone, anna)
    await postbox(energy)
    await phone.open("/portal/data/address")
    await phone.submit("/portal/data/address", email=new)
    box = await postbox(energy)
    assert box.to(anna.email) == []
    link, elsewhere = box.link(new, "/address/"), visit(energy)
    before = await regulars.stored(deployment, energy)
    await elsewhere.open(link)
    assert new in elsewhere.page
    assert await regulars.stored(deployment, energy) == before, "opening it changes nothing"
    await elsewhere.submit("/address/")
    assert elsewhere.answer.status_code == 200
    async with deployment.scopes.reading(energy):
        assert await opened.customer(new) == anna.customer
    assert (await phone.open("/portal")).url.path == "/portal/login", "the old address's session is over"
    box = await postbox(energy)
    assert len(box.to(anna.email)) == 1, "the old mailbox is told"
    assert box.to(new) == []
    assert (await elsewhere.send(link)).status_code == 404, "good once"


async def test_whoever_asks_for_an_address_learns_nothing_of_whose_it_is(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    phone, clara = visit(energy), await regulars.advocate(deployment, energy, name="Clara")
    await seconds.proven(deployment, energy, phone, anna)
    pages = []
    for email in (clara.email, guests.address_of("nobody")):
        await phone.open("/portal/data/address")
        await phone.submit("/portal/data/address", email=email)
        pages.append((phone.answer.status_code, phone.page.replace(email, "")))
    assert pages[0] == pages[1]
    # Nor by what the portal lists of mails, or the copy of all that is stored: one trace for each of the two.
    kinds = await regulars.rows(
        deployment,
        energy,
        "SELECT kind, state FROM message WHERE kind LIKE 'address%' AND customer = $1",
        anna.customer,
    )
    assert kinds == [{"kind": "address_change", "state": "queued"}] * 2
    elsewhere = visit(energy)
    await postbox(energy)
    await phone.open("/portal/data/address")
    await phone.submit("/portal/data/address", email=clara.email)
    link = (await postbox(energy)).link(clara.email, "/address/")
    assert (await elsewhere.send(link)).status_code == 409, "her own mailbox may know"
    async with deployment.scopes.reading(energy):
        assert await opened.customer(clara.email) == clara.customer


async def test_only_the_newest_address_asked_for_can_be_confirmed(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    phone, first, second = visit(energy), guests.address_of("first"), guests.address_of("second")
    await seconds.proven(deployment, energy, phone, anna)
    for email in (first, second):
        await phone.open("/portal/data/address")
        await phone.submit("/portal/data/address", email=email)
    box, elsewhere = await postbox(energy), visit(energy)
    assert (await elsewhere.send(box.link(first, "/address/"))).status_code == 404
    assert (await elsewhere.send(box.link(second, "/address/"))).status_code == 200


async def test_a_link_for_an_address_opens_no_portal(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    phone, new = visit(energy), guests.address_of("anna-new")
    await seconds.proven(deployment, energy, phone, anna)
    await phone.open("/portal/data/address")
    await phone.submit("/portal/data/address", email=new)
    change = await regulars.rows(
        deployment,
        energy,
        "SELECT id FROM customer_login WHERE customer = $1 AND new_email_sealed IS NOT NULL",
        anna.customer,
    )
    token = await regulars.signed(deployment, energy, "portal", change[0]["id"])  # type: ignore[arg-type]  # an id
    assert (await visit(energy).send(f"/portal/enter/{token}")).status_code == 404
