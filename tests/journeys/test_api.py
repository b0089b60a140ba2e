"""A company's shop reports purchases over HTTP: however often and in whatever shape it asks, the money moves once."""

import asyncio
import json
import re
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.routes import HTTPRoute

from leumund import asgi
from leumund.api import pacing, problems
from leumund.api import routing as api
from leumund.api.authenticating import require_key
from leumund.customers.records import registering
from leumund.kit import clock, ground
from leumund.kit.buckets import Rate
from leumund.ledger import balancing
from leumund.payouts import batching
from leumund.rewards import refunding, releasing
from leumund.staff import api_keys
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.pools import Pools
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.scope import Scopes
from tests import books
from tests.conftest import NOON
from tests.journeys.shops import Shop
from tests.rooms import paying, whole

BERT = "bert@people.example"
ORDER: dict[str, Any] = {"order_id": "A-1", "amount_cents": 90_000, "currency": "EUR", "customer": {"email": BERT}}
TABLES = ("conversion", "referral", "reward", "ledger_account", "ledger_posting", "idempotency", "customer")


async def opened(door: Any, deployment: Deployment, tenant: Tenant) -> Shop:
    """The shop of a company where Anna recommended and Bert confirmed."""
    async with deployment.scopes.inside(tenant):
        await whole.company(at=NOON)
        await whole.friend(await whole.advocate("anna@people.example", at=NOON), BERT, at=NOON)
    return await Shop.open(door, deployment, tenant)


@pytest.fixture
async def shop(door: Any, deployment: Deployment, company: Tenant) -> AsyncIterator[Shop]:
    """A shop of this test's own, for what is committed."""
    fresh = await opened(door, deployment, company)
    yield fresh
    await fresh.client.aclose()


@pytest.fixture(scope="session")
async def refused(
    door: Any, deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]
) -> AsyncIterator[Shop]:
    """One shop for all that must leave no trace."""
    shared = await opened(door, deployment, await open_company("birke"))
    yield shared
    await shared.client.aclose()


async def rows(deployment: Deployment, tenant: Tenant) -> dict[str, list[str]]:
    """Every row of money and people, as text."""
    async with deployment.scopes.reading(tenant):
        return {
            table: [row["t"] for row in await ground.fetch(f"SELECT t::text AS t FROM {table} t ORDER BY 1")]
            for table in TABLES
        }


async def booked(deployment: Deployment, tenant: Tenant) -> tuple[int, int, dict[str, int]]:
    """Conversions, rewards and the ledger's sums."""
    async with deployment.scopes.reading(tenant):
        counts = await ground.fetch(
            "SELECT (SELECT count(*) FROM conversion) AS conversions, (SELECT count(*) FROM reward) AS rewards"
        )
        return counts[0]["conversions"], counts[0]["rewards"], await balancing.totals()


def problem(answer: httpx.Response, status: int, slug: str, *fields: str) -> dict[str, Any]:
    """The problem an answer holds, checked against what was expected."""
    said: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.status_code, said["status"], said["type"]) == (status, status, f"/problems/{slug}"), said
    assert said["title"]
    assert said["detail"]
    assert sorted(one["field"] for one in said.get("errors", [])) == sorted(fields)
    return said


async def test_a_key_opens_what_it_was_made_for_and_nothing_else(
    door: Any, deployment: Deployment, shop: Shop, company: Tenant
):
    async with deployment.scopes.inside(company):
        made = await api_keys.create(name="Lager", scopes=["rewards.read"], actor="system:test", at=clock.now())
    narrow = Shop(door, company, made)
    assert (await narrow.get("/rewards")).status_code == 200
    problem(await narrow.get("/referrals"), 403, "scope-missing")
    problem(await narrow.post("/conversions", ORDER), 403, "scope-missing")
    async with deployment.scopes.inside(company):
        assert await ground.fetch("SELECT id FROM conversion") == []
    await narrow.client.aclose()


def test_every_call_names_the_scope_it_takes():
    routes = [route for route in api.app().routes if isinstance(route, HTTPRoute)]
    guarded = [
        handler for route in routes for handler in route.route_handlers if require_key in handler.resolve_guards()
    ]
    asked = [handler for handler in guarded if handler.http_methods != {"OPTIONS"}]
    assert len(asked) >= 8
    assert {handler.opt.get("scope") for handler in asked} <= set(api_keys.SCOPES)


