"""Fill a company with people who agreed to be evaluated, in a few statements, and always the same ones.

Each answered once, some take part and have friends, and some friends bought; whose did goes by how long they have been
customers, which is a lottery by number that tells the same every time.
"""

from datetime import datetime
from typing import Protocol


class Executing(Protocol):
    """What runs one statement with its values: the ground, or a connection."""

    async def __call__(self, sql: str, *arguments: object) -> object: ...


# A number from 0 to 1 drawn by lot for person ``n``, each lot by its own letter.
_LOT = "(('x' || left(md5('{lot}' || n), 8))::bit(32)::bigint)::float8 / 4294967296"
_PEOPLE = "FROM generate_series($1::integer, $2::integer) AS n WHERE $3::timestamptz IS NOT NULL"
_ID = "md5('scored' || n)::uuid"
_TENURE = f"(4000 * {_LOT.format(lot='t')})::integer"
_WINS = f"{_LOT.format(lot='w')} < CASE WHEN {_TENURE} > 2400 THEN 0.34 ELSE 0.03 END"
FILL = (
    f"""INSERT INTO customer
        (id, external_id, email_sealed, email_hash, source, customer_since_date, created_at, updated_at)
    SELECT {_ID}, 'S' || n, '\\x00'::bytea, 'hash of ' || n, 'bench', $3::date - 400 - {_TENURE},
        $3::timestamptz - interval '400 days', $3
    {_PEOPLE}""",
    f"""INSERT INTO consent_event
        (customer, text, controller, purpose, channel, state, source, at, position, chain_hash)
    SELECT {_ID}, (SELECT id FROM consent_text LIMIT 1), 'Linden', 'profile', 'email', 'given', 'bench',
        $3::timestamptz - interval '390 days', 1, '' {_PEOPLE}""",
    f"""INSERT INTO survey_answer (survey, customer, marks, language, channel, answered_at)
    SELECT (SELECT id FROM survey LIMIT 1), {_ID},
        jsonb_build_object('recommend', (10 * sqrt({_LOT.format(lot="m")}))::integer), 'de', 'import',
        $3::timestamptz - interval '200 days' - ({_LOT.format(lot="a")} * 600) * interval '1 day' {_PEOPLE}""",
    f"""INSERT INTO participation (program, version, customer, terms, requested_at, confirmed_at)
    SELECT (SELECT id FROM program LIMIT 1), (SELECT id FROM program_version LIMIT 1), {_ID},
        (SELECT id FROM consent_text WHERE kind = 'terms' LIMIT 1),
        $3::timestamptz - interval '300 days', $3::timestamptz - interval '300 days'
    {_PEOPLE} AND ({_WINS} OR n % 5 = 0)""",
    f"""INSERT INTO share_link (id, program, advocate, code, created_at)
    SELECT md5('link' || n)::uuid, (SELECT id FROM program LIMIT 1), {_ID}, left(md5('code' || n), 16),
        $3::timestamptz - interval '300 days' {_PEOPLE} AND {_WINS}""",
    # Friends are people of their own, who agreed to nothing.
    f"""INSERT INTO customer (id, external_id, source, created_at, updated_at)
    SELECT md5('friend' || n)::uuid, 'F' || n, 'bench', $3::timestamptz - interval '70 days', $3
    {_PEOPLE} AND {_WINS}""",
    f"""INSERT INTO referral
        (id, program, version, link, advocate, friend, request, terms, state, attributed_at, confirmed_at)
    SELECT md5('referral' || n)::uuid, (SELECT id FROM program LIMIT 1),
        (SELECT id FROM program_version LIMIT 1), md5('link' || n)::uuid, {_ID},
        md5('friend' || n)::uuid, md5('request' || n)::uuid,
        (SELECT id FROM consent_text WHERE kind = 'terms' LIMIT 1), 'approved', $3::timestamptz - interval '70 days',
        $3::timestamptz - interval '70 days' {_PEOPLE} AND {_WINS}""",
    f"""INSERT INTO conversion
        (program, order_id, customer, number, referral, cents, currency, occurred_at, recorded_at)
    SELECT (SELECT id FROM program LIMIT 1), 'F' || n, md5('friend' || n)::uuid, 1, md5('referral' || n)::uuid, 9900,
        'EUR', $3::timestamptz - interval '60 days', $3::timestamptz - interval '60 days' {_PEOPLE} AND {_WINS}""",
    f"""INSERT INTO conversion (program, order_id, customer, number, cents, currency, occurred_at, recorded_at)
    SELECT (SELECT id FROM program LIMIT 1), 'S' || n, {_ID}, 1, 1000 + n % 9000, 'EUR',
        $3::timestamptz - interval '250 days', $3::timestamptz - interval '250 days' {_PEOPLE} AND n % 3 = 0""",
)


async def fill(execute: Executing, *, first: int, last: int, at: datetime) -> None:
    """People number ``first`` to ``last``, as of ``at``; there has to be a company that speaks, offers and asks."""
    for statement in FILL:
        await execute(statement, first, last, at)
