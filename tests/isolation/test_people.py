"""Without the key of one person nobody reads a word of theirs, and everybody else's stand."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from leumund.customers.intake import importing
from leumund.customers.records import finding
from leumund.customers.records.registering import Erased, Record, register
from leumund.kit import clock, ground, personal
from leumund.rewards import listing as rewards
from leumund.surveys.answers import importing as answers
from leumund.surveys.answers import listing
from leumund.surveys.answers.answering import InvitationUnknown
from leumund.surveys.answers.importing import PastAnswer
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import rotating
from leumund.tenancy.keys.wrapping import Masters
from tests.isolation.test_keys import AT_ONCE
from tests.isolation.test_sealing import journey
from tests.journeys import staffing
from tests.journeys.guests import Guest
from tests.rooms import whole

BERT, CLARA = "quendelbert@people.example", "quendelclara@people.example"
# What a company says in its own name or of those who work there.
_COMPANYS = {"staff_member", "person_key"}
_SEALS = """
SELECT c.relname::text AS "table", a.attname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname LIKE '%\\_sealed'
"""


@pytest.fixture
async def told(deployment: Deployment, company: Tenant) -> Tenant:
    """A company after a whole journey: Bert's order was refused in words, and Clara said something."""
    async with deployment.scopes.inside(company):
        await journey()
    return company


async def seals() -> dict[str, list[bytes]]:
    """Every seal in every row of the open company, by table."""
    found: dict[str, list[bytes]] = {}
    for column in await ground.fetch(_SEALS):
        rows = await ground.fetch(f'SELECT "{column["name"]}" AS seal FROM "{column["table"]}"')
        found.setdefault(column["table"], []).extend(row["seal"] for row in rows if row["seal"] is not None)
    return {table: kept for table, kept in found.items() if kept}


async def clara() -> UUID:
    found = await finding.by_email(email=CLARA)
    assert found is not None
    return found.id


async def test_all_a_journey_leaves_of_people_lies_under_their_own_keys(deployment: Deployment, told: Tenant):
    async with deployment.scopes.reading(told):
        found = await seals()
        people = await ground.fetch("SELECT id FROM customer")
        assert set(await personal.keys(people=[row["id"] for row in people])) == {row["id"] for row in people}
    assert {"customer", "survey_answer", "referral", "consent_event", "staff_member"} <= found.keys()
    of_the_company = {
        table for table, kept in found.items() if any(not seal.startswith(personal.HEAD) for seal in kept)
    }
    assert of_the_company == _COMPANYS


async def test_a_destroyed_key_takes_one_person_s_words_and_nobody_else_s(deployment: Deployment, told: Tenant):
    async with deployment.scopes.inside(told):
        person, other = await clara(), await finding.by_email(email=BERT)
        assert await personal.destroy(people=[person]) == 1
    async with deployment.scopes.reading(told):
        known = await finding.known(customer=person)
        assert (known.name, known.email, known.phone, known.birth_date, known.external_id) == (
            "",
            None,
            None,
            None,
            "K-1",
        )
        (said,) = (await listing.answers()).rows
        assert (said.customer, said.name, said.comment, said.score) == (person, "K-1", "", 3)
        (own,) = await listing.answers_of(customer=person)
        assert own.comment == ""
        assert other is not None
        assert await finding.known(customer=other.id) == other


async def test_a_refusal_is_told_no_more_once_its_key_is_gone(deployment: Deployment, told: Tenant):
    async with deployment.scopes.reading(told):
        (before,) = (await rewards.referrals()).rows
    assert (before["reason"], before["friend"]) == ("Majoran kauft für sich", "Bert Beispiel")
    async with deployment.scopes.inside(told):
        await personal.destroy(people=[before["id"]])
    async with deployment.scopes.reading(told):
        (after,) = (await rewards.referrals()).rows
    assert after == before | {"reason": ""}, "it names either of two people, and goes with the first"