async def test_a_key_that_calls_too_often_waits_and_nobody_else_does(
    door: Any, deployment: Deployment, shop: Shop, company: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pacing, "RATE", Rate(most=3, per_second=0.01))
    other = await Shop.open(door, deployment, company)
    answers = [await other.get("/rewards") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 100
    assert (await shop.get("/rewards")).status_code == 200
    await other.client.aclose()


async def test_a_purchase_earns_both_sides(shop: Shop, deployment: Deployment):
    answer = await shop.post("/conversions", ORDER)
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert told["id"].startswith("cnv_")
    assert told["customer"].startswith("cus_")
    assert told["referral"]["id"].startswith("ref_")
    assert told["referral"]["state"] == "approved"
    assert [one[:4] for one in told["rewards"]] == ["rew_", "rew_"]
    assert (told["order_id"], told["amount_cents"], told["currency"]) == ("A-1", 90_000, "EUR")
    assert await booked(deployment, shop.tenant) == (1, 2, {"EUR": 0})


async def test_a_purchase_says_what_kind_of_thing_it_was(shop: Shop, deployment: Deployment):
    told = (await shop.post("/conversions", ORDER | {"categories": ["strom", "wallbox", "strom"]})).json()
    assert told["categories"] == ["strom", "wallbox"]
    again = await shop.post("/conversions", ORDER | {"categories": ["gas"]})
    assert again.json()["categories"] == ["strom", "wallbox"], "as first told"
    async with deployment.scopes.reading(shop.tenant):
        assert (await ground.fetch("SELECT categories FROM conversion"))[0]["categories"] == ["strom", "wallbox"]


@pytest.mark.parametrize(
    "categories", ["strom", ["Strom"], ["für Anna"], ["a,b"], ["x" * 41], [f"c{n}" for n in range(9)], [None], [""]]
)
async def test_a_category_is_a_short_key_and_no_word_about_anybody(shop: Shop, deployment: Deployment, categories: Any):
    answer = await shop.post("/conversions", ORDER | {"order_id": "A-9", "categories": categories})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("categories")
    assert await booked(deployment, shop.tenant) == (0, 0, {})


async def test_a_code_at_the_checkout_says_what_came_of_it_and_never_who(shop: Shop, deployment: Deployment):
    async with deployment.scopes.reading(shop.tenant):
        code = (await ground.fetch("SELECT code FROM share_link ORDER BY created_at LIMIT 1"))[0]["code"]
    await shop.post("/customers", {"email": "dora@people.example"})
    order = ORDER | {"order_id": "A-7", "customer": {"email": "dora@people.example"}}
    lost = (await shop.post("/conversions", order | {"code": "nobodyhasit", "click_token": "x"})).json()
    assert lost["attribution"] == {
        "state": "none",
        "way": "code",
        "reason": "code_unknown",
        "detail": "There is no such code",
    }
    await shop.post("/customers", {"email": "emil@people.example"})
    order = ORDER | {"order_id": "A-8", "customer": {"email": "emil@people.example"}, "code": code}
    answer = await shop.post("/conversions", order | {"conditions_shown": True})
    told = answer.json()
    assert (told["attribution"]["state"], told["attribution"]["reason"]) == ("attributed", None)
    assert told["referral"]["state"] == "approved"
    assert len(told["rewards"]) == 2
    assert "anna" not in answer.text.lower()
    trace = (await shop.get(f"/referrals/{told['referral']['id']}/trace")).json()
    assert {one["side"]: (one["answer"], one["reward"]) for one in trace["answers"]} == {
        side: ("pending", reward) for side, reward in zip(("advocate", "friend"), told["rewards"], strict=True)
    }
    (event,) = trace["events"]
    assert (event["conversion"], event["counts"], trace["way"]) == (told["id"], "here", "code")
    assert [(claim["way"], claim["reason"]) for claim in event["claims"]] == [("code", "won")]
    assert {(rule["side"], rule["passed"], rule["detail"]) for rule in event["rules"]} == {
        ("advocate", True, "met"),
        ("friend", True, "met"),
    }
    unknown = await shop.get(f"/referrals/ref_{'0' * 32}/trace")
    assert unknown.json()["type"] == "/problems/not-found"


async def test_a_code_at_the_sign_up_waits_for_a_purchase_and_wins_there(shop: Shop, deployment: Deployment):
    async with deployment.scopes.reading(shop.tenant):
        code = (await ground.fetch("SELECT code FROM share_link ORDER BY created_at LIMIT 1"))[0]["code"]
    dora = {"email": "dora@people.example"}
    assert (await shop.post("/customers", dora)).json()["attribution"] is None
    lost = (await shop.post("/customers", dora | {"code": "nobodyhasit"})).json()["attribution"]
    assert lost == {"state": "none", "way": "code", "reason": "code_unknown", "detail": "There is no such code"}
    said = dora | {"code": code, "click_token": "x", "conditions_shown": True}
    for _ in range(3):
        answer = await shop.post("/customers", said)
        told = answer.json()["attribution"]
        assert (told["state"], told["way"], told["reason"]) == ("waiting", "code", None)
        assert "anna" not in answer.text.lower()
    async with deployment.scopes.reading(shop.tenant):
        rows = await ground.fetch("SELECT way, link IS NOT NULL AS is_known FROM referral_claim ORDER BY told_at, way")
    assert [(row["way"], row["is_known"]) for row in rows] == [("code", False), ("click", False), ("code", True)]
    bought = (await shop.post("/conversions", ORDER | {"order_id": "A-7", "customer": dora})).json()
    assert (bought["attribution"]["state"], bought["attribution"]["way"]) == ("attributed", "code")
    assert len(bought["rewards"]) == 2
    again = (await shop.post("/customers", said)).json()["attribution"]
    assert (again["state"], again["reason"]) == ("none", "referral_stands")


async def test_whoever_is_a_customer_already_is_told_to_be_one_when_a_code_is_told(shop: Shop, deployment: Deployment):
    async with deployment.scopes.reading(shop.tenant):
        code = (await ground.fetch("SELECT code FROM share_link ORDER BY created_at LIMIT 1"))[0]["code"]
    emil = {"email": "emil@people.example", "customer_since_date": "2020-01-01"}
    told = (await shop.post("/customers", emil | {"code": code})).json()["attribution"]
    assert (told["state"], told["reason"]) == ("none", "existing_customer")


async def test_one_conversion_fifty_times_at_once_with_one_key_counts_once(shop: Shop, deployment: Deployment):
    answers = await asyncio.gather(*(shop.post("/conversions", ORDER, once="one") for _ in range(50)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sorted(one.headers.get("idempotent-replayed", "") for one in answers) == [""] + ["true"] * 49
    assert await booked(deployment, shop.tenant) == (1, 2, {"EUR": 0})


async def test_one_order_under_two_keys_fifty_times_at_once_counts_once(shop: Shop, deployment: Deployment):
    answers = await asyncio.gather(*(shop.post("/conversions", ORDER, once=f"key {n % 2}") for n in range(50)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert await booked(deployment, shop.tenant) == (1, 2, {"EUR": 0})


async def test_one_new_customer_told_many_times_at_once_is_one_person(shop: Shop):
    answers = await asyncio.gather(*(shop.post("/customers", {"email": "clara@people.example"}) for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [200] * 11 + [201]
    assert len({one.json()["id"] for one in answers}) == 1


async def test_a_key_used_again_for_something_else_is_refused(shop: Shop, deployment: Deployment):
    await shop.post("/conversions", ORDER, once="k")
    before = await rows(deployment, shop.tenant)
    problem(await shop.post("/conversions", ORDER | {"amount_cents": 1}, once="k"), 422, "idempotency-key-reused")
    problem(await shop.post("/refunds", {"order_id": "A-1"}, once="k"), 422, "idempotency-key-reused")
    assert await rows(deployment, shop.tenant) == before


async def test_the_same_body_written_another_way_is_the_same_request(shop: Shop):
    first = await shop.post("/conversions", ORDER, once="k")
    turned = json.dumps(dict(reversed(ORDER.items())), indent=4).encode()
    again = await shop.send("/conversions", turned, idempotency_key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)


async def test_an_order_told_with_other_figures_is_refused(shop: Shop, deployment: Deployment):
    await shop.post("/conversions", ORDER)
    before = await rows(deployment, shop.tenant)
    for change in ({"amount_cents": 90_001}, {"currency": "CHF"}, {"customer": {"email": "anna@people.example"}}):
        problem(await shop.post("/conversions", ORDER | change), 409, "order-reused", "order_id")
    assert await rows(deployment, shop.tenant) == before


async def test_a_refused_request_stores_nothing_and_its_key_may_be_used_again(shop: Shop, deployment: Deployment):
    before = await rows(deployment, shop.tenant)
    nobody = ORDER | {"customer": {"email": "nobody@people.example"}}
    problem(await shop.post("/conversions", nobody, once="k"), 422, "customer-unknown", "customer")
    assert await rows(deployment, shop.tenant) == before
    assert (await shop.post("/conversions", ORDER, once="k")).status_code == 201


async def test_a_refund_before_release_cancels_and_is_told_twice_alike(shop: Shop, deployment: Deployment):
    rewards = (await shop.post("/conversions", ORDER)).json()["rewards"]
    first, second = [await shop.post("/refunds", {"order_id": "A-1"}) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    told = first.json()
    assert (told["canceled_rewards"], told["clawed_back_rewards"]) == (rewards, [])
    assert told["referral"]["state"] == "voided"
    assert (await shop.post("/conversions", ORDER)).json()["referral"]["state"] == "voided", "as it stands now"
    assert await booked(deployment, shop.tenant) == (1, 2, {"EUR": 0})


async def test_a_refund_after_release_claws_back(shop: Shop, deployment: Deployment):
    rewards = (await shop.post("/conversions", ORDER)).json()["rewards"]
    later = clock.now() + timedelta(days=366)
    async with deployment.scopes.inside(shop.tenant):
        for row in await ground.fetch("SELECT id FROM reward"):
            await releasing.release(reward=row["id"], at=later)
    told = [(await shop.post("/refunds", {"order_id": "A-1"})).json() for _ in range(2)]
    assert told[0] == told[1]
    assert (told[0]["canceled_rewards"], told[0]["clawed_back_rewards"]) == ([], rewards)
    listed = (await shop.get("/rewards")).json()["data"]
    assert {(one["state"], one["reason"]) for one in listed} == {("canceled", "refunded")}


async def test_a_refund_that_came_to_nothing_is_told_twice_alike_and_the_order_counts_again(
    shop: Shop, deployment: Deployment
):
    before = (await shop.post("/conversions", ORDER)).json()["rewards"]
    problem(await shop.post("/refunds/restored", {"order_id": "A-1"}), 404, "not-found")
    await shop.post("/refunds", {"order_id": "A-1"})
    problem(await shop.post("/refunds/restored", {"order_id": "A-1", "refund_id": "R-1"}), 404, "not-found")
    first, second = [await shop.post("/refunds/restored", {"order_id": "A-1"}) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content) == (200, first.content)
    told = first.json()
    assert (told["referral"]["state"], told["refunded_at"], told["review"]) == ("approved", None, None)
    assert (len(told["granted_rewards"]), told["restored_rewards"]) == (2, [])
    now = (await shop.post("/conversions", ORDER)).json()
    assert (now["referral"]["state"], sorted(now["rewards"])) == ("approved", sorted(before + told["granted_rewards"]))
    assert (await shop.post("/refunds", {"order_id": "A-1"})).json()["canceled_rewards"] == told["granted_rewards"]


async def test_a_purchase_and_its_refund_at_once_leave_nothing_to_anybody(shop: Shop, deployment: Deployment):
    told = [shop.post("/conversions", ORDER) for _ in range(10)]
    await asyncio.gather(shop.post("/refunds", {"order_id": "A-1"}), *told)
    async with deployment.scopes.inside(shop.tenant):
        # Whoever told the order in the very moment of its refund saw nothing of it; a job looks once more.
        for waiting in await ground.fetch("SELECT id FROM refund"):
            await refunding.look_again(refund=waiting["id"], at=clock.now())
    async with deployment.scopes.reading(shop.tenant):
        assert [line.cents for line in await books.lines()] == [0, 0, 0]


async def test_a_refund_of_an_order_nobody_told_yet_waits_for_it(shop: Shop, deployment: Deployment):
    told = (await shop.post("/refunds", {"order_id": "A-1"})).json()
    assert (told["conversion"], told["refunded_at"], told["canceled_rewards"]) == (None, None, [])
    assert (await shop.post("/conversions", ORDER)).json()["referral"]["state"] == "voided"
    again = (await shop.post("/refunds", {"order_id": "A-1"})).json()
    assert len(again["canceled_rewards"]) == 2
    async with deployment.scopes.reading(shop.tenant):
        assert [line.cents for line in await books.lines()] == [0, 0, 0]


async def test_a_part_is_given_back_under_a_name_of_its_own_and_counts_once(shop: Shop, deployment: Deployment):
    await shop.post("/conversions", ORDER)
    part = {"order_id": "A-1", "amount_cents": 1000, "refund_id": "R-1"}
    first, second = [await shop.post("/refunds", part) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert (first.json()["refunded_at"], first.json()["referral"]["state"]) == (None, "approved")
    before = await rows(deployment, shop.tenant)
    problem(await shop.post("/refunds", part | {"amount_cents": 2000}), 409, "refund-reused", "refund_id")
    problem(await shop.post("/refunds", {"order_id": "A-1", "amount_cents": 1}), 422, "invalid", "refund_id")
    assert await rows(deployment, shop.tenant) == before


async def test_an_event_of_the_companys_own_is_told_beside_a_purchase_of_the_same_name(shop: Shop):
    told = await shop.post("/conversions", ORDER | {"event": "test-drive", "amount_cents": 0})
    assert (told.status_code, told.json()["event"], told.json()["rewards"]) == (201, "test-drive", [])
    assert len((await shop.post("/conversions", ORDER)).json()["rewards"]) == 2
    problem(await shop.post("/conversions", ORDER | {"event": "Test Drive"}), 422, "invalid", "event")


async def test_a_purchase_in_another_currency_is_recorded_and_leaves_the_referral_to_the_next(shop: Shop):
    abroad = await shop.post("/conversions", ORDER | {"currency": "CHF"})
    assert (abroad.status_code, abroad.json()["referral"], abroad.json()["rewards"]) == (201, None, [])
    at_home = await shop.post("/conversions", ORDER | {"order_id": "A-2"})
    assert len(at_home.json()["rewards"]) == 2


async def test_who_was_not_recommended_is_just_recorded(shop: Shop):
    told = (await shop.post("/conversions", ORDER | {"customer": {"email": "anna@people.example"}})).json()
    assert (told["referral"], told["rewards"]) == (None, [])


async def test_customers_are_named_by_any_of_three_names_and_no_two(shop: Shop):
    made = await shop.post("/customers", {"email": BERT, "external_id": "K-7", "given_name": "Bert"})
    assert (made.status_code, made.json()["created"]) == (200, False)
    names = {"id": made.json()["id"]}, {"external_id": "K-7"}, {"email": " Bert@People.Example "}
    told = {(await shop.post("/conversions", ORDER | {"customer": name})).json()["customer"] for name in names}
    assert told == {made.json()["id"]}
    for wrong in ({}, {"external_id": "K-7", "email": BERT}, {"id": "cus_1"}, {"id": str(uuid4())}):
        problem(await shop.post("/conversions", ORDER | {"customer": wrong}), 422, "customer-unknown", "customer")


async def test_a_customer_is_told_with_consents_and_read_again(shop: Shop):
    consent = {"purpose": "survey", "basis": "box 3 of the contract form", "given_at": "2026-01-01T10:00:00+01:00"}
    body = {"email": "clara@people.example", "given_name": "Clara", "birth_date": "1990-05-01", "consents": [consent]}
    made = await shop.post("/customers", body, once="k")
    assert (made.status_code, made.json()["consents_taken"]) == (201, [True])
    assert "clara" not in made.text, "what is kept under the key names nobody"
    assert (await shop.post("/customers", body)).json()["consents_taken"] == [False], "a yes is taken once"
    person = (await shop.get(f"/customers/{made.json()['id']}")).json()
    assert (person["email"], person["given_name"], person["birth_date"]) == (body["email"], "Clara", "1990-05-01")


async def test_a_customer_is_born_and_becomes_one_in_the_past(refused: Shop, deployment: Deployment):
    before = await rows(deployment, refused.tenant)
    for field, day in (
        ("birth_date", "2126-01-01"),
        ("birth_date", "1899-12-31"),
        ("customer_since_date", "2126-01-01"),
    ):
        answer = await refused.post("/customers", {"email": "clara@people.example", field: day})
        problem(answer, 422, "invalid", field)
    assert await rows(deployment, refused.tenant) == before


async def test_a_customer_with_a_wrong_consent_is_not_told_at_all(refused: Shop, deployment: Deployment):
    before = await rows(deployment, refused.tenant)
    for change, field in (
        ({"purpose": "telepathy"}, "consents[0].purpose"),
        ({"given_at": "2126-01-01T00:00:00Z"}, "consents[0].given_at"),
        ({"given_at": "0001-01-01T00:00:00+14:00"}, "consents[0].given_at"),
        ({"given_at": "1999-12-31T23:59:59Z"}, "consents[0].given_at"),
        ({"basis": " "}, "consents[0].basis"),
        ({"basis": "ja"}, "consents[0].basis"),
        ({"basis": "Nein, nie im Leben"}, "consents[0].basis"),
        ({"basis": 7}, "consents[0].basis"),
        ({"channel": "pigeon"}, "consents[0].channel"),
    ):
        consent = {"purpose": "survey", "basis": "asked at the counter", "given_at": "2026-01-01T00:00:00Z"} | change
        answer = await refused.post("/customers", {"email": "clara@people.example", "consents": [consent]})
        problem(answer, 422, "invalid", field)
    assert await rows(deployment, refused.tenant) == before


async def test_consents_are_taken_one_by_one_and_told_in_their_order(shop: Shop):
    told = {"basis": "box 3 of the contract form", "given_at": "2026-01-01T10:00:00+01:00"}
    survey, letters = told | {"purpose": "survey"}, told | {"purpose": "recommendation"}
    body = {"email": "clara@people.example", "consents": [survey, survey]}
    assert (await shop.post("/customers", body)).json()["consents_taken"] == [True, False], "said twice, taken once"
    body["consents"] = [survey, letters]
    assert (await shop.post("/customers", body)).json()["consents_taken"] == [False, True]


async def test_every_wrong_consent_is_told_at_once(refused: Shop, deployment: Deployment):
    before = await rows(deployment, refused.tenant)
    good = {"purpose": "survey", "basis": "asked at the counter", "given_at": "2026-01-01T00:00:00Z"}
    consents = [good | {"given_at": "2126-01-01T00:00:00Z", "purpose": "telepathy"}, good, good | {"basis": " "}]
    answer = await refused.post("/customers", {"email": "clara@people.example", "consents": consents})
    problem(answer, 422, "invalid", "consents[0].given_at", "consents[0].purpose", "consents[2].basis")
    answer = await refused.post("/customers", {"external_id": "K-1", "consents": [good]})
    problem(answer, 422, "invalid", "consents[0].email")
    assert await rows(deployment, refused.tenant) == before


async def test_every_wrong_field_of_a_customer_is_told_at_once_in_the_callers_language(refused: Shop):
    wrong = {"email": "no", "phone": "1", "country": "Narnia"}
    german = problem(
        await refused.post("/customers", wrong, accept_language="en;q=0.5, de-AT"),
        422,
        "invalid",
        "email",
        "phone",
        "country",
    )
    english = problem(
        await refused.post("/customers", wrong, accept_language="fr"), 422, "invalid", "email", "phone", "country"
    )
    assert german["title"] == "Bitte prüfen Sie Ihre Angaben"
    assert english["title"] == "Please check what you sent"
    problem(await refused.post("/customers", {}), 422, "invalid", "email")


async def test_two_people_are_not_made_one(shop: Shop):
    await shop.post("/customers", {"external_id": "K-1"})
    answer = await shop.post("/customers", {"external_id": "K-1", "email": BERT})
    problem(answer, 409, "two-people", "external_id")


async def test_lists_are_read_page_by_page(shop: Shop):
    await shop.post("/conversions", ORDER)
    first = (await shop.get("/rewards?limit=1")).json()
    second = (await shop.get(f"/rewards?limit=1&after={first['next']}")).json()
    assert second["next"] is None
    both = first["data"] + second["data"]
    assert {(one["side"], one["amount_cents"], one["state"]) for one in both} == {
        ("advocate", 5000, "pending"),
        ("friend", 2500, "pending"),
    }
    referrals = (await shop.get("/referrals?state=approved")).json()
    assert [(one["state"], one["order_id"]) for one in referrals["data"]] == [("approved", "A-1")]
    assert BERT not in json.dumps(both + referrals["data"]), "lists name ids, not people"
    assert (await shop.get("/referrals?state=rejected")).json() == {"data": [], "next": None}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=0", ["limit"]),
        ("limit=201", ["limit"]),
        ("limit=many", ["limit"]),
        ("state=lost", ["state"]),
        ("limt=5", ["limt"]),
        ("after=%00", []),
        ("after=bm9uc2Vuc2U=", []),
    ],
)
async def test_a_wrong_parameter_is_named(refused: Shop, query: str, fields: list[str]):
    problem(await refused.get(f"/rewards?{query}"), 422, "invalid", *fields)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_cents": "90000"}, "amount_cents"),
        ({"amount_cents": 90_000.5}, "amount_cents"),
        ({"amount_cents": 90_000.0}, "amount_cents"),
        ({"amount_cents": -1}, "amount_cents"),
        ({"amount_cents": True}, "amount_cents"),
        ({"amount_cents": 10**11 + 1}, "amount_cents"),
        ({"amount_cents": None}, "amount_cents"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"order_id": ""}, "order_id"),
        ({"order_id": "A\u0000"}, "order_id"),
        ({"order_id": "x" * 201}, "order_id"),
        ({"order_id": 7}, "order_id"),
        ({"customer": "bert"}, "customer"),
        ({"customer": {"email": ["bert"]}}, "customer.email"),
        ({"customer": {"name": "Bert"}}, "customer.name"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-11-23T12:00:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at"),
        ({"tenant": "linden"}, "tenant"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_stored(
    refused: Shop, deployment: Deployment, change: Any, field: str
):
    before = await rows(deployment, refused.tenant)
    problem(await refused.post("/conversions", ORDER | change), 422, "invalid", field)
    assert await rows(deployment, refused.tenant) == before


async def test_all_wrong_fields_are_named_together(refused: Shop):
    answer = await refused.post("/conversions", {"order_id": 1, "currency": None, "colour": "red"})
    problem(answer, 422, "invalid", "order_id", "currency", "colour", "amount_cents", "customer")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"order"',
        b"\xff",
        b"[" * 20_000,
        b'{"order_id": "A-1", "order_id": "A-2"}',
        b'{"order_id": "A-1", "customer": {"email": "a@b.example", "email": "c@d.example"}}',
        b'{"amount_cents": NaN}',
        b'{"amount_cents": ' + b"9" * 5_000 + b"}",
        b'{"order_id": "\\ud800"}',
    ],
)
async def test_what_is_no_json_object_is_malformed(refused: Shop, raw: bytes):
    problem(await refused.send("/conversions", raw), 400, "malformed")


async def test_other_content_types_and_great_bodies_are_refused(shop: Shop):
    body = json.dumps(ORDER).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        problem(await shop.send("/conversions", body, content_type=kind), 415, "not-json")
    assert (await shop.send("/conversions", body, content_type="application/json; charset=utf-8")).status_code == 201
    problem(await shop.send("/conversions", b" " * 64_001), 413, "too-large")


@pytest.mark.parametrize("path", ["/conversions", "/refunds", "/customers"])
@pytest.mark.parametrize("keys", [[], [""], ["x" * 256], ["ключ"], ["a", "b"], ["a", "a"]])
async def test_every_post_needs_one_idempotency_key(refused: Shop, path: str, keys: list[str]):
    given = [("authorization", f"Bearer {refused.key.key}"), *(("idempotency-key", key) for key in keys)]
    headers = [(name.encode(), value.encode()) for name, value in given]
    body = {"/conversions": ORDER, "/refunds": {"order_id": "A-1"}, "/customers": {"email": BERT}}[path]
    answer = await refused.client.post(path, json=body, headers=headers)
    problem(answer, 400, "idempotency-key", *(["Idempotency-Key"] if len(keys) == 2 else []))


async def test_a_key_may_be_as_long_as_it_may_be(shop: Shop):
    assert (await shop.post("/conversions", ORDER, once="x" * 255)).status_code == 201


async def test_unknown_routes_and_wrong_methods_answer_machines(refused: Shop):
    for path in ("/nothing", "/", "", "/conversions/1", "/../v2", "/openapi.json/x"):
        problem(await refused.get(path), 404, "not-found")
    wrong = await refused.client.put("/conversions", json=ORDER)
    problem(wrong, 405, "method-not-allowed")
    assert "POST" in wrong.headers["allow"]


async def test_nobody_without_a_key_of_this_company_gets_in(
    refused: Shop, door: Any, deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]
):
    theirs = await Shop.open(door, deployment, await open_company("mallory"))
    revoked = await Shop.open(door, deployment, refused.tenant)
    async with deployment.scopes.inside(refused.tenant):
        await api_keys.revoke(key=revoked.key.id, actor="system:test", at=NOON)
    tried = [f"Bearer {theirs.key.key}", f"Bearer {revoked.key.key}", "Bearer lk_none", "Bearer ", "", refused.key.key]
    answers = [await refused.post("/conversions", ORDER, authorization=one) for one in tried]
    answers.append(await refused.client.post("/conversions", json=ORDER))
    answers.append(
        await refused.client.post("/conversions", json=ORDER, headers={"cookie": f"__Host-portal={refused.key.key}"})
    )
    assert {one.content for one in answers} == {answers[0].content}
    for answer in answers:
        problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    await theirs.client.aclose()
    await revoked.client.aclose()


async def test_another_companys_ids_are_as_unknown_as_ids_nobody_has(
    refused: Shop, deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]
):
    async with deployment.scopes.inside(await open_company("birke")):
        record = registering.Record(email="mallory@people.example")
        stranger = (await registering.register(record=record, source="test", at=NOON)).id
    ids = [f"cus_{stranger.hex}", f"cus_{uuid4().hex}", "cus_x", f"rew_{stranger.hex}", str(stranger), "%00", "ä"]
    answers = [await refused.get(f"/customers/{one}") for one in ids]
    for answer in answers:
        problem(answer, 404, "not-found")
    assert len({one.content for one in answers}) == 1
    orders = [await refused.post("/conversions", ORDER | {"customer": {"id": one}}) for one in ids[:2]]
    assert orders[0].content == orders[1].content
    problem(orders[0], 422, "customer-unknown", "customer")


async def test_a_form_of_another_site_has_no_key_and_one_with_a_key_is_no_form(shop: Shop):
    answer = await shop.post("/conversions", ORDER, origin="https://mallory.example", sec_fetch_site="cross-site")
    assert answer.status_code == 201, "who holds the key may call from anywhere; there is no cookie to borrow"


async def test_a_busy_company_asks_to_come_again(shop: Shop, deployment: Deployment, company: Tenant):
    async def open_pool(role: str, size: int) -> Any:
        return await servers.pool_as(deployment.server, deployment.settings, role, size=size)

    pools = Pools(open_pool, ceiling=1, per_company=1, wait_seconds=0.1)
    narrow = deployment._replace(scopes=Scopes(deployment.settings, pools), pools=pools)
    door = asgi.create()
    door.use(narrow)
    small = Shop(door, company, shop.key)
    async with narrow.pools.connection(company):
        answer = await small.post("/conversions", ORDER)
        problem(answer, 503, "busy")
        assert answer.headers["retry-after"] == "1"
    assert (await small.post("/conversions", ORDER)).status_code == 201
    await small.client.aclose()
    await pools.close()


async def test_a_fault_of_ours_tells_an_id_and_nothing_else(shop: Shop, deployment: Deployment):
    before = await rows(deployment, shop.tenant)
    assert deployment.settings.database_url is not None
    owner = servers.parse(deployment.settings.database_url.get_secret_value())
    connection = await servers.connect_owner(owner)
    try:
        table = f'"{shop.tenant.schema_name}"'
        await connection.execute(f"ALTER TABLE {table}.reward RENAME COLUMN kind TO broken")
        answer = await shop.post("/conversions", ORDER, once="k")
        await connection.execute(f"ALTER TABLE {table}.reward RENAME COLUMN broken TO kind")
    finally:
        await connection.close()
    said = problem(answer, 500, "unexpected")
    assert said.keys() == {"type", "title", "status", "detail", "request_id"}
    assert "broken" not in answer.text
    assert "kind" not in answer.text
    assert await rows(deployment, shop.tenant) == before, "all or nothing"
    assert (await shop.post("/conversions", ORDER, once="k")).status_code == 201


async def test_each_is_read_by_the_id_that_lists_and_events_name(shop: Shop, deployment: Deployment):
    bought = (await shop.post("/conversions", ORDER)).json()
    assert (await shop.get(f"/conversions/{bought['id']}")).json() == bought
    for path in ("/referrals", "/rewards"):
        for listed in (await shop.get(path)).json()["data"]:
            assert (await shop.get(f"{path}/{listed['id']}")).json() == listed
    await collected(deployment, shop.tenant, order_id="A-2")
    (listed,) = (await shop.get("/payouts")).json()["data"]
    assert (listed["state"], listed["amount_cents"], listed["set_off_cents"]) == ("created", 5000, 0)
    assert (await shop.get(f"/payouts/{listed['id']}")).json() == listed
    (paid,) = [(await shop.get(f"/rewards/{one}")).json() for one in listed["rewards"]]
    assert (paid["beneficiary"], paid["amount_cents"]) == (listed["beneficiary"], 5000)
    assert (await shop.get("/payouts?state=failed")).json() == {"data": [], "next": None}


@pytest.mark.parametrize(
    ("path", "noun"),
    [("/conversions", "cnv"), ("/referrals", "ref"), ("/rewards", "rew"), ("/payouts", "pay")],
)
async def test_what_is_not_here_is_unknown_whatever_it_is_called(
    refused: Shop, shop: Shop, deployment: Deployment, path: str, noun: str
):
    await shop.post("/conversions", ORDER)
    await collected(deployment, shop.tenant, order_id="A-2")
    table = path.removeprefix("/").removesuffix("s")
    async with deployment.scopes.reading(shop.tenant):
        theirs = (await ground.fetch(f"SELECT id FROM {table}"))[0]["id"]
    ids = [f"{noun}_{theirs.hex}", f"{noun}_{uuid4().hex}", f"cus_{theirs.hex}", noun, f"{noun}_", str(theirs), "%00"]
    answers = [await refused.get(f"{path}/{one}") for one in ids]
    for answer in answers:
        problem(answer, 404, "not-found")
    assert len({one.content for one in answers}) == 1


async def test_the_document_describes_every_call(refused: Shop):
    answer = await refused.client.get("/openapi.json")
    document = answer.json()
    calls = {(path, verb) for path, item in document["paths"].items() for verb in item}
    assert calls == {
        ("/api/v1/conversions", "post"),
        ("/api/v1/refunds", "post"),
        ("/api/v1/refunds/restored", "post"),
        ("/api/v1/survey-events", "post"),
        ("/api/v1/customers", "post"),
        ("/api/v1/consents", "get"),
        ("/api/v1/consents", "post"),
        ("/api/v1/customers/{customer}", "get"),
        ("/api/v1/referrals", "get"),
        ("/api/v1/rewards", "get"),
        ("/api/v1/conversions/{conversion}", "get"),
        ("/api/v1/referrals/{referral}", "get"),
        ("/api/v1/referrals/{referral}/trace", "get"),
        ("/api/v1/rewards/{reward}", "get"),
        ("/api/v1/payouts", "get"),
        ("/api/v1/payouts/{payout}", "get"),
    }
    assert document["components"]["schemas"]["NewConversion"]["properties"]["order_id"]["examples"]
    assert refused.tenant.slug not in answer.text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([*ORDER, "occurred_at", "id", "consents", ""]) | st.text(max_size=12)
bent = st.builds(lambda changes: json.dumps(ORDER | changes).encode(), st.dictionaries(names, anything, max_size=3))
lost = st.builds(lambda gone: json.dumps({k: v for k, v in ORDER.items() if k not in gone}).encode(), st.sets(names))
bodies = st.binary(max_size=200) | anything.map(lambda one: json.dumps(one).encode()) | bent | lost


@settings(max_examples=300)
@given(path=st.sampled_from(["/conversions", "/refunds", "/customers", "/consents"]), raw=bodies)
async def test_no_body_breaks_it(shop: Shop, path: str, raw: bytes):
    answer = await shop.send(path, raw)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert msgspec.json.decode(answer.content)["type"].startswith("/problems/")


async def test_the_page_for_engineers_is_true(shop: Shop, deployment: Deployment):
    """Each call of platform/docs/api.md is made, and answers in the very shape that stands below it."""
    page = (Path(__file__).parents[2] / "platform" / "docs" / "api.md").read_text("utf-8")
    examples = re.findall(r"```sh\n(curl .*?)```\s+```json\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 12
    await shop.post("/customers", {"email": BERT, "external_id": "K-4711"})
    customer, block = "", {}
    for call, shown in examples:
        spoken = call.replace("$HOST/api/v1", "").replace("$KEY", shop.key.key).replace("bert@example.com", BERT)
        words = shlex.split(re.sub(r"cus_\w{32}", customer, spoken).replace("\\\n", ""))
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        path = next(word for word in words if word.startswith("/"))
        body = words[words.index("-d") + 1] if "-d" in words else None
        if body and path == "/consents":
            body = json.dumps(json.loads(body) | block)
        if path.startswith("/payouts"):
            await collected(deployment, shop.tenant, order_id="A-2")
        if path.endswith("/trace"):
            path = f"/referrals/{await traced(deployment, shop, order_id='A-3')}/trace"
        answer = await shop.client.request("POST" if body else "GET", path, content=body, headers=headers)
        assert answer.status_code < 300, answer.text
        assert shape(answer.json()) == shape(json.loads(shown)), path
        customer = customer or answer.json()["id"]
        if path.startswith("/consents?"):
            offered = [each["id"] for each in answer.json()["consents"]]
            block = {"offered": offered, "chosen": offered[1:], "html": answer.json()["html"]}
            # The shop of this test is younger than the day of the example.
            block["shown_at"] = clock.now().isoformat()


async def test_the_page_for_engineers_names_every_problem():
    page = (Path(__file__).parents[2] / "platform" / "docs" / "api.md").read_text("utf-8")
    named = set(re.findall(r"^\| (\d+) \| `/problems/([a-z-]+)` \|", page, re.MULTILINE))
    assert named == {
        (str(one.status), one.slug)
        for one in [*problems.KINDS.values(), *problems.FRAMEWORKS.values(), problems.UNEXPECTED]
    }


async def collected(deployment: Deployment, tenant: Tenant, *, order_id: str) -> None:
    """An order's reward was released, and is in a batch that nobody has approved yet."""
    async with deployment.scopes.inside(tenant):
        await paying.earned(order_id, at=clock.now())
        await batching.draft(way="manual", currency="EUR", by=paying.ACCOUNTANT, at=clock.now() + timedelta(days=366))


async def traced(deployment: Deployment, shop: Shop, *, order_id: str) -> str:
    """A recommendation that counts by a code at the checkout."""
    async with deployment.scopes.inside(shop.tenant):
        code = await whole.advocate("traced-anna@people.example", at=clock.now())
    await shop.post("/customers", {"email": "traced-bert@people.example"})
    told = ORDER | {"order_id": order_id, "customer": {"email": "traced-bert@people.example"}, "code": code}
    return str((await shop.post("/conversions", told)).json()["referral"]["id"])


def shape(value: Any) -> Any:
    """The names and kinds of what is said, without what is said."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return re.match(r"[a-z]{3}_(?=\w{32}$)|", value)[0] if isinstance(value, str) else type(value)
