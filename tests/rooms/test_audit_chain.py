"""Whatever is done to the log behind our back is found by whoever verifies it; what is left alone verifies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from leumund.audit import chaining, linking, masking, noting, verifying
from leumund.audit.chaining import Entry
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.kit.vaults import Vault
from leumund.kit.verifying import Verdict
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import mallory
from tests.conftest import NOON

CLERK = f"staff:{uuid4()}"
# Three entries; the second is the one in the middle.
MIDDLE = "(SELECT entry FROM audit_link WHERE position = 2)"
BEHIND_OUR_BACK = {
    "another time": f"UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = {MIDDLE}",
    "another actor": f"UPDATE audit_entry SET actor = actor || 'x' WHERE id = {MIDDLE}",
    "another action": f"UPDATE audit_entry SET action = 'test.other' WHERE id = {MIDDLE}",
    "another subject": f"UPDATE audit_entry SET subject = gen_random_uuid() WHERE id = {MIDDLE}",
    "another id": f"WITH other AS (UPDATE audit_entry SET id = '{UUID(int=7)}' WHERE id = {MIDDLE}) "
    f"UPDATE audit_link SET entry = '{UUID(int=7)}' WHERE position = 2",
    "no subject": f"UPDATE audit_entry SET subject = NULL WHERE id = {MIDDLE}",
    "another detail": f"UPDATE audit_entry SET detail = jsonb_set(detail, '{{n}}', '8') WHERE id = {MIDDLE}",
    "other zeros": f"UPDATE audit_entry SET detail = jsonb_set(detail, '{{share}}', '0.50') WHERE id = {MIDDLE}",
    "another change": "UPDATE audit_entry SET changes = jsonb_set(changes, '{role,0}', '\"owner\"') "
    f"WHERE id = {MIDDLE}",
    "one gone from the middle": f"DELETE FROM audit_entry WHERE id = {MIDDLE}",
    "one gone with its link": f"DELETE FROM audit_entry WHERE id = {MIDDLE}; DELETE FROM audit_link WHERE position = 2",
    "one gone from the end": "DELETE FROM audit_entry WHERE id = (SELECT entry FROM audit_link WHERE position = 3);"
    "DELETE FROM audit_link WHERE position = 3",
    "all gone but the head": "DELETE FROM audit_link; DELETE FROM audit_entry",
    "no head any more": "DELETE FROM audit_head",
    "one more": "INSERT INTO audit_entry (at, actor, action) SELECT at, actor, action FROM audit_entry LIMIT 1",
    "one more that waits": "WITH more AS (INSERT INTO audit_entry (actor, action) VALUES ('system:x', 'test.more') "
    "RETURNING id) INSERT INTO audit_waiting SELECT id, 'made up' FROM more",
    "two changed places": "UPDATE audit_link SET entry = gen_random_uuid() WHERE position = 1;"
    "UPDATE audit_link SET entry = (SELECT id FROM audit_entry WHERE detail->>'n' = '1') WHERE position = 2;"
    "UPDATE audit_link SET entry = (SELECT id FROM audit_entry WHERE detail->>'n' = '2') WHERE position = 1",
    "another hash": "UPDATE audit_link SET chain_hash = repeat('0', 64) WHERE position = 2",
    "another end": "UPDATE audit_head SET position = 2, chain_hash = "
    "(SELECT chain_hash FROM audit_link WHERE position = 2)",
}


async def note(n: int) -> UUID:
    return await noting.note(
        actor=CLERK,
        action="test.noted",
        subject=uuid4(),
        detail={"n": n, "share": 0.5},
        changes={"role": ("viewer", "support")},
        at=NOON,
    )


@pytest.fixture(scope="module")
async def noted(deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]) -> tuple[Tenant, Vault]:
    """A company with three entries, and its keys."""
    company = await open_company("linden")
    async with deployment.scopes.inside(company) as here:
        for n in (1, 2, 3):
            await note(n)
        return company, here.vault


@pytest.fixture
async def as_mallory(deployment: Deployment, noted: tuple[Tenant, Vault]) -> AsyncIterator[Ground]:
    """Inside that company as the database's owner, who may do anything; undone at the end."""
    async with mallory.inside(deployment, *noted) as there:
        yield there


