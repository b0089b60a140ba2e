"""Mallory sends answers that no page of ours would have sent, and they are none."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from leumund.kit import clock, ground
from leumund.surveys.answers import listing
from leumund.surveys.asking import dropping_in, placing
from leumund.surveys.asking.placing import Place, Wanted
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests
from tests.journeys.guests import Form, Guest

Visit = Callable[..., Guest]
UNHAPPY = [Condition(question="recommend", marks=list(range(7)))]

NO_CHOICES = [
    ("call", ["yes", "no"]),
    ("call", ["maybe"]),
    ("call", ["YES"]),
    ("wrong", ["price", "price"]),
    ("wrong", ["price", "{}"]),
    ("overall", ["6"]),
    ("overall", ["٣"]),
    ("overall", ["3", "4"]),
]


def _question(key: str, kind: Any, asked: str, **more: Any) -> Question:
    choices = {choice: choice.title() for choice in more.get("choices", ())}
    texts = {lang: Wording(question=asked, choices=choices) for lang in ("de", "en")}
    return Question(key=key, kind=kind, texts=texts, **more)


ASKED = Definition(
    titles={"de": "Nach dem Besuch", "en": "After your visit"},
    questions=[
        _question("recommend", "nps", "Empfehlen Sie uns?", required=True),
        _question("wrong", "multiple", "Was lief schief?", choices=["price", "wait"], when=UNHAPPY),
        _question("call", "single", "Dürfen wir nachfragen?", choices=["yes", "no"], required=True, when=UNHAPPY),
        _question("overall", "overall", "Und insgesamt?"),
    ],
)


@pytest.fixture
async def clara(deployment: Deployment, birke: Tenant) -> guests.Surveyed:
    """Clara, who is asked what branches, on two pages."""
    asked = await guests.surveyed(deployment, birke)
    async with deployment.scopes.inside(birke):
        survey = await publishing.publish(key="besuch", definition=ASKED, at=clock.now())
        await ground.execute("UPDATE survey_invitation SET survey = $1 WHERE id = $2", survey.id, asked.invitation)
    return asked


async def kept(deployment: Deployment, tenant: Tenant, clara: guests.Surveyed) -> list[dict[str, Any]]:
    async with deployment.scopes.reading(tenant):
        return [each.filled.marks for each in await listing.answers_of(customer=clara.customer)]


async def test_who_begins_with_the_last_page_is_led_to_the_first(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: guests.Surveyed
):
    phone = visit(birke, language="de")
    for page in ("1", "2", "99", "-1", "1e1"):
        await phone.send(clara.link, page=page, call="yes", overall="5")
        assert phone.answer.status_code == 422
        assert 'id="recommend-wrong"' in phone.page
        assert "page" not in Form(phone.page, "/s/").fields, "the first page is shown"
    assert await kept(deployment, birke, clara) == []
    await phone.submit("/s/", recommend="3")
    await phone.submit("/s/", call="no", overall="2")
    assert phone.answer.status_code == 200
    assert await kept(deployment, birke, clara) == [{"recommend": 3, "call": "no", "overall": 2}]


async def test_what_a_branch_does_not_ask_nobody_answers(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: guests.Surveyed
):
    phone = visit(birke, language="de")
    await phone.send(clara.link, recommend="9", wrong="price", call="yes", overall="1")
    await phone.send(clara.link, page="1", recommend="0", wrong="price", call="yes", overall="4")
    assert await kept(deployment, birke, clara) == [{"recommend": 9, "overall": 4}]
    other_tab = visit(birke, language="de")
    await other_tab.send(clara.link, recommend="2")
    assert await kept(deployment, birke, clara) == [{"recommend": 2, "overall": 4}]
    await phone.send(clara.link, page="1", wrong="wait", call="yes", overall="4")
    await other_tab.send(clara.link, recommend="10")
    assert await kept(deployment, birke, clara) == [{"recommend": 10, "overall": 4}], "what no longer leads there goes"


async def test_what_is_no_choice_is_told_beside_its_question(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: guests.Surveyed
):
    phone = visit(birke, language="de")
    await phone.send(clara.link, recommend="0")
    for field, values in NO_CHOICES:
        sent = {"page": "1", "call": "yes", field: values}
        phone.answer = await phone.client.post(clara.link, data=sent, headers=guests.OURS)
        assert phone.answer.status_code == 422, values
        assert f'id="{field}-wrong"' in phone.page, values
    assert await kept(deployment, birke, clara) == [{"recommend": 0}]


async def counter(deployment: Deployment, tenant: Tenant) -> Place:
    async with deployment.scopes.inside(tenant):
        await publishing.publish(key="theke", definition=ASKED, named=False, at=clock.now())
        wanted = Wanted(key="theke", kind="qr", name="Theke")
        return await placing.make(wanted=wanted, actor="system:test", at=clock.now())


async def test_a_flood_is_counted_by_answers_and_not_by_the_pages_before(
    deployment: Deployment, birke: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dropping_in, "_OF_PEER", dropping_in._OF_PEER._replace(most=2))
    place, phone = await counter(deployment, birke), visit(birke, language="de")
    for times in range(3):
        await phone.open(f"/u/{place.code}")
        for _ in range(2):
            await phone.send(
                f"/u/{place.code}", recommend="11", form_token=Form(phone.page, "/u/").fields["form_token"]
            )
            assert phone.answer.status_code == 422, "what is no answer is not counted either"
        await phone.submit("/u/", recommend="3")
        assert phone.answer.status_code == 200
        await phone.submit("/u/", call="no")
        assert phone.answer.status_code == (429 if times == 2 else 200)
    assert Form(phone.page, "/u/").fields["recommend"] == "3", "nothing that was filled in is lost"
    async with deployment.scopes.reading(birke):
        assert len(await ground.fetch("SELECT FROM survey_box")) == 2


async def test_at_a_counter_the_last_page_alone_is_no_answer(deployment: Deployment, birke: Tenant, visit: Visit):
    place, phone = await counter(deployment, birke), visit(birke, language="de")
    await phone.open(f"/u/{place.code}")
    ticket = Form(phone.page, "/u/").fields["form_token"]
    await phone.send(f"/u/{place.code}", form_token=ticket, page="1", call="yes", overall="5")
    assert phone.answer.status_code == 422
    assert 'id="recommend-wrong"' in phone.page
    async with deployment.scopes.reading(birke):
        assert await ground.fetch("SELECT FROM survey_box") == []


async def test_a_link_of_one_kind_opens_no_other(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: guests.Surveyed
):
    phone, token = visit(birke), clara.link.removeprefix("/s/")
    for page in ("/join", "/confirm", "/portal/enter", "/unsubscribe", "/preferences", "/address", "/u"):
        assert (await phone.open(f"{page}/{token}")).status_code == 404
    for guess in (token[:-1], token + "A", token.replace(".", ".."), str(clara.invitation), uuid4().hex):
        assert (await phone.send(f"/s/{guess}", recommend="0")).status_code == 404
    assert await kept(deployment, birke, clara) == []
