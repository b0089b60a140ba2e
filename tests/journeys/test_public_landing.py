"""Bert follows Anna's link and signs up; nothing is kept on his device, and nobody learns who is known."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from leumund.kit import clock, ground, tokens
from leumund.programs.offers import Rule
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web import dressing
from leumund.web.public import clicks, serving
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest, Postbox
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
BERT = {"given_name": "Bert", "family_name": "Freund"}


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def test_a_code_of_nobody_and_one_of_another_company_answer_alike(
    anna: Advocate, brands: dict[str, Tenant], visit: Visit
):
    stranger = visit(brands["birke"])
    pages = set()
    for address in (anna.share, "/r/aaaaaaaaaa", "/r/%00", "/r/A'--", f"/r/{'a' * 300}", "/r/%C3%BC"):
        assert (await stranger.open(address)).status_code == 404, address
        assert 'href="/r?lang=' in stranger.page, "whoever was told a code can still type it"
        pages.add(stranger.page)
        assert (await stranger.send(f"{address}/welcome", **BERT, terms="yes")).status_code == 404, address
    assert len(pages) == 1


async def test_a_code_typed_in_capitals_leads_there_too(anna: Advocate, energy: Tenant, visit: Visit):
    bert = visit(energy)
    await bert.open(f"/r/{anna.share.removeprefix('/r/').upper()}")
    assert "Anna" in bert.page
    await bert.submit("/r/", **BERT, email=guests.address_of("bert"), ticked={"terms"})
    assert bert.answer.status_code == 200


async def test_every_fault_stands_by_its_field_and_nothing_typed_is_lost(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    bert = visit(energy)
    await bert.open(anna.share)
    before = await regulars.stored(deployment, energy)
    await bert.submit("/r/", given_name='Bert "B" <b>', email="bert(at)people", ticked={"consent_survey"})
    assert bert.answer.status_code == 422
    ticked = [name for name, box in Form(bert.page, "/r/").boxes.items() if box]
    assert ticked == ["consent_survey"], "what Bert ticked, and nothing else"
    assert re.findall(r'id="([a-z_]+)-wrong"', bert.page) == ["family_name", "email", "terms"]
    for field in ("family_name", "email", "terms"):
        assert re.search(rf'<input [^>]*id="{field}"[^>]*aria-describedby="{field}-wrong"', bert.page)
    assert Form(bert.page, "/r/").fields["given_name"] == 'Bert "B" <b>'
    assert "&lt;b&gt;" in bert.page, "what was typed stays text"
    assert await regulars.stored(deployment, energy) == before
    await bert.submit("/r/", family_name="Freund", email=guests.address_of("bert"), ticked={"terms"})
    assert bert.answer.status_code == 200, "the page that was mended can be sent"


@pytest.fixture(params=["advocate", "friend"])
async def rewarded(
    request: pytest.FixtureRequest, deployment: Deployment, brands: dict[str, Tenant]
) -> AsyncIterator[str]:
    """The only side that gets anything, at all companies, for a while."""

    def alone(rule: Rule) -> Rule | None:
        return rule if rule.side == request.param else None

    put_back = [await regulars.promise(deployment, tenant, alone) for tenant in brands.values()]
    yield request.param
    for each in put_back:
        await each()


@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_a_side_that_gets_nothing_is_promised_nothing(
    deployment: Deployment,
    brands: dict[str, Tenant],
    visit: Visit,
    postbox: Callable[[Tenant], Awaitable[Postbox]],
    rewarded: str,
    slug: str,
):
    tenant = brands[slug]
    anna = await regulars.advocate(deployment, tenant)
    bert = visit(tenant, language="de")
    await bert.open(anna.share)
    assert bert.answer.status_code == 200
    assert bert.page.count("<dd>") == 1
    assert "<dd></dd>" not in bert.page
    assert ('class="disclosure"' in bert.page) == (rewarded == "advocate"), "what nobody gets needs no disclosure"
    assert ("Für Anna" in bert.page) == (rewarded == "advocate")

    clara = await guests.surveyed(deployment, tenant, language="de")
    phone = visit(tenant, language="de")
    await phone.open((await postbox(tenant)).link(clara.email, "/s/"))
    await phone.submit("/s/", recommend="10")
    assert "/join/" in phone.page
    assert phone.page.count("<dd>") == 1
    assert ("Für Sie" in phone.page) == (rewarded == "advocate")


async def test_boxes_left_empty_are_a_sign_up_all_the_same(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    bert, email = visit(energy), guests.address_of("bert")
    await bert.open(anna.share)
    assert set(Form(bert.page, "/r/").boxes.values()) == {False}
    await bert.submit("/r/", **BERT, email=email, ticked={"terms"})
    given = await regulars.rows(
        deployment,
        energy,
        "SELECT DISTINCT state FROM consent_event WHERE customer = $1",
        await regulars.who(deployment, energy, email),
    )
    assert {row["state"] for row in given} == {"requested", "refused"}, "every box is written down, ticked or not"


async def test_a_page_that_was_long_open_is_asked_again_with_all_it_held(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    bert, email = visit(energy, language="de"), guests.address_of("bert")
    await bert.open(anna.share)
    fresh = Form(bert.page, "/r/").fields["form_token"]
    async with deployment.scopes.reading(energy):
        payload = tokens.read_until(serving.PURPOSE, fresh, at=clock.now())
        old = tokens.sign_until(serving.PURPOSE, payload, at=clock.now() - timedelta(minutes=31), ttl_seconds=1800)
    before = await regulars.stored(deployment, energy)
    # Not its last letter: two bits of that are padding, so another letter there may say the same.
    changed = fresh[:-4] + ("AAAA" if fresh[-4:] != "AAAA" else "BBBB")
    for token in (old, changed, "", "ü"):
        await bert.open(anna.share)
        await bert.submit("/r/", **BERT, email=email, form_token=token, ticked={"terms"})
        assert bert.answer.status_code == 422, token
        assert "lange offen" in bert.page
        assert Form(bert.page, "/r/").fields["email"] == email
        assert not any(Form(bert.page, "/r/").boxes.values()), "what was read long ago is agreed to anew"
    assert await regulars.stored(deployment, energy) == before
    await bert.submit("/r/", ticked={"terms"})
    assert bert.answer.status_code == 200


async def test_a_form_made_for_one_link_does_not_count_for_another(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    mallory = await regulars.advocate(deployment, energy, name="Mallory")
    bert = visit(energy)
    await bert.open(anna.share)
    token = Form(bert.page, "/r/").fields["form_token"]
    await bert.send(mallory.landing, **BERT, email=guests.address_of("bert"), terms="yes", form_token=token)
    assert bert.answer.status_code == 422


async def test_a_stranger_a_customer_and_anna_herself_get_the_same_answer(
    deployment: Deployment,
    anna: Advocate,
    energy: Tenant,
    visit: Visit,
    postbox: Callable[[Tenant], Awaitable[Postbox]],
):
    clara = await guests.surveyed(deployment, energy, name="Clara")
    stranger = guests.address_of("bert")
    await postbox(energy)
    answers = set()
    for email in (stranger, clara.email, anna.email, anna.email.upper()):
        guest = visit(energy)
        await guest.open(anna.share)
        await guest.submit("/r/", **BERT, email=email, ticked={"terms"})
        shown = re.sub(r"\w…@[\w.]+", "", guest.page, flags=re.IGNORECASE)
        answers.add((guest.answer.status_code, shown, str(sorted(guest.answer.headers.keys()))))
    assert len(answers) == 1
    mails = await postbox(energy)
    assert len(mails.to(stranger)) == 1
    assert mails.to(clara.email) == mails.to(anna.email) == []


async def test_clicks_of_people_and_of_machines_are_counted_apart(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    phone, bot, empty = visit(energy), visit(energy, agent="WhatsApp/2.24 A"), visit(energy, agent="")
    for guest in (phone, bot, phone, empty):
        assert (await guest.open(anna.share)).status_code == 200
    # Whoever opens the page that is led to has followed nothing.
    await phone.open(anna.landing)
    await phone.client.head(anna.share)
    await phone.submit("/r/", **BERT)
    await clicks.flush(deployment)
    counted = await regulars.rows(
        deployment,
        energy,
        "SELECT clicks, machines, visitors FROM click_count n JOIN share_link l ON l.id = n.link WHERE l.advocate = $1",
        anna.customer,
    )
    assert counted == [{"clicks": 2, "machines": 2, "visitors": 1}]


async def test_opening_a_landing_page_asks_the_database_twice_in_one_scope(
    anna: Advocate, energy: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    """The link with its offer, and the wordings; the company's look is remembered."""
    # For two seconds, which may be over between the one page and the other.
    monkeypatch.setattr(dressing, "FRESH_SECONDS", 1e9)
    bert = visit(energy)
    await bert.open(anna.share)
    fetch, enter = ground.fetch, ground.enter
    asked: list[str] = []
    entered: list[object] = []

    async def noted(sql: str, *arguments: object) -> list[dict[str, object]]:
        asked.append(sql)
        return await fetch(sql, *arguments)

    monkeypatch.setattr(ground, "fetch", noted)
    monkeypatch.setattr(ground, "enter", lambda here: (entered.append(here), enter(here))[1])
    assert (await bert.open(anna.landing)).status_code == 200
    assert (len(entered), len(asked)) == (1, 2), asked


async def test_while_the_program_rests_a_link_leads_nowhere(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    bert = visit(energy)
    await bert.open(anna.share)
    page = bert.page
    await regulars.change(deployment, energy, "UPDATE program SET state = 'ended'")
    try:
        token = Form(page, "/r/").fields["form_token"]
        await bert.send(anna.landing, **BERT, email=guests.address_of("bert"), terms="yes", form_token=token)
        assert bert.answer.status_code == 404
        assert (await bert.open(anna.share)).status_code == 404
    finally:
        await regulars.change(deployment, energy, "UPDATE program SET state = 'live'")
