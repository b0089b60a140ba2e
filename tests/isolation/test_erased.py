"""Of somebody erased there is no trace: in no row of any schema, under no key that is left, in no archive or old copy.

Anna has canary words wherever the company keeps something of her. Deeds put them there, and whatever column no deed has
filled is filled here, so that a new column cannot be forgotten.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from leumund.consent.evidence import verifying
from leumund.customers.intake import telling
from leumund.customers.intake.telling import Claimed
from leumund.customers.login import visiting
from leumund.customers.records.registering import Record
from leumund.customers.segments import keeping as segments
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.keeping import Worded
from leumund.kit import ground, personal
from leumund.kit.faults import Refused
from leumund.kit.sealing import Column
from leumund.kit.vaults import KeyMissing
from leumund.ledger import balancing
from leumund.messages.words.letters import Words
from leumund.privacy import register
from leumund.privacy.cases import opening
from leumund.privacy.cases.opening import Asked
from leumund.privacy.copies import accessing, collecting
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import restricting
from leumund.programs import offering
from leumund.referrals.claims import hearing
from leumund.referrals.claims.telling import Told
from leumund.referrals.codes import claiming
from leumund.rewards import converting, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.purchases import refusals
from leumund.rewards.refusing import Refusal
from leumund.surveys.caring import jotting, replying
from leumund.surveys.caring import opening as caring
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.isolation import greetings, paid_by_stripe, tally
from tests.journeys import elsewhere, test_archives
from tests.rooms import whole
from tests.rooms.brought import lines

ANNA, BERT, CLARA = "zwitscher.kanari@kundin.example", "bert@freund.example", "clara@kundin.example"
DUE = NOON + erasing.GRACE
# Every word of hers has one of these in it.
CANARIES = ("kanari", "30901820", "1931-07-19")
OFFICER = UUID(int=1)
_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  -- Other tests have companies of their own, where their Anna still is.
  AND (n.nspname = $1 OR n.nspname NOT LIKE 't\\_%')
"""
_SEALED = """
SELECT c.relname AS "table", a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  AND a.attname LIKE '%\\_sealed'
"""


class Seal(NamedTuple):
    """A seal as it lies in a row or in a copy of it."""

    column: Column
    row: UUID
    content: bytes


class Canary(NamedTuple):
    """Anna, whose company she is of, and a copy of its seals from before she was erased."""

    tenant: Tenant
    customer: UUID
    copy: Sequence[Seal]