async def test_nothing_new_is_kept_of_somebody_whose_key_is_gone(deployment: Deployment, told: Tenant):
    async with deployment.scopes.inside(told):
        person = await clara()
        (invited,) = await ground.fetch("SELECT id FROM survey_invitation")
        await personal.destroy(people=[person])
    at = clock.now()
    async with deployment.scopes.inside(told):
        with pytest.raises(Erased):
            await register(record=Record(external_id="K-1", given_name="Rosmarin"), source="test", at=at)
        with pytest.raises(InvitationUnknown):
            await whole.answer(invited["id"], 9, comment="Dill", at=at)
        rows = [{"external_id": "K-1", "given_name": "Rosmarin"}, {"external_id": "K-2", "given_name": "Dill"}]
        report = await importing.import_rows(rows, source="file", actor="system:test", dry_run=False, at=at)
        assert (report.created, [row.key for row in report.refused]) == (1, ["errors.customers.erased"])
        past = PastAnswer(ref="1", external_id="K-1", score=9, language="de", answered_at=at, comment="Dill")
        assert await answers.import_answers(answers=[past], actor="system:test", at=at) == 1
        newest = (await listing.answers()).rows[0]
        assert (newest.customer, newest.comment) == (None, "Dill")


async def test_keys_take_turns_over_people_s_keys_and_leave_their_words_as_they_are(
    deployment: Deployment, told: Tenant
):
    async with deployment.scopes.reading(told):
        before, kept = await seals(), await ground.fetch("SELECT count(*) AS n FROM person_key")
        staff = await ground.fetch("SELECT count(*) AS n FROM staff_member")
    turns = rotating.rotate(deployment.server, Masters(deployment.settings), [told], pace=AT_ONCE)
    (rotated,) = [each async for each in turns]
    assert rotated.rows == kept[0]["n"] + staff[0]["n"]
    async with deployment.scopes.reading(await deployment.directory.by_slug(told.slug)):
        after = await seals()
        assert (await finding.known(customer=await clara())).given_name == "Rosmarin"
    assert {table for table, found in after.items() if found != before[table]} == _COMPANYS


async def test_one_person_s_key_in_another_s_place_opens_nothing(
    deployment: Deployment, told: Tenant, owner: asyncpg.Connection
):
    async with deployment.scopes.reading(told):
        bert = await finding.by_email(email=BERT)
        person = await clara()
    assert bert is not None
    await owner.execute(
        f"UPDATE {told.schema_name}.person_key SET key_sealed = (SELECT key_sealed FROM {told.schema_name}.person_key "
        "WHERE id = $2) WHERE id = $1",
        person,
        bert.id,
    )
    async with deployment.scopes.reading(told):
        assert (await finding.known(customer=bert.id)).email == BERT
        with pytest.raises(InvalidTag):
            await finding.known(customer=person)


@pytest.fixture
async def desk(deployment: Deployment, told: Tenant, door: Any) -> AsyncIterator[Guest]:
    """An owner of the company at the console."""
    guest = await staffing.at_desk(deployment, partial(Guest, door), told)
    yield guest
    await guest.close()


async def test_pages_about_somebody_whose_key_is_gone_say_so(deployment: Deployment, told: Tenant, desk: Guest):
    async with deployment.scopes.inside(told):
        people = [row["id"] for row in await ground.fetch("SELECT id FROM customer")]
        (referral,) = await ground.fetch("SELECT id FROM referral")
        (link,) = await ground.fetch("SELECT code FROM share_link")
    paths = [f"/console/customers/{person}" for person in people]
    paths += ["/console/customers", "/console/referrals", f"/console/referrals/{referral['id']}", "/console/surveys"]
    paths += ["/console", "/console/rewards", "/console/audit", f"/r/{link['code']}"]
    assert "Rosmarin" in (await desk.open("/console/customers")).text
    async with deployment.scopes.inside(told):
        assert await personal.destroy(people=[*people, referral["id"]]) == len(people) + 1
    for path in paths:
        page = await desk.open(path)
        assert page.status_code == 200, path
        assert not [
            word
            for word in ("Rosmarin", "quendelclara", "quendelbert", "Estragon", "Majoran", "Beispiel")
            # A hint that begins so names nobody.
            if word in page.text.replace("Zum Beispiel", "")
        ]
    assert "Ungenannte Person" in (await desk.open(f"/console/referrals/{referral['id']}")).text
