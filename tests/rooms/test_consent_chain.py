"""Whoever changes what was said about a consent is found, the database's owner included."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from leumund.company import describing
from leumund.consent.evidence import chaining, serving, verifying
from leumund.consent.evidence.chaining import Head, Link
from leumund.consent.evidence.serving import Served
from leumund.consent.giving import importing, requesting
from leumund.consent.giving.importing import Given
from leumund.consent.giving.requesting import Offered
from leumund.consent.stopping import objecting, withdrawing
from leumund.kit import ground
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import shell
from tests.rooms.test_consent import ANNA, PROFILE, ask, give, person, publish

NOON = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLARA = "clara@example.com"
# How each type of column is given another value that its table takes.
_OTHERWISE = {
    "uuid": "gen_random_uuid()",
    "timestamptz": "{0} + interval '1 microsecond'",
    "int4": "{0} + 1000",
    "jsonb": "coalesce({0}, '{{}}') || '{{\"chosen\": \"no\"}}'",
    "bytea": "set_byte({0}, length({0}) - 1, get_byte({0}, length({0}) - 1) # 1)",
    "text": "{0} || 'x'",
}
_WITHIN = {
    "state": "CASE state WHEN 'given' THEN 'refused' ELSE 'given' END",
    "channel": "CASE channel WHEN 'email' THEN 'post' ELSE 'email' END",
    "text": "(SELECT id FROM consent_text WHERE id <> event.text LIMIT 1)",
    "words_hash": "coalesce(words_hash || 'x', 'x')",
}


@pytest.fixture(scope="module")
async def told(deployment: Deployment, open_company: Any) -> Tenant:
    """A company with the stories of Anna, asked and asked again, and of Clara, whose consent came from elsewhere."""
    tenant: Tenant = await open_company("linden")
    async with deployment.scopes.inside(tenant):
        await describing.describe(profile=PROFILE, at=NOON)
        for purpose in ("survey", "recommendation"):
            await publish(purpose, ["email"], "de")
        anna, clara = await person(ANNA), await person(CLARA)
        await give(anna, "survey")
        await ask(anna, ("survey", False), ("recommendation", True), at=NOON + 2 * HOUR)
        await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + 3 * HOUR)
        basis = "Unterschrift auf der Messe"
        given = [Given(customer=clara, purpose="survey", channel="email", email=CLARA, basis=basis, at=NOON)]
        await importing.import_all(given=given, source="crm")
        await objecting.object_to_all(
            customer=clara, email=CLARA, source="letter", basis="Bitte nicht.", at=NOON + HOUR
        )
    return tenant


@pytest.fixture
async def mallory(deployment: Deployment, told: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """Inside the company as the database's owner, who may change everything and has no key; all is undone."""
    async with deployment.scopes.reading(told) as here:
        vault = here.vault
    async with servers.as_owner(deployment.server) as owner:
        await owner.execute(f"SET search_path = {told.schema_name}")
        token = ground.enter(ground.Ground(owner, origin="", vault=vault, is_twin=told.is_twin))
        turn = owner.transaction()
        await turn.start()
        try:
            yield owner
        finally:
            await turn.rollback()
            ground.leave(token)


async def kinds() -> set[str]:
    return {fault.kind for fault in (await verifying.verify()).faults}


@asynccontextmanager
async def undone(owner: asyncpg.Connection) -> AsyncIterator[None]:
    turn = owner.transaction()
    await turn.start()
    yield
    await turn.rollback()


async def test_untouched_stories_verify(deployment: Deployment, told: Tenant):
    async with deployment.scopes.reading(told):
        found = await verifying.verify()
    assert (found.people, found.faults) == (2, [])
    assert found.events >= 9