async def verified(behind: str = "SELECT") -> Verdict:
    """What is found after ``behind`` was done to the rows."""
    await ground.execute(behind)
    return await verifying.verify()


async def chained() -> list[Entry]:
    """The entries in the chain's order."""
    rows = await ground.fetch(
        f"SELECT {chaining.COLUMNS} FROM audit_link JOIN audit_entry ON id = entry ORDER BY position"
    )
    return [chaining.entry(row) for row in rows]


async def test_a_log_left_alone_verifies(as_mallory: Ground):
    verdict = await verified()
    assert (verdict.position, verdict.waiting, verdict.faults) == (3, 0, [])


@pytest.mark.parametrize("behind", BEHIND_OUR_BACK.values(), ids=BEHIND_OUR_BACK.keys())
async def test_what_mallory_does_as_the_databases_owner_is_found(as_mallory: Ground, behind: str):
    assert (await verified(behind)).faults


async def test_a_chain_written_anew_without_the_key_is_found_and_never_sealed(as_mallory: Ground):
    before = chaining.BEGINNING
    for position, entry in enumerate(await chained(), 1):
        before = chaining.follow(before, position=position, entry=entry._replace(actor="staff:mallory"))
        await ground.execute("UPDATE audit_link SET chain_hash = $1 WHERE position = $2", before, position)
    await ground.execute("UPDATE audit_head SET chain_hash = $1", before)
    verdict = await verified("UPDATE audit_entry SET actor = 'staff:mallory'")
    assert [fault.kind for fault in verdict.faults] == ["head_forged"]
    await note(4)
    verdict = await verified()
    assert [fault.kind for fault in verdict.faults] == ["head_forged"]
    assert verdict.waiting == 1


async def test_an_entry_in_the_middle_hashed_anew_does_not_fit_the_one_after_it(as_mallory: Ground):
    entries = await chained()
    (first,) = await ground.fetch("SELECT chain_hash FROM audit_link WHERE position = 1")
    forged = chaining.follow(first["chain_hash"], position=2, entry=entries[1]._replace(actor="staff:mallory"))
    await ground.execute("UPDATE audit_link SET chain_hash = $1 WHERE position = 2", forged)
    verdict = await verified(f"UPDATE audit_entry SET actor = 'staff:mallory' WHERE id = {MIDDLE}")
    assert [(fault.kind, fault.position) for fault in verdict.faults] == [("changed", 3)]


async def test_a_head_that_is_gone_is_not_made_anew(as_mallory: Ground):
    await ground.execute("DELETE FROM audit_head")
    await note(4)
    assert (await verified()).faults


@asynccontextmanager
async def head_in_use(deployment: Deployment, company: Tenant) -> AsyncIterator[None]:
    """A slow deed has noted something, and not ended yet."""
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with deployment.scopes.inside(company):
            await note(1)
            began.set()
            await go_on.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(slow())
        await began.wait()
        yield
        go_on.set()


async def begin(deployment: Deployment, company: Tenant) -> None:
    """The very first entry of a company is waited for."""
    async with deployment.scopes.inside(company):
        await note(0)


async def test_nobody_waits_for_whoever_has_the_head(deployment: Deployment, company: Tenant):
    await begin(deployment, company)
    async with head_in_use(deployment, company):
        async with deployment.scopes.inside(company):
            await note(2)
        async with deployment.scopes.reading(company):
            verdict = await verifying.verify()
    assert (verdict.position, verdict.waiting, verdict.faults) == (1, 1, [])
    async with deployment.scopes.inside(company):
        await note(3)
    async with deployment.scopes.reading(company):
        verdict = await verifying.verify()
    assert (verdict.position, verdict.waiting, verdict.faults) == (4, 0, [])