@pytest.fixture
async def canary(deployment: Deployment, company: Tenant) -> Canary:
    """Everything of Anna there can be, and the backup of that night."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        anna = await _fill()
        await _fill_the_rest(anna)
    async with deployment.scopes.inside(company):
        return Canary(company, anna, await _seals())


async def _fill() -> UUID:
    """Anna recommends, is recommended, is asked, answers, asks for her rights, and is refused something."""
    record = Record(
        email=ANNA,
        external_id="KANARI-4711",
        given_name="Kanaria",
        family_name="Kanarienvogel",
        phone="+49 30 901820",
        birth_date=date(1931, 7, 19),
    )
    await whole.friend(await whole.advocate(CLARA, at=NOON), ANNA, at=NOON)
    anna = (await telling.tell(record=record, consents=[_claimed()], source="test", at=NOON)).customer
    await whole.friend(await whole.advocate(ANNA, at=NOON), BERT, at=NOON)
    await claiming.claim(customer=anna, program=(await offering.current(at=NOON)).id, wish="Kanari", at=NOON)
    await whole.answered(anna, score=3, comment="Kanari sagt danke", at=NOON)
    await _look_after(anna)
    await _evaluate(anna)
    await greetings.leave("gruss", customer=anna, member=uuid4(), at=NOON)
    for order, email, cents in (("B-1", ANNA, 900_000), ("B-2", BERT, 900_000)):
        bought = Order(order_id=order, customer=CustomerRef(email=email), cents=cents, currency="EUR", occurred_at=NOON)
        await converting.convert(order=bought, at=NOON)
    waiting = await ground.fetch("SELECT id FROM referral WHERE state = 'in_review' ORDER BY advocate = $1", anna)
    await reviewing.approve(referral=waiting[0]["id"], by=OFFICER, at=NOON)
    await reviewing.refuse(
        referral=waiting[1]["id"],
        refusal=Refusal(category="other", words="Kanari wohnt mit ihm zusammen"),
        by=OFFICER,
        at=NOON,
    )
    await ground.execute("UPDATE reward SET state = 'paid'")
    login = await visiting.open_login(customer=anna, at=NOON)
    await visiting.enter(login=login, at=NOON)
    asked = Asked(kind="access", customer=anna, came="portal", language="de", words="Kanari möchte alles sehen")
    await opening.open(asked=asked, actor=f"customer:{anna}", identified=True, at=NOON)
    await restricting.restrict(customer=anna, reason="unlawful", actor=f"customer:{anna}", at=NOON)
    return anna


async def _look_after(anna: UUID) -> None:
    """Somebody writes down a word about her, and writes to her."""
    (answer,) = await ground.fetch("SELECT id FROM survey_answer WHERE customer = $1", anna)
    case = await caring.open(answer=answer["id"], at=NOON)
    assert case is not None
    await jotting.jot(case=case, text="Kanari war am Telefon freundlich", by=OFFICER, at=NOON)
    words = Words(None, "Ihre Antwort, Frau Kanarienvogel", "Kanari, das tut uns leid.")
    await replying.reply(case=case, words=words, by=OFFICER, at=NOON)


def _claimed() -> Claimed:
    basis = "Kanari sagte am Telefon ja zu Umfragen"
    return Claimed(purpose="survey", channel="email", basis=basis, given_at=NOON - timedelta(days=1))


async def _evaluate(anna: UUID) -> None:
    """She is in a segment, has a class that was another one before, and likes something."""
    everybody = Group(join="all", of=(Condition(fact="stage", op="in", among=("customer",)),))
    worded = Worded(name="Alle", purpose="Einladung zum Sommerfest", definition=Definition(root=everybody))
    segment = await segments.create(worded=worded, actor="system:test", at=NOON)
    await ground.execute("INSERT INTO segment_member VALUES ($1, $2, $3)", segment, anna, NOON.date())
    await ground.execute("INSERT INTO customer_class VALUES ($1, 'EUR', 'A', 1, 9, 0, 9, $2)", anna, NOON.date())
    await ground.execute("INSERT INTO class_change VALUES ($1, 'EUR', $2, 'B', 'A', NULL)", anna, NOON.date())
    await ground.execute("INSERT INTO customer_interest VALUES ($1, 'gas', 3, 3, 0.2, 0.5)", anna)


async def _fill_the_rest(anna: UUID) -> None:
    """Rows of tables no deed above has written to, and words in every column that could hold some."""
    await ground.execute(
        "INSERT INTO customer_factor (id, customer, kind, secret_sealed, created_at, counts_at) "
        "VALUES ($1, $2, 'totp', 'x', $3, $3)",
        uuid4(),
        anna,
        NOON,
    )
    await ground.execute(
        "INSERT INTO survey_event (event_ref, customer, key, event, attributes, happened_at, received_at, due_at) "
        "VALUES ('KANARI-E1', $1, 'nps', 'kanari', '{\"terminal\": \"Kanari\"}', $2, $2, $2)",
        anna,
        NOON,
    )
    await ground.execute(
        "INSERT INTO survey_held (key, customer, step, reason, at) VALUES ('nps', $1, 0, 'kanari', $2)", anna, NOON
    )
    # As an older copy may bring one back of somebody whose data rest.
    await ground.execute("INSERT INTO advocate_score VALUES ($1, 1, 50, 40, 60, 50, '[]', $2)", anna, NOON)
    await _pay(anna)
    await _give_back(anna)
    await _bring(anna)
    key = await personal.key(person=anna)
    for name, table in register.read().of_people.items():
        for column in (column for column in table.placed if column.endswith("_sealed") and name != "person_key"):
            where = " OR ".join(path.sql for path in table.paths)
            for row in await ground.fetch(f"SELECT id, {column} FROM {name} WHERE {where}", anna):
                if row[column] in (None, b"x") and not await _appends_only(name, column):
                    words = Column(name, column).seal(f"Kanari in {name}.{column}", row["id"], key=key)
                    await ground.execute(f"UPDATE {name} SET {column} = $2 WHERE id = $1", row["id"], words)


async def _give_back(anna: UUID) -> None:
    """A part of what she bought came back, and somebody looks again at who recommended her."""
    for statement in (
        "INSERT INTO refund (order_id, told_as, cents, told_at, conversion) "
        "SELECT order_id, 'part', 1, $2, id FROM conversion WHERE customer = $1",
        "INSERT INTO reward_reduction (reward, refund, cents, reduced_at) "
        "SELECT id, gen_random_uuid(), 1, $2 FROM reward WHERE beneficiary = $1",
        "INSERT INTO review_hold (referral, held_at) SELECT id, $2 FROM referral WHERE advocate = $1",
        "INSERT INTO referral_claim (id, customer, way, claimed_at, told_at, conditions_shown) "
        "VALUES (gen_random_uuid(), $1, 'code', $2, $2, false)",
        "INSERT INTO claim_judgement (claim, conversion, reason, at) SELECT k.id, c.id, 'code_unknown', $2 "
        "FROM referral_claim k JOIN conversion c ON c.customer = k.customer WHERE k.customer = $1",
    ):
        await ground.execute(statement, anna, NOON)
    told = Told(way="support", claimed_at=NOON)
    await hearing.keep(customer=anna, told=told, reason="Kanari rief an", by=OFFICER, at=NOON)


async def _bring(anna: UUID) -> None:
    """A row of a file that names her was refused."""
    brought = uuid4()
    await ground.execute(
        "INSERT INTO purchase_import (id, state, row_count, kept_by, kept_at) VALUES ($1, 'waiting', 1, $1, $2)",
        brought,
        NOON,
    )
    (line,) = lines(f";{ANNA};KANARI-3;-1;gestern")
    await refusals.keep(into=brought, refusal=refusals.of(line, Refused("errors.purchases.no_order")), at=NOON)


async def _pay(anna: UUID) -> None:
    """She was paid and given a code, and said where to."""
    batch, payout, pool = uuid4(), uuid4(), uuid4()
    await ground.execute(
        "INSERT INTO payout_batch (id, way, currency, created_at) VALUES ($1, 'manual', 'EUR', $2)", batch, NOON
    )
    await ground.execute(
        "INSERT INTO payout (id, batch, beneficiary, way, cents, currency, state, idempotency_key, "
        "created_at, approved_at, submitted_at, settled_at) "
        "VALUES ($1, $2, $3, 'manual', 1, 'EUR', 'confirmed', $1, $4, $4, $4, $4)",
        payout,
        batch,
        anna,
        NOON,
    )
    await ground.execute("INSERT INTO payout_transfer (id, iban_sealed, holder_sealed) VALUES ($1, 'x', 'x')", payout)
    await ground.execute(
        "INSERT INTO payout_item (payout, reward, cents) SELECT $1, id, cents FROM reward WHERE beneficiary = $2",
        payout,
        anna,
    )
    await ground.execute(
        "INSERT INTO payout_account (id, customer, iban_sealed, holder_sealed, entered_at) "
        "VALUES ($1, $2, 'x', 'x', $3)",
        uuid4(),
        anna,
        NOON,
    )
    await ground.execute(
        "INSERT INTO payout_address (id, customer, address_sealed, entered_at) VALUES ($1, $2, 'x', $3)",
        uuid4(),
        anna,
        NOON,
    )
    await ground.execute(
        "INSERT INTO voucher_pool (id, name, currency, cents, low_below, created_at, created_by) "
        "VALUES ($1, 'Bäume', 'EUR', 1, 1, $2, $1)",
        pool,
        NOON,
    )
    await ground.execute(
        "INSERT INTO voucher (id, pool, position, code_sealed, code_hash, added_at, payout, given_at) "
        "VALUES ($1, $2, 1, 'x', 'x', $3, $4, $3)",
        uuid4(),
        pool,
        NOON,
        payout,
    )
    await paid_by_stripe.leave("elsewhere", customer=anna, at=NOON)


async def _appends_only(table: str, column: str) -> bool:
    rows = await ground.fetch("SELECT has_column_privilege($1, $2, 'UPDATE') AS may", table, column)
    return not rows[0]["may"]


async def _seals() -> list[Seal]:
    found = []
    for row in await ground.fetch(_SEALED):
        column = Column(row["table"], row["name"])
        lines = await ground.fetch(
            f"SELECT id, {column.name} AS sealed FROM {column.table} WHERE {column.name} IS NOT NULL"
        )
        found += [Seal(column, line["id"], line["sealed"]) for line in lines]
    return found


async def _opened(seals: Sequence[Seal]) -> str:
    """What every key that is left opens of ``seals``."""
    people = [row["id"] for row in await ground.fetch("SELECT id FROM person_key")]
    keys = [None, *(await personal.keys(people=people)).values()]
    return "\n".join(text for seal in seals for key in keys if (text := _open(seal, key)))


def _open(seal: Seal, key: personal.PersonKey | None) -> str:
    try:
        return seal.column.unseal(seal.content, seal.row, key=key)
    except (InvalidTag, KeyMissing, UnicodeDecodeError):
        return ""


async def _dump(owner: asyncpg.Connection, tenant: Tenant) -> str:
    """Every row of every table of every schema there would be, were hers the only company, as text."""
    tables = [row["name"] for row in await owner.fetch(_TABLES, tenant.schema_name)]
    tally.note("tables searched for somebody erased", len(tables))
    rows = [await owner.fetch(f"SELECT t::text AS row FROM {table} t") for table in tables]
    return "\n".join(row["row"] for table in rows for row in table)


def traces(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text.casefold()]


async def _erase(deployment: Deployment, canary: Canary) -> None:
    async with deployment.scopes.inside(canary.tenant):
        await erasing.begin(
            customer=canary.customer,
            reason="consent_withdrawn",
            actor=f"customer:{canary.customer}",
            language="de",
            at=NOON,
        )
    async with deployment.scopes.inside(canary.tenant):
        assert await erasing.finish(customer=canary.customer, at=DUE)


@pytest.fixture
async def erased(deployment: Deployment, canary: Canary) -> Canary:
    await _erase(deployment, canary)
    return canary


async def test_before_she_is_erased_she_is_found_everywhere(
    deployment: Deployment, owner: asyncpg.Connection, canary: Canary
):
    """The negative control."""
    assert traces(await _dump(owner, canary.tenant)) == ["kanari"], "the number stands in the clear"
    async with deployment.scopes.reading(canary.tenant):
        opened = await _opened(await _seals())
        assert traces(opened) == list(CANARIES)
        told = await accessing.copy(customer=canary.customer, at=NOON)
    assert traces(accessing.as_json(told, language="de").decode()) == list(CANARIES)


async def test_every_column_of_hers_that_could_hold_words_held_some(deployment: Deployment, canary: Canary):
    async with deployment.scopes.reading(canary.tenant):
        filled = {f"{seal.column.table}.{seal.column.name}" for seal in canary.copy}
        hers = {name for name, rows in (await collecting.collect(customer=canary.customer)).items() if rows}
    tables = register.read().of_people
    sealed = {
        f"{name}.{column}" for name, table in tables.items() for column in table.placed if column.endswith("_sealed")
    }
    # What is on somebody keeps them from being erased; what has run out by then is deleted before.
    later = {"retention_hold.reason_sealed", "rights_proof.words_sealed", "person_key.key_sealed"}
    assert sealed - filled - later == set(), "a new column of hers is filled here, and looked for afterwards"
    assert {name for name, table in tables.items() if table.shown} - hers - {
        *("retention_hold", "rights_notice", "mail_return", "program_invitation", "click_count", "consent_request")
    } == set()


async def test_she_is_in_no_row_of_any_schema(deployment: Deployment, owner: asyncpg.Connection, erased: Canary):
    assert traces(await _dump(owner, erased.tenant)) == []


async def test_no_key_that_is_left_opens_anything_of_hers(deployment: Deployment, erased: Canary):
    async with deployment.scopes.reading(erased.tenant):
        assert traces(await _opened(await _seals())) == []
        assert "bert@freund.example" in await _opened(await _seals()), "the others' words are read as ever"


async def test_an_older_copy_tells_nothing_of_her(deployment: Deployment, erased: Canary):
    async with deployment.scopes.reading(erased.tenant):
        opened = await _opened(erased.copy)
    assert traces(opened) == []
    assert "bert@freund.example" in opened


async def test_she_is_in_no_archive(deployment: Deployment, erased: Canary, tmp_path: Path):
    await elsewhere.archived(deployment, erased.tenant, tmp_path)
    members: Mapping[str, Any] = test_archives.read(tmp_path)
    assert any(b"consent_event" in name.encode() for name in members)
    assert traces("\n".join(content.decode("utf-8", "replace") for content in members.values())) == []


async def test_the_books_still_balance_and_the_evidence_still_verifies(deployment: Deployment, erased: Canary):
    async with deployment.scopes.inside(erased.tenant):
        assert await balancing.totals() == {"EUR": 0}
        rewards = await ground.fetch("SELECT FROM reward WHERE beneficiary = $1", erased.customer)
        assert rewards, "what was paid to her is in the books"
        verdict = await verifying.verify()
    assert verdict.faults == []
    assert verdict.events > 0