async def test_a_changed_character_in_any_column_of_any_event_is_found(mallory: asyncpg.Connection):
    # What the database makes by itself not even its owner can write, until it is told to be like any other column.
    await mallory.execute("ALTER TABLE consent_event ALTER COLUMN controller_id DROP EXPRESSION")
    columns = await mallory.fetch(
        "SELECT attname AS name, typname AS type FROM pg_attribute JOIN pg_type t ON t.oid = atttypid "
        "WHERE attrelid = 'consent_event'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'served'"
    )
    events = await mallory.fetch("SELECT * FROM consent_event")
    tried = 0
    for event in events:
        for column in columns:
            name, kind = column["name"], column["type"]
            if kind == "bytea" and event[name] is None:
                continue
            otherwise = _WITHIN.get(name) or _OTHERWISE[kind].format(name)
            async with undone(mallory):
                await mallory.execute(f"UPDATE consent_event event SET {name} = {otherwise} WHERE id = $1", event["id"])
                found = await kinds()
            assert found, f"{name} of a {event['state']}"
            # In whose chain an event stands is found by the heads; all else that it says, by its own hash.
            if name in Link.__struct_fields__ and name != "customer":
                assert "changed" in found, f"{name} of a {event['state']}"
            tried += 1
    assert tried > 130
    assert not await kinds()


async def test_another_form_than_was_served_is_found(mallory: asyncpg.Connection):
    await mallory.execute("INSERT INTO consent_block VALUES (gen_random_uuid(), 'none', '<p>')")
    served = await mallory.fetchval(
        "INSERT INTO consent_served (block, form, form_version, url, language, texts, served_at) "
        "SELECT id, 'landing', '', '', 'de', '[]', now() FROM consent_block RETURNING id"
    )
    assert await kinds() == {"block"}
    await mallory.execute("UPDATE consent_event SET served = $1 WHERE state = 'given'", served)
    assert await kinds() == {"block", "changed"}, "what was said in no form says nothing of one"


async def test_a_text_that_reads_otherwise_is_found(mallory: asyncpg.Connection):
    await mallory.execute("UPDATE consent_text SET wording = 'Ja zu allem.' WHERE purpose = 'survey'")
    assert await kinds() == {"text"}
    # Its digest made anew beside it does not help: the events have the old one.
    await mallory.execute(
        "UPDATE consent_text SET sha256 = encode(sha256((title || E'\\n\\n' || wording)::bytea), 'hex')"
    )
    assert await kinds() == {"wording"}


async def test_a_text_that_only_brought_consents_are_about_is_nobody_s_to_rewrite_either(mallory: asyncpg.Connection):
    await publish("post", ["post"], "de")
    clara = await mallory.fetchval("SELECT customer FROM consent_event WHERE source = 'crm' LIMIT 1")
    basis = "Unterschrift auf der Messe"
    given = [Given(customer=clara, purpose="post", channel="post", email=None, basis=basis, at=NOON)]
    assert await importing.import_all(given=given, source="crm")
    assert not await kinds()
    await mallory.execute(
        "UPDATE consent_text SET wording = 'Ja zu allem.', "
        "sha256 = encode(sha256((title || E'\n\nJa zu allem.')::bytea), 'hex') WHERE purpose = 'post'"
    )
    assert await kinds() == {"wording"}


@pytest.mark.parametrize("change", ["version = version + 1", "language = 'en'", "purpose = 'profiling'"])
async def test_a_text_that_is_told_to_be_another_one_is_found(mallory: asyncpg.Connection, change: str):
    await mallory.execute(f"UPDATE consent_text SET {change} WHERE purpose = 'survey'")
    assert await kinds() == {"wording"}


@pytest.mark.parametrize("which", ["(SELECT min(position) + 1 FROM consent_event)", "1"])
async def test_an_event_taken_away_is_found(mallory: asyncpg.Connection, which: str):
    await mallory.execute(f"DELETE FROM consent_event WHERE position = {which}")
    assert "missing" in await kinds()


