"""A company that ran a program before programs had versions keeps what it promised, and to whom."""

from uuid import uuid4

import asyncpg

from leumund.tenancy import migrating
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment

VERSIONS = next(each.version for each in migrating.history("tenant") if each.name.endswith("_versions_of_programs"))
BEFORE = """
INSERT INTO customer (id, external_id, source, created_at, updated_at) SELECT
    md5(name)::uuid, name, 'test', '2026-01-01Z', '2026-01-01Z' FROM unnest(ARRAY['anna', 'bert', 'clara']) AS name;
INSERT INTO consent_text (id, kind, language, version, title, wording, sha256, published_at)
VALUES (md5('terms')::uuid, 'terms', 'de', 1, 'Teilnahme', 'Wir zahlen.', '', '2026-01-01Z');
INSERT INTO program (id, key, state, texts, currency, budget_cents, hold_days, updated_at) VALUES
    (md5('freunde')::uuid, 'freunde', 'live', '{"de": {"headline": "Freunde"}}', 'EUR', 100000, 14, '2026-03-01Z'),
    (md5('nachbarn')::uuid, 'nachbarn', 'draft', '{"de": {}}', 'EUR', 0, 30, '2026-02-01Z');
INSERT INTO reward_rule (id, program, side, kind, cents, minimum_order_cents, effective_at, retired_at) VALUES
    (md5('once')::uuid, md5('freunde')::uuid, 'advocate', 'cash', 5000, 0, '2026-01-01Z', '2026-03-01Z'),
    (md5('now')::uuid, md5('freunde')::uuid, 'advocate', 'cash', 7500, 900, '2026-03-01Z', NULL),
    (md5('always')::uuid, md5('freunde')::uuid, 'friend', 'voucher', 2500, 0, '2026-01-01Z', NULL);
INSERT INTO participation (program, customer, terms, requested_at) VALUES
    (md5('freunde')::uuid, md5('anna')::uuid, md5('terms')::uuid, '2026-01-10Z');
INSERT INTO share_link (id, program, advocate, code, created_at)
VALUES (md5('link')::uuid, md5('freunde')::uuid, md5('anna')::uuid, 'annasnewcode', '2026-01-10Z');
INSERT INTO referral (program, link, advocate, friend, request, terms, state, attributed_at)
SELECT md5('freunde')::uuid, md5('link')::uuid, md5('anna')::uuid, md5(name)::uuid, gen_random_uuid(),
    md5('terms')::uuid, 'attributed', at
FROM (VALUES ('bert', '2026-02-01Z'::timestamptz), ('clara', '2026-03-05Z')) AS friends (name, at);
INSERT INTO conversion (id, program, order_id, customer, cents, currency, occurred_at, recorded_at)
VALUES (md5('order')::uuid, md5('freunde')::uuid, '4711', md5('bert')::uuid, 9000, 'EUR', '2026-02-02Z', '2026-02-02Z');
INSERT INTO reward (program, referral, conversion, rule, side, beneficiary, kind, cents, currency, state, granted_at,
    hold_until)
SELECT md5('freunde')::uuid, id, md5('order')::uuid, md5('once')::uuid, 'advocate', advocate, 'cash', 5000, 'EUR',
    'pending', '2026-02-02Z', '2026-02-16Z' FROM referral WHERE friend = md5('bert')::uuid;
"""
PROMISED = """
SELECT v.number, r.key, r.cents, r.id = ANY (ARRAY[md5('once')::uuid, md5('now')::uuid, md5('always')::uuid]) AS same
FROM program p JOIN program_version v ON v.program = p.id LEFT JOIN reward_rule r ON r.version = v.id
WHERE p.key = $1 ORDER BY v.number, r.key
"""
OF_WHOM = """
SELECT v.number FROM referral r JOIN program_version v ON v.id = r.version ORDER BY r.attributed_at
"""


async def test_each_promise_stands_in_the_version_it_was_made_in(deployment: Deployment):
    async with as_owner(deployment.server) as connection:
        undone = connection.transaction()
        await undone.start()
        try:
            await _carried(connection)
            assert [tuple(row) for row in await connection.fetch(PROMISED, "freunde")] == [
                (1, "advocate", 5000, True),
                (1, "friend", 2500, True),
                (2, "advocate", 7500, True),
                (2, "friend", 2500, False),
            ]
            assert [tuple(row) for row in await connection.fetch(PROMISED, "nachbarn")] == [(1, None, None, None)]
            assert [row["number"] for row in await connection.fetch(OF_WHOM)] == [1, 2]
            joined = "SELECT number FROM participation t JOIN program_version v ON v.id = t.version"
            assert await connection.fetchval(joined) == 1
            earned = "SELECT v.number FROM reward w JOIN reward_rule r ON r.id = w.rule JOIN program_version v "
            assert await connection.fetchval(f"{earned} ON v.id = r.version") == 1
        finally:
            await undone.rollback()


async def _carried(connection: asyncpg.Connection) -> None:
    """A company with rows of before in a transaction, and the migration run over them."""
    schema = f"t_{uuid4().hex[:16]}"
    await connection.execute(f'CREATE ROLE "{schema}"; CREATE SCHEMA "{schema}"')
    history = migrating.history("tenant")
    await connection.execute(migrating.script_for(schema, history[: VERSIONS - 1], company=uuid4()))
    await connection.execute(BEFORE)
    await connection.execute(migrating.script_for(schema, history[VERSIONS - 1 : VERSIONS], company=uuid4()))