@pytest.mark.parametrize("altered", [False, True])
async def test_what_waits_is_linked_by_night_unless_it_was_altered_meanwhile(
    deployment: Deployment, company: Tenant, altered: bool
):
    await begin(deployment, company)
    async with head_in_use(deployment, company), deployment.scopes.inside(company):
        entry = await note(2)
    if altered:
        async with as_owner(deployment.server) as owner:
            changed = "UPDATE {}.audit_entry SET actor = 'staff:mallory' WHERE id = $1"
            await owner.execute(changed.format(company.schema_name), entry)
    async with deployment.scopes.inside(company):
        await linking.link()
        verdict = await verifying.verify()
    assert (verdict.position, verdict.waiting) == ((2, 1) if altered else (3, 0))
    assert [fault.entry for fault in verdict.faults] == ([entry] if altered else [])


async def test_deeds_at_once_leave_one_whole_chain(deployment: Deployment, company: Tenant):
    async def deed(n: int) -> None:
        async with deployment.scopes.inside(company):
            await note(n)

    await asyncio.gather(*(deed(n) for n in range(40)))
    async with deployment.scopes.inside(company):
        await linking.link()
        verdict = await verifying.verify()
    assert (verdict.position, verdict.waiting, verdict.faults) == (40, 0, [])


async def test_what_is_undone_leaves_no_link(inside: Ground):
    await note(1)
    with suppress(ZeroDivisionError):
        async with ground.savepoint():
            await note(2)
            raise ZeroDivisionError
    await note(3)
    verdict = await verifying.verify()
    assert verdict.faults == []


async def test_what_many_changes_left_is_chained_too(deployment: Deployment, company: Tenant):
    await begin(deployment, company)
    for free in (True, False):
        async with AsyncExitStack() as stack:
            if not free:
                await stack.enter_async_context(head_in_use(deployment, company))
            async with deployment.scopes.inside(company):
                changed = {uuid4(): {"email": (f"{n}@linden.example", None)} for n in range(3)}
                await noting.note_changes(actor=CLERK, action="customer.changed", at=NOON, of=changed)
    async with deployment.scopes.inside(company):
        assert (await verifying.verify()).waiting == 3
        await linking.link()
        verdict = await verifying.verify()
    assert (verdict.position, verdict.waiting, verdict.faults) == (8, 0, [])


async def test_mallory_cannot_unlink(inside: Ground):
    await note(1)
    for sql in ("DELETE FROM audit_link", "UPDATE audit_link SET chain_hash = ''", "DELETE FROM audit_head"):
        with pytest.raises(Exception, match="permission denied"):
            async with ground.savepoint():
                await ground.execute(sql)


@given(some.text(max_size=20), some.text(max_size=20))
def test_no_two_entries_are_written_alike(one: str, other: str):
    first = Entry(UUID(int=1), NOON, one, other, None, "{}", "{}")
    second = Entry(UUID(int=1), NOON, one + other, "", None, "{}", "{}")
    assert (chaining.written(first) == chaining.written(second)) == (first == second)


def test_old_and_new_are_kept_masked():
    before = {"email": "anna@linden.example", "phone": "+49 30 1234567", "given_name": "Anna Maria", "country": "DE"}
    after = {"email": "a.b@birke.example", "phone": "12", "given_name": "Anne", "country": "AT"}
    kept = masking.masked(masking.changes(before, after))
    assert kept == {
        "email": ["a…@l…", "a…@b…"],
        "phone": ["…67", "…"],
        "given_name": ["A… M…", "A…"],
        "country": ["DE", "AT"],
    }


@pytest.mark.parametrize("field", ["officer", "representative", "joint_controllers"])
def test_whom_a_company_names_in_its_records_is_not_in_its_log(field: str):
    assert masking.masked({field: ("", "Clara Beispiel")}) == {field: ["", "…"]}


@pytest.mark.parametrize("field", ["name", "given_name", "family_name"])
def test_a_name_is_told_by_its_initials(field: str):
    assert masking.masked({field: ("", "Clara Beispiel")}) == {field: ["", "C… B…"]}


@pytest.mark.parametrize("field", ["birth_date", "external_id", "reason", "comment"])
def test_what_would_tell_who_somebody_is_or_what_was_written_of_them_is_hidden(field: str):
    assert masking.masked({field: ("1990-01-01", None)}) == {field: ["…", None]}


def test_what_stays_is_no_change():
    assert masking.changes({"country": "DE"}, {"country": "DE"}) == {}
