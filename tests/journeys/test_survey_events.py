"""A shop reports what happened over HTTP: its customer is asked once, and it learns what became of it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from leumund.kit import clock, ground
from leumund.messages.gate import quieting
from leumund.surveys.asking import arranging
from leumund.surveys.asking.arranging import Limits
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import allowing
from tests.journeys.shops import Shop
from tests.journeys.test_api import problem
from tests.rooms import whole

HOUR = timedelta(hours=1)
MALLORYS: list[dict[str, object]] = [
    {"occurred_at": "9999-12-31T23:59:59-14:00"},
    {"occurred_at": "0001-01-01T00:00:00+14:00"},
    {"occurred_at": "2026-11-23T12:00:00"},
    {"occurred_at": 1e300},
    {"survey": "x" * 200},
    {"survey": "'; DROP TABLE survey; --"},
    {"event": "Ticket\u202e"},
    {"event": ""},
    {"attributes": {f"a{n}": "1" for n in range(11)}},
    {"attributes": {"a": "\x1b[2J"}},
    {"attributes": {"a": "x" * 101}},
    {"attributes": {"a" * 41: "1"}},
    {"attributes": [["a", "1"]]},
    {"event_id": "a\nb"},
    {"event_id": "a" * 201},
    {"customer": {"email": "clara@people.example", "external_id": "K-1"}},
    {"customer": {}},
    {"customer": {"id": "cus_" + "0" * 31}},
    {"customer": {"email": "a" * 200}},
    {"points": 5},
]


@pytest.fixture
async def shop(door: Any, deployment: Deployment, company: Tenant) -> Shop:
    """A shop of a company that asks at once, where Clara allows to be asked and Bert does not."""
    at = clock.now()
    async with deployment.scopes.inside(company):
        await whole.company(at=at)
        quiet = await quieting.quiet()
        await arranging.arrange(wanted=Limits(delay_hours=0), quiet=quiet, region="", actor="system:test", at=at)
        clara = await whole.person("clara@people.example", at=at)
        consent = {"channel": "email", "source": "import", "basis": "asked at the counter"}
        await allowing.given(customer=clara, purpose="survey", email="clara@people.example", at=at, **consent)
        await whole.person("bert@people.example", at=at)
    return await Shop.open(door, deployment, company)


def event(email: str, **other: object) -> dict[str, object]:
    told = {"event_id": uuid4().hex, "survey": "nps", "event": "support.closed", "customer": {"email": email}}
    return {**told, "attributes": {"desk": "3"}, **other}


async def test_whoever_may_be_asked_is_and_once(shop: Shop, deployment: Deployment):
    told = event("clara@people.example")
    first, again = await shop.post("/survey-events", told, once="k"), await shop.post("/survey-events", told, once="k")
    assert (first.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    said = first.json()
    assert said["id"].startswith("evt_")
    assert (said["state"], said["reason"], said["attributes"]) == ("invited", None, {"desk": "3"})
    for timed in ({}, {"occurred_at": said["occurred_at"]}):
        later = await shop.post("/survey-events", told | timed)
        assert (later.status_code, later.json()) == (201, said), "another key is no other event"
    other = await shop.post("/survey-events", told | {"occurred_at": (clock.now() - HOUR).isoformat()})
    problem(other, 409, "event-reused", "event_id")
    async with deployment.scopes.reading(shop.tenant):
        assert len(await ground.fetch("SELECT FROM survey_invitation")) == 1


async def test_whoever_may_not_be_asked_is_told_of_in_a_word(shop: Shop):
    said = (await shop.post("/survey-events", event("bert@people.example"))).json()
    assert (said["state"], said["reason"]) == ("held", "no_consent")


async def test_what_is_wrong_is_told_beside_its_field(shop: Shop):
    wrong = event("clara@people.example", event="Zu!", survey="none", attributes={"A": "1"})
    problem(await shop.post("/survey-events", wrong), 422, "invalid", "event", "survey", "attributes")
    problem(await shop.post("/survey-events", event("nobody@people.example")), 422, "customer-unknown", "customer")
    problem(
        await shop.post("/survey-events", event("clara@people.example", attributes={"a": 1})),
        422,
        "invalid",
        "attributes[...]",
    )


async def test_a_number_told_of_something_else_is_refused(shop: Shop):
    told = event("bert@people.example")
    await shop.post("/survey-events", told)
    other = await shop.post("/survey-events", told | {"event": "visit.ended"})
    problem(other, 409, "event-reused", "event_id")


async def test_of_ten_tellings_at_once_one_is_kept_and_all_hear_the_same(shop: Shop, deployment: Deployment):
    told = event("clara@people.example")
    answers = await asyncio.gather(*(shop.post("/survey-events", told) for _ in range(10)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.text for each in answers}) == 1
    async with deployment.scopes.reading(shop.tenant):
        assert len(await ground.fetch("SELECT FROM survey_invitation")) == 1


async def test_what_mallory_tells_is_refused_and_leaves_nothing(shop: Shop, deployment: Deployment):
    for changed in MALLORYS:
        answer = await shop.post("/survey-events", event("clara@people.example", **changed))
        assert answer.status_code == 422, changed
    async with deployment.scopes.reading(shop.tenant):
        assert await ground.fetch("SELECT FROM survey_event") == []
