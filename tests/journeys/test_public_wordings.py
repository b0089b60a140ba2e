"""Nobody agrees to words they have not read: what was published meanwhile is shown first, above empty boxes."""

import asyncio
from collections.abc import Callable
from contextvars import Context

import pytest

from leumund.consent.giving import requesting
from leumund.consent.texts import publishing
from leumund.kit import clock, language
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public import pacing
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest

Visit = Callable[..., Guest]
BERT = {"given_name": "Bert", "family_name": "Freund"}
TICKS = {"terms", "consent_recommendation"}
AGREED = (
    "SELECT DISTINCT t.version FROM consent_event e JOIN consent_text t ON t.id = e.text "
    "WHERE e.customer = $1 AND e.purpose = 'recommendation' AND e.state = 'requested'"
)
TERMS = "SELECT t.version FROM participation p JOIN consent_text t ON t.id = p.terms WHERE p.customer = $1"
SAID = "SELECT state FROM consent_event WHERE customer = $1 AND purpose = 'recommendation' AND source = 'portal'"
NEW = {"terms": "Wir zahlen erst im Mai.", "consent": "Ja, auch der Tochterfirma."}


async def reworded(deployment: Deployment, tenant: Tenant, kind: str) -> None:
    """The company says its ``kind`` in other words from now on."""
    asked = {"purpose": "recommendation", "channels": ["email"]} if kind == "consent" else {}
    async with deployment.scopes.inside(tenant):
        await publishing.publish(
            kind=kind, language="de", title="Neu gefasst", wording=NEW[kind], at=clock.now(), **asked
        )


async def retired(deployment: Deployment, tenant: Tenant) -> None:
    """The company asks for no consent but the survey's from now on."""
    async with deployment.scopes.inside(tenant):
        await publishing.retire(keeping=[("survey", "de"), ("survey", "en")], at=clock.now())


async def in_portal(deployment: Deployment, tenant: Tenant, phone: Guest) -> regulars.Advocate:
    anna = await regulars.advocate(deployment, tenant)
    await phone.open(anna.enter)
    await phone.submit("/portal/enter/")
    return anna


def choices(page: str) -> list[str]:
    """What the portal's form about recommendations offers to press."""
    form = page.split('action="/portal/consents/recommendation')[1].split("</form>")[0]
    return [choice for choice in ("yes", "no") if f'name="choice" value="{choice}"' in form]


@pytest.mark.parametrize("kind", ["terms", "consent"])
async def test_joining_asks_anew_when_the_words_have_changed(
    deployment: Deployment, birke: Tenant, visit: Visit, kind: str
):
    phone, clara = visit(birke, language="de"), await guests.surveyed(deployment, birke)
    await phone.send(clara.link, recommend="9")
    await reworded(deployment, birke, kind)
    before = await regulars.stored(deployment, birke)
    await phone.submit("/join/", ticked=TICKS)
    assert phone.answer.status_code == 422
    assert language.text("errors.forms.out_of_date", "de") in phone.page
    assert NEW[kind] in phone.page
    assert Form(phone.page, "/join/").boxes == dict.fromkeys(TICKS, False)
    assert await regulars.stored(deployment, birke) == before

    await phone.submit("/join/", ticked=TICKS)
    assert phone.answer.status_code == 200
    asked, terms = [await regulars.rows(deployment, birke, sql, clara.customer) for sql in (AGREED, TERMS)]
    assert asked == [{"version": 2 if kind == "consent" else 1}]
    assert terms == [{"version": 2 if kind == "terms" else 1}]


@pytest.mark.parametrize("forged", ["", "ü", "0" * 16])
async def test_joining_without_proof_of_what_was_read_is_asked_anew(
    deployment: Deployment, birke: Tenant, visit: Visit, forged: str
):
    phone, clara = visit(birke), await guests.surveyed(deployment, birke)
    await phone.send(clara.link, recommend="9")
    before = await regulars.stored(deployment, birke)
    await phone.submit("/join/", ticked=TICKS, form_token=forged)
    assert phone.answer.status_code == 422
    assert not any(Form(phone.page, "/join/").boxes.values())
    assert await regulars.stored(deployment, birke) == before


