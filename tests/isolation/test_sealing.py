"""Whoever takes the database without the keys has nobody's name, and no seal opens anywhere but where it was made."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from pydantic import SecretStr

from leumund import asgi
from leumund.customers.intake import importing
from leumund.customers.records import finding, registering
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground, idempotency
from leumund.kit.idempotency import Answer
from leumund.kit.sealing import Column
from leumund.messages import delivering
from leumund.rewards import converting, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.refusing import Refusal
from leumund.staff import inviting
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys.wrapping import MasterMissing
from leumund.tenancy.scope import Scopes
from tests import polled
from tests.isolation.callers import asked
from tests.rooms import whole

OpenCompany = Callable[[str], Awaitable[Tenant]]
# What a thief would look for, as it may stand in a row: each word belongs to nobody else.
CANARIES = (
    "quendelanna",
    "quendelbert",
    "quendelmallory",
    "quendelclara",
    "Rosmarin",
    "Thymian",
    "Salbei",
    "Estragon",
    "Kerbel",
    "Majoran",
    "4930471147",
    "1971-03-09",
)
_TABLES = "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r'"
EMAIL, GIVEN = Column("customer", "email_sealed"), Column("customer", "given_name_sealed")


async def journey() -> None:
    """All that leaves words of people behind: an import, a survey, a recommendation, a refusal, staff and mails."""
    at = clock.now()
    await whole.company(at=at)
    code = await whole.advocate("quendelanna@people.example", at=at)
    await whole.friend(code, "quendelbert@people.example", at=at)
    rows = [
        {
            "external_id": "K-1",
            "email": "quendelclara@people.example",
            "given_name": "Rosmarin",
            "family_name": "Thymian",
            "phone": "+4930471147",
            "birth_date": "1971-03-09",
            "survey_consent": "am Stand von Salbei",
        }
    ]
    report = await importing.import_rows(rows, source="file", actor="system:test", dry_run=False, at=at)
    assert (report.created, report.consents) == (1, 1)
    clara = await finding.by_email(email="quendelclara@people.example")
    assert clara is not None
    await polled.invite([clara.id], languages=["de"], at=at)
    (invited,) = await ground.fetch("SELECT id FROM survey_invitation")
    await whole.answer(invited["id"], 3, comment="Estragon war unhöflich", at=at)
    order = Order(
        order_id="A-1",
        cents=900_000,
        currency="EUR",
        customer=CustomerRef(email="quendelbert@people.example"),
        occurred_at=at,
    )
    done = await converting.convert(order=order, at=at)
    assert (done.referral, done.referral_state) == (done.referral, "in_review")
    member = await inviting.invite(
        email="quendelmallory@staff.example", name="Kerbel", role="owner", language="de", actor="system:test", at=at
    )
    assert done.referral is not None
    await reviewing.refuse(
        referral=done.referral,
        refusal=Refusal(category="other", words="Majoran kauft für sich"),
        by=member.member,
        at=at,
    )
    await idempotency.recall(key="order of quendelbert@people.example", request="Rosmarin Thymian", at=at)
    await idempotency.keep(key="order of quendelbert@people.example", answer=Answer(status=200, body="{}"))
    for mail in await ground.fetch("SELECT id FROM message"):
        await delivering.deliver(message=mail["id"], post=_post, at=at)


async def _post(_: object) -> str:
    return "250 2.0.0"


async def shown(connection: asyncpg.Connection, schema_name: str) -> str:
    """Every row of a company as whoever owns the database reads it, with bytes both as they are and as text."""
    told = []
    for row in await connection.fetch(_TABLES, schema_name):
        for found in await connection.fetch(f'SELECT * FROM {schema_name}."{row["relname"]}"'):
            told += [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in found.values()]
    return "\n".join(told)


def canaries(told: str) -> set[str]:
    return {word for word in CANARIES if word.lower() in told.lower()}


async def test_a_whole_journey_leaves_no_word_of_a_person_in_any_row(
    deployment: Deployment, open_company: OpenCompany, owner: asyncpg.Connection
):
    companies = [await open_company(name) for name in ("linden", "birke")]
    for tenant in companies:
        async with deployment.scopes.inside(tenant):
            await journey()
    for tenant in companies:
        told = await shown(owner, tenant.schema_name)
        assert "Lindenstraße" in told, "what is published is there to be read: the attack can succeed"
        assert canaries(told) == set()
        async with deployment.scopes.reading(tenant):
            clara = await finding.by_email(email="quendelclara@people.example")
        assert clara is not None
        assert canaries(str(clara)) == {"quendelclara", "Rosmarin", "Thymian", "4930471147"}, "and who may, reads it"


async def test_what_lies_on_the_disk_holds_no_word_either(
    deployment: Deployment, company: Tenant, owner: asyncpg.Connection
):
    async with deployment.scopes.inside(company):
        await journey()
    folder = deployment.settings.data.absolute() / "postgres"
    get_server(folder).psql("CHECKPOINT;")
    paths = await owner.fetch(
        "SELECT pg_relation_filepath(c.oid) AS path FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace "
        "AND c.relkind IN ('r', 'i', 't')",
        company.schema_name,
    )
    stored = b"".join((folder / row["path"]).read_bytes() for row in paths).decode("latin-1")
    assert "Lindenstr" in stored, "it is the right folder, and its files are written"
    assert canaries(stored) == set()


async def person(email: str) -> UUID:
    record = Record(email=email, given_name=email, family_name="Linde")
    return (await registering.register(record=record, source="test", at=clock.now())).id


async def test_a_row_carried_to_another_company_under_the_same_id_does_not_open(
    deployment: Deployment, open_company: OpenCompany, owner: asyncpg.Connection
):
    linden, birke = await open_company("linden"), await open_company("birke")
    async with deployment.scopes.inside(linden):
        anna = await person("anna@people.example")
    await owner.execute(
        f"INSERT INTO {birke.schema_name}.customer SELECT * FROM {linden.schema_name}.customer WHERE id = $1", anna
    )
    async with deployment.scopes.reading(birke):
        assert await finding.by_email(email="anna@people.example") is None, "nor is it found by its hash"
        carried = await finding.known(customer=anna)
        assert (carried.is_gone, carried.name, carried.email) == (True, "", None), "without its key it tells nothing"
    await owner.execute(
        f"INSERT INTO {birke.schema_name}.person_key SELECT * FROM {linden.schema_name}.person_key WHERE id = $1", anna
    )
    async with deployment.scopes.reading(birke):
        with pytest.raises(InvalidTag):
            await finding.known(customer=anna)
    async with deployment.scopes.reading(linden):
        assert (await finding.known(customer=anna)).email == "anna@people.example"


@pytest.mark.parametrize(
    "change",
    [
        "email_sealed = given_name_sealed",
        "email_sealed = (SELECT email_sealed FROM customer o WHERE o.id <> customer.id)",
        "email_sealed = substring(email_sealed FROM 1 FOR length(email_sealed) - 1)",
        "email_sealed = substring(email_sealed FROM 1 FOR 20)",
        "email_sealed = set_bit(email_sealed, 8 * length(email_sealed) - 1, "
        "1 - get_bit(email_sealed, 8 * length(email_sealed) - 1))",
        "email_sealed = set_bit(email_sealed, 20, 1 - get_bit(email_sealed, 20))",
        "email_sealed = set_bit(email_sealed, 130, 1 - get_bit(email_sealed, 130))",
    ],
    ids=["column", "row", "truncated", "cut short", "tag", "nonce", "text"],
)
async def test_a_seal_that_was_moved_or_touched_does_not_open(deployment: Deployment, company: Tenant, change: str):
    async with deployment.scopes.inside(company):
        anna, bert = await person("anna@people.example"), await person("bert@people.example")
        assert (await finding.known(customer=anna)).email == "anna@people.example"
        await ground.execute(f"UPDATE customer SET {change} WHERE id = $1", anna)
        with pytest.raises(InvalidTag):
            await finding.known(customer=anna)
        assert (await finding.known(customer=bert)).email == "bert@people.example"


async def test_the_same_name_is_sealed_otherwise_in_each_row_and_hashed_otherwise_in_each_company(
    deployment: Deployment, open_company: OpenCompany
):
    kept = []
    for name in ("linden", "birke"):
        async with deployment.scopes.inside(await open_company(name)):
            await person("anna@people.example")
            await inviting.invite(
                email="anna@people.example", name="Anna", role="owner", language="de", actor="system:t", at=clock.now()
            )
            kept += await ground.fetch("SELECT email_sealed::text, email_hash, found_by::text FROM customer")
            kept += await ground.fetch("SELECT email_sealed::text, email_hash, name_sealed::text FROM staff_member")
    values = [value for row in kept for value in row.values()]
    assert len(set(values)) == len(values), "nothing joins two companies, nor a customer and a member"


async def test_with_another_master_key_a_page_is_a_fault_with_an_id_and_nothing_is_lost(
    deployment: Deployment, door: Any, company: Tenant
):
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now())
        await person("anna@people.example")
    wrong = SecretStr("another master key, which never wrapped anything")
    scopes = Scopes(deployment.settings.model_copy(update={"master_keys": wrong}), deployment.pools)
    with pytest.raises(MasterMissing) as missing:
        async with scopes.reading(company):
            pass
    assert "needs master key" in str(missing.value)
    locked = asgi.create()
    locked.use(deployment._replace(scopes=scopes))
    answer = await asked(locked, "/portal/login", host=company.host)
    assert answer.status_code == 500
    assert "<code>" in answer.text
    assert "anna" not in answer.text
    assert (await asked(door, "/portal/login", host=company.host)).status_code == 200


@pytest.mark.parametrize(
    "broken",
    [
        "INSERT INTO customer (email_sealed, email_hash, source, created_at, updated_at) "
        "SELECT email_sealed, email_hash, 'x', now(), now() FROM customer WHERE id = $1",
        "UPDATE customer SET country = 'nowhere' WHERE id = $1",
    ],
    ids=["address taken", "row refused"],
)
async def test_what_the_database_says_of_a_row_it_refuses_names_nobody(
    deployment: Deployment, company: Tenant, broken: str
):
    async with deployment.scopes.inside(company):
        anna = await person("anna@people.example")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        async with deployment.scopes.inside(company):
            await ground.execute(broken, anna)
    said = str(refused.value.as_dict())
    assert "email_hash" in said or str(anna) in said, "it quotes the row: the attack can succeed"
    assert "anna@" not in said