async def test_a_tail_taken_away_is_found_with_the_head_set_back_too(mallory: asyncpg.Connection):
    await mallory.execute("DELETE FROM consent_event WHERE position > 3")
    assert await kinds() == {"missing"}
    await mallory.execute(
        "UPDATE consent_chain head SET position = event.position, chain_hash = event.chain_hash "
        "FROM consent_event event WHERE event.customer = head.id AND event.position = 3"
    )
    assert "forged" in await kinds()


async def test_an_event_put_in_is_found(mallory: asyncpg.Connection):
    await put_in(mallory, position="(SELECT max(position) + 1 FROM consent_event e WHERE e.customer = event.customer)")
    assert "inserted" in await kinds()


async def test_an_event_put_in_between_is_found(mallory: asyncpg.Connection):
    await mallory.execute("UPDATE consent_event SET position = position + 1000 WHERE position > 1")
    await mallory.execute("UPDATE consent_event SET position = position - 999 WHERE position > 1000")
    await put_in(mallory, position="2")
    assert "changed" in await kinds()


async def test_events_of_somebody_without_a_chain_are_found(mallory: asyncpg.Connection):
    await mallory.execute("DELETE FROM consent_chain")
    assert await kinds() == {"headless"}


async def test_however_many_people_there_are_the_last_one_is_looked_at_too(
    mallory: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(verifying, "_PEOPLE_AT_ONCE", 1)
    last = await mallory.fetchval("SELECT max(id::text)::uuid FROM consent_chain")
    await mallory.execute("UPDATE consent_event SET source = 'fair' WHERE customer = $1", last)
    verdict = await verifying.verify()
    assert (verdict.people, {fault.person for fault in verdict.faults}) == (2, {last})


async def test_a_chain_rewritten_whole_is_found_by_its_seal(mallory: asyncpg.Connection):
    await mallory.execute("UPDATE consent_event SET source = 'fair', words_hash = words_hash")
    heads = await rewritten(mallory)
    assert await kinds() == {"forged"}
    # With the company's key it would have passed: the seal is what found it.
    for who, head in heads.items():
        await mallory.execute(
            "UPDATE consent_chain SET seal_hash = $2 WHERE id = $1", who, chaining.seal_hash(who, head)
        )
    assert not await kinds()


@pytest.mark.parametrize("column", ["basis_sealed", "address_sealed"])
async def test_words_that_were_taken_away_beside_others_are_found(mallory: asyncpg.Connection, column: str):
    both = "basis_sealed IS NOT NULL AND address_sealed IS NOT NULL"
    assert await mallory.execute(f"UPDATE consent_event SET {column} = NULL WHERE {both}") == "UPDATE 1"
    assert await kinds() == {"words"}


async def test_who_goes_on_from_a_broken_chain_does_not_heal_it(mallory: asyncpg.Connection):
    await mallory.execute("UPDATE consent_event SET source = 'fair'")
    heads = await rewritten(mallory)
    going_on = next(iter(heads))
    await ask(going_on, ("survey", True), at=NOON + 5 * HOUR)
    assert [fault.kind for fault in await verifying.verify_one(person=going_on)] == ["forged"]


async def test_what_was_found_in_the_night_is_noted(mallory: asyncpg.Connection):
    await mallory.execute("UPDATE consent_event SET source = 'fair'")
    await verifying.verify_and_note(at=NOON)
    rows = await mallory.fetch("SELECT detail::text FROM audit_entry WHERE action = 'consent.chain_broken'")
    assert [row["detail"] for row in rows]
    assert '"changed"' in rows[0]["detail"]


@pytest.mark.parametrize("kept", ["''::bytea", "set_byte(key_sealed, 20, 255 - get_byte(key_sealed, 20))"])
async def test_a_key_that_does_not_open_is_found_and_keeps_nobody_elses_chain_from_being_read(
    mallory: asyncpg.Connection, kept: str
):
    await mallory.execute(
        f"UPDATE person_key SET key_sealed = {kept} WHERE id = (SELECT id FROM consent_chain LIMIT 1)"
    )
    verdict = await verifying.verify()
    assert (verdict.people, {fault.kind for fault in verdict.faults}) == (2, {"key"})


async def test_the_chain_holds_when_the_words_can_no_longer_be_read(mallory: asyncpg.Connection):
    await mallory.execute("DELETE FROM person_key")
    await mallory.execute("UPDATE consent_event SET basis_sealed = NULL, address_sealed = NULL")
    assert await kinds() == {"lost"}, "nobody was erased"
    await mallory.execute("UPDATE customer SET held = 'erased'")
    assert not await kinds()


@pytest.mark.parametrize(
    "change",
    [
        "form = 'landing'",
        "form_version = '0'",
        "url = '/elsewhere'",
        "language = 'en'",
        "texts = '[]'",
        "served_at = served_at - interval '1 microsecond'",
        "block = (SELECT id FROM consent_block WHERE html = 'Ja zu allem.')",
    ],
)
async def test_a_form_that_was_served_is_nobody_s_to_change(mallory: asyncpg.Connection, change: str):
    form = Served(form="join", version="1", url="/join", language="de", texts=[UUID(int=7)], html="<p>Ja?", at=NOON)
    await requesting.request(
        customer=await person("bert@example.com"),
        email="bert@example.com",
        offered=Offered(boxes={"survey": True}, language="de", source="test", served=form),
        at=NOON,
    )
    digest = serving.digest("Ja zu allem.")
    await mallory.execute("INSERT INTO consent_block VALUES (gen_random_uuid(), $1, 'Ja zu allem.')", digest)
    assert not await kinds()
    await mallory.execute(f"UPDATE consent_served SET {change}")
    assert await kinds() == {"form"}


async def put_in(owner: asyncpg.Connection, *, position: str) -> None:
    names = "customer, text, controller, purpose, channel, state, source, evidence, at, chain_hash"
    await owner.execute(
        f"INSERT INTO consent_event ({names}, position) SELECT {names}, {position} FROM consent_event event "
        "ORDER BY position DESC LIMIT 1"
    )


async def rewritten(owner: asyncpg.Connection) -> Mapping[UUID, Head]:
    """All chains computed anew by somebody who read how it is done, with heads that end where they end."""
    rows = await owner.fetch(f"SELECT {chaining.COLUMNS} FROM consent_event ORDER BY customer, position")
    heads: dict[UUID, Head] = {}
    for who, events in groupby(rows, key=itemgetter("customer")):
        before = chaining.BEGINNING
        for row in events:
            before = chaining.follow(before, chaining.link(row))
            await owner.execute("UPDATE consent_event SET chain_hash = $2 WHERE id = $1", row["id"], before)
            heads[who] = Head(row["position"], before)
        await owner.execute("UPDATE consent_chain SET chain_hash = $2 WHERE id = $1", who, before)
    return heads


async def test_the_command_tells_whose_chain_broke_where_and_ends_with_1(deployment: Deployment, told: Tenant):
    code, said = await shell.told(deployment.settings, "consent", "verify", told.slug)
    assert (code, said) == (0, f"{told.slug}: 2 people, 10 events, faults: 0\n")
    async with servers.as_owner(deployment.server) as owner:
        await owner.execute(f"SET search_path = {told.schema_name}")
        row = await owner.fetchrow("SELECT id, customer, position, source FROM consent_event LIMIT 1")
        assert row is not None
        change = "UPDATE consent_event SET source = $2 WHERE id = $1"
        await owner.execute(change, row["id"], row["source"] + "x")
        code, said = await shell.told(deployment.settings, "consent", "verify", "--all")
        await owner.execute(change, row["id"], row["source"])
    assert code == 1
    assert f"{row['customer']} at {row['position']}: does not say what it said" in said