async def test_a_box_forgotten_while_the_words_changed_brings_back_no_tick(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    phone, clara = visit(birke), await guests.surveyed(deployment, birke)
    await phone.send(clara.link, recommend="9")
    await reworded(deployment, birke, "consent")
    await phone.submit("/join/", ticked={"consent_recommendation"})
    assert phone.answer.status_code == 422
    assert not any(Form(phone.page, "/join/").boxes.values())


@pytest.mark.parametrize("kind", ["terms", "consent"])
async def test_signing_up_asks_anew_and_keeps_what_was_typed(
    deployment: Deployment, birke: Tenant, visit: Visit, kind: str
):
    anna, bert, email = await regulars.advocate(deployment, birke), visit(birke, language="de"), "bert@people.example"
    await bert.open(anna.share)
    await reworded(deployment, birke, kind)
    before = await regulars.stored(deployment, birke)
    await bert.submit("/r/", **BERT, email=email, ticked=TICKS)
    assert bert.answer.status_code == 422
    assert language.text("errors.forms.out_of_date", "de") in bert.page
    assert NEW[kind] in bert.page
    form = Form(bert.page, "/r/")
    assert BERT.items() | {("email", email)} <= form.fields.items()
    assert not any(form.boxes.values())
    assert await regulars.stored(deployment, birke) == before
    await bert.submit("/r/", ticked={"terms"})
    assert bert.answer.status_code == 200


@pytest.mark.parametrize("entrance", ["/join/", "/r/"])
async def test_words_that_change_while_a_form_is_taken_undo_it(
    deployment: Deployment, birke: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch, entrance: str
):
    phone, clara = visit(birke), await guests.surveyed(deployment, birke)
    anna = await regulars.advocate(deployment, birke)
    await (phone.open(anna.share) if entrance == "/r/" else phone.send(clara.link, recommend="9"))
    before, count = await regulars.stored(deployment, birke), pacing.count

    async def published_meanwhile(*arguments: object, **named: object) -> None:
        await count(*arguments, **named)
        await reworded(deployment, birke, "consent")

    monkeypatch.setattr(pacing, "count", published_meanwhile)
    await phone.submit(entrance, **BERT, email="bert@people.example", ticked=TICKS)
    assert phone.answer.status_code == 422
    assert not any(Form(phone.page, entrance).boxes.values())
    assert await regulars.stored(deployment, birke) == before


async def test_who_takes_part_by_now_is_not_asked_again_by_an_old_page(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    phone, clara = visit(birke), await guests.surveyed(deployment, birke)
    await phone.send(clara.link, recommend="9")
    await phone.submit("/join/", ticked=TICKS)
    old = Form((await phone.send(clara.link, recommend="9")).text, "/join/")
    done = "UPDATE participation SET confirmed_at = requested_at WHERE customer = $1"
    await regulars.change(deployment, birke, done, clara.customer)
    await reworded(deployment, birke, "consent")
    before = await regulars.stored(deployment, birke)
    await phone.send(old.action, **old.fields, terms="yes")
    assert phone.answer.status_code == 200
    assert "alarm" not in phone.page
    assert "/join/" not in phone.page
    assert await regulars.stored(deployment, birke) == before


async def test_the_portal_shows_the_words_a_yes_is_to(deployment: Deployment, birke: Tenant, visit: Visit):
    phone = visit(birke, language="de")
    anna = await in_portal(deployment, birke, phone)
    assert "Ja, recommendation." in phone.page
    await reworded(deployment, birke, "consent")
    before = await regulars.stored(deployment, birke)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    assert phone.answer.status_code == 422
    assert language.text("errors.customers.wording_changed", "de") in phone.page
    assert NEW["consent"] in phone.page
    assert 'href="/portal?lang=en"' in phone.page, "another language leads to a page that can be opened"
    assert await regulars.stored(deployment, birke) == before

    await phone.submit("/portal/consents/recommendation", choice="yes")
    assert phone.answer.status_code == 200
    assert await regulars.rows(deployment, birke, AGREED, anna.customer) == [{"version": 2}]


async def test_a_no_is_taken_whatever_the_words_are_by_now(deployment: Deployment, birke: Tenant, visit: Visit):
    phone = visit(birke, language="de")
    anna = await in_portal(deployment, birke, phone)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    await reworded(deployment, birke, "consent")
    await phone.submit("/portal/consents/recommendation", choice="no")
    assert phone.answer.status_code == 200
    said = await regulars.rows(deployment, birke, SAID, anna.customer)
    assert sorted(str(row["state"]) for row in said) == ["given", "requested", "withdrawn"]


async def test_words_that_change_while_a_yes_is_taken_undo_it(
    deployment: Deployment, birke: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    phone, request = visit(birke, language="de"), requesting.request
    await in_portal(deployment, birke, phone)
    before = await regulars.stored(deployment, birke)

    async def asked_after_a_new_wording(**named: object) -> object:
        # Somebody else does it, in a scope of their own.
        await asyncio.create_task(reworded(deployment, birke, "consent"), context=Context())
        return await request(**named)

    monkeypatch.setattr(requesting, "request", asked_after_a_new_wording)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    assert phone.answer.status_code == 422
    assert NEW["consent"] in phone.page
    assert await regulars.stored(deployment, birke) == before


async def test_a_yes_that_stands_is_not_written_down_twice(deployment: Deployment, birke: Tenant, visit: Visit):
    phone = visit(birke, language="de")
    await in_portal(deployment, birke, phone)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    before = await regulars.stored(deployment, birke)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    assert phone.answer.status_code == 200
    assert await regulars.stored(deployment, birke) == before


async def test_what_is_asked_for_no_more_can_be_ended_and_not_be_given(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    phone, late = visit(birke, language="de"), visit(birke, language="de")
    anna = await in_portal(deployment, birke, phone)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    assert choices(phone.page) == ["yes", "no"]
    late.client.cookies.set("__Host-portal", phone.client.cookies["__Host-portal"])
    await late.open("/portal")
    await retired(deployment, birke)
    await phone.open("/portal")
    assert choices(phone.page) == ["no"]
    before = await regulars.stored(deployment, birke)
    for guest in (phone, late):
        await guest.submit("/portal/consents/recommendation", choice="yes")
        assert guest.answer.status_code == 200
    assert await regulars.stored(deployment, birke) == before

    await phone.submit("/portal/consents/recommendation", choice="no")
    assert "/portal/consents/recommendation" not in phone.page
    said = await regulars.rows(deployment, birke, SAID, anna.customer)
    assert sorted(str(row["state"]) for row in said) == ["given", "requested", "withdrawn"]


async def test_a_page_older_than_the_retirement_gives_nothing(deployment: Deployment, birke: Tenant, visit: Visit):
    phone = visit(birke, language="de")
    await in_portal(deployment, birke, phone)
    await retired(deployment, birke)
    before = await regulars.stored(deployment, birke)
    await phone.submit("/portal/consents/recommendation", choice="yes")
    assert phone.answer.status_code == 404
    assert await regulars.stored(deployment, birke) == before


async def test_no_address_and_no_mark_ticks_a_box(deployment: Deployment, birke: Tenant, visit: Visit):
    phone, clara = visit(birke), await guests.surveyed(deployment, birke)
    anna = await regulars.advocate(deployment, birke)
    ticks = dict.fromkeys(TICKS, "yes")
    query = "&".join(f"{name}=yes" for name in TICKS)
    await phone.open(f"{anna.share}?{query}&given_name=Bert")
    assert not any(Form(phone.page, "/r/").boxes.values())
    await phone.send(clara.link, recommend="9", **ticks)
    join = Form(phone.page, "/join/")
    assert not any(join.boxes.values())
    await phone.open(f"{join.action}?{query}&form_token={join.fields['form_token']}")
    assert not any(Form(phone.page, "/join/").boxes.values())
    await phone.send(f"{join.action}?{query}", form_token=join.fields["form_token"])
    assert phone.answer.status_code == 422
    assert not any(Form(phone.page, "/join/").boxes.values()), "nor when what was sent is refused"
