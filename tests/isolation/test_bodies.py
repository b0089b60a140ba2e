"""What a body claims beside what it may say is refused by name, and a company cannot speak for another."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from leumund.customers.intake import importing, reading
from leumund.kit import clock, ground
from leumund.tenancy.deployment import Deployment
from tests.isolation import callers, changes, tally
from tests.isolation.callers import asked
from tests.isolation.two_companies import Side
from tests.journeys.shops import Shop

CLAIMED = {
    "tenant_id": "{tenant}",
    "tenant": "{tenant}",
    "company": "{slug}",
    "company_role": "{schema}",
    "schema": "{schema}",
    "controller": "{marker} GmbH",
    "role": "owner",
    "balance": 1_000_000,
    "id": "{customer}",
    "stage": "customer",
    "state": "paid",
    "created_at": "2020-01-01T00:00:00Z",
}
BODIES: Mapping[str, dict[str, Any]] = {
    "/customers": {"email": "new@people.example", "consents": []},
    "/conversions": {
        "order_id": "claimed",
        "amount_cents": 100,
        "currency": "EUR",
        "customer": {"email": "new@people.example"},
    },
    "/refunds": {"order_id": "claimed"},
    "/refunds/restored": {"order_id": "claimed"},
}
CONSENT = {"purpose": "survey", "basis": "asked at the counter", "given_at": "2026-01-01T10:00:00+00:00"}
_ITS = "customer, text, controller, purpose, channel, state, source, at, chain_hash"
_ANOTHER = f"{_ITS}, position + 1000"
_LAST = "FROM consent_event ORDER BY position DESC LIMIT 1"
ITS_OWN = f"INSERT INTO consent_event ({_ITS}, position) SELECT {_ANOTHER} {_LAST}"


def claimed(side: Side) -> dict[str, Any]:
    words = {
        "tenant": side.tenant.id,
        "slug": side.tenant.slug,
        "schema": side.tenant.schema_name,
        "marker": side.marker,
        "customer": side.own("api_customer"),
    }
    return {name: value.format(**words) if isinstance(value, str) else value for name, value in CLAIMED.items()}


@pytest.mark.parametrize("path", BODIES)
async def test_what_nobody_asked_for_is_refused_by_its_name(
    deployment: Deployment, door: Any, owner: Any, ours: Side, theirs: Side, path: str
):
    shop, before = await Shop.open(door, deployment, ours.tenant), await changes.sums(owner, theirs.tenant)
    places: list[tuple[str, dict[str, Any]]] = []
    for name, value in claimed(theirs).items():
        places.append((name, {**BODIES[path], name: value}))
        if path == "/conversions" and name != "id":
            customer = {**BODIES[path]["customer"], name: value}
            places.append((f"customer.{name}", {**BODIES[path], "customer": customer}))
        if path == "/customers":
            places.append((f"consents[0].{name}", {**BODIES[path], "consents": [{**CONSENT, name: value}]}))
    for name, body in places:
        answer = await shop.post(path, body)
        assert answer.status_code == 422, name
        assert name in [fault["field"] for fault in answer.json()["errors"]]
        assert theirs.marker not in answer.text
        tally.note("fields nobody asked for")
    assert await changes.sums(owner, theirs.tenant) == before
    await shop.client.aclose()


async def test_a_form_takes_no_field_it_does_not_show(door: Any, owner: Any, ours: Side, theirs: Side):
    """Fields beside the form's are passed over: what they claim is nobody's."""
    before = await changes.sums(owner, theirs.tenant)
    forms = {
        "/console/keys": {"name": "a shop that claims", "scope_rewards.read": "yes"},
        "/portal/login": {"email": "claims@people.example"},
    }
    for path, form in forms.items():
        answer = await asked(
            door,
            path,
            host=ours.tenant.host,
            method="POST",
            data={name: str(value) for name, value in claimed(theirs).items()} | form,
            extra={**callers.of(ours)["owner"], "sec-fetch-site": "same-origin"},
        )
        assert answer.status_code in (200, 201)
        tally.note("fields nobody asked for")
    assert await changes.sums(owner, theirs.tenant) == before


async def test_whatever_an_import_or_a_call_claims_a_consent_is_given_to_this_company(
    deployment: Deployment, door: Any, ours: Side, theirs: Side
):
    at, email = clock.now(), f"claimed-{ours.marker}@people.example"
    table = (
        f"email,consent,controller,company\n{email},asked at the counter,{theirs.marker} GmbH,{theirs.tenant.slug}\n"
    )
    mapping = reading.guess(["email", "consent", "controller", "company"])
    async with deployment.scopes.inside(ours.tenant):
        rows = list(reading.read(table.encode(), mapping=mapping, limits=reading.IN_A_FORM))
        await importing.import_rows(rows, source="test", actor="system:test", dry_run=False, at=at)
    shop = await Shop.open(door, deployment, ours.tenant)
    assert (await shop.post("/customers", {"email": email, "consents": [CONSENT]})).status_code == 200
    async with deployment.scopes.reading(ours.tenant):
        controllers = await ground.fetch("SELECT DISTINCT controller, controller_id FROM consent_event")
    assert len(controllers) == 1
    assert controllers[0]["controller_id"] == ours.tenant.id
    assert f"{ours.marker} GmbH" in controllers[0]["controller"]
    tally.note("consents to somebody else", 2)
    await shop.client.aclose()


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO consent_event ({_ITS}, position, controller_id) "
        f"SELECT {_ANOTHER}, $1::uuid FROM consent_event LIMIT 1",
        "UPDATE consent_event SET controller_id = $1::uuid",
    ],
)
async def test_not_even_the_companys_own_role_gives_a_consent_to_somebody_else(
    deployment: Deployment, ours: Side, theirs: Side, statement: str
):
    with pytest.raises((asyncpg.GeneratedAlwaysError, asyncpg.InsufficientPrivilegeError)):
        async with deployment.scopes.inside(ours.tenant):
            await ground.execute(statement, theirs.tenant.id)
    # The same without another company's id is a consent like any other.
    async with deployment.scopes.inside(ours.tenant):
        assert await ground.execute(ITS_OWN) == 1
    tally.note("consents to somebody else")


async def test_one_idempotency_key_is_two_at_two_companies(deployment: Deployment, door: Any, ours: Side, theirs: Side):
    key, told = "the same key", []
    for side in (ours, theirs):
        shop = await Shop.open(door, deployment, side.tenant)
        told.append(await shop.post("/customers", {"email": "same@people.example"}, once=key))
        assert (await shop.post("/customers", {"email": "same@people.example"}, once=key)).headers[
            "idempotent-replayed"
        ] == "true"
        await shop.client.aclose()
    assert [answer.status_code for answer in told] == [201, 201], "both were done, and neither is the other's answer"
    assert told[0].json()["id"] != told[1].json()["id"]
    assert "idempotent-replayed" not in told[1].headers
    tally.note("keys of one name", 2)


async def test_what_is_taken_already_is_said_without_saying_by_whom(door: Any, ours: Side, theirs: Side):
    """A violated index quotes the row that is in the way; no answer does."""
    doubled = {"name": ours.words["key_name"], "scope_rewards.read": "yes"}
    answer = await asked(
        door,
        "/console/keys",
        host=ours.tenant.host,
        method="POST",
        data=doubled,
        extra={**callers.of(ours)["owner"], "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 422
    for told in ("Key (", "already exists", "duplicate key", "constraint"):
        assert told not in answer.text
    tally.note("errors")
