"""A company's keys lie in the database only wrapped, belong to it alone, and take turns while everybody works."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from pydantic import SecretStr

from leumund.kit import clock, ground
from leumund.kit.sealing import Column
from leumund.kit.settings import Settings
from leumund.kit.vaults import KeyMissing
from leumund.staff import members
from leumund.staff.tables import StaffMember
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import rewrapping, rotating
from leumund.tenancy.keys.rewrapping import Unopened
from leumund.tenancy.keys.rotating import Pace, StillWriting
from leumund.tenancy.keys.wrapping import MasterMissing, Masters
from leumund.tenancy.leaving import erasing
from leumund.tenancy.scope import Scopes
from tests import shell

# A sealed column every company has, whatever else it seals.
SEALED = Column("staff_member", "totp_sealed")
AT_ONCE = Pace(heard=timedelta(0), clocks=timedelta(0), writers=timedelta(seconds=5))
OLDER = "an older master key that is about to be thrown away"


async def test_no_key_lies_in_the_database_as_it_is(deployment: Deployment, company: Tenant, owner: asyncpg.Connection):
    masters = Masters(deployment.settings)
    plain = [masters.unwrap(key, company=company.id) for key in company.keys]
    stored = b"".join(row["wrapped"] for row in await owner.fetch("SELECT wrapped FROM platform.company_key"))
    assert len(set(plain)) == 2
    assert all(key.wrapped in stored for key in company.keys)
    assert not any(key in stored for key in plain)


async def test_a_key_carried_to_another_company_does_not_open(
    deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]], owner: asyncpg.Connection
):
    linden, birke = await open_company("linden"), await open_company("birke")
    await owner.execute("DELETE FROM platform.company_key WHERE tenant = $1", birke.id)
    await owner.execute(
        "INSERT INTO platform.company_key SELECT $2, purpose, version, wrapped, master, writes_at "
        "FROM platform.company_key WHERE tenant = $1",
        linden.id,
        birke.id,
    )
    await _opens(deployment.scopes, linden)
    with pytest.raises(MasterMissing):
        await _opens(deployment.scopes, await deployment.directory.by_slug(birke.slug))
    await owner.execute("DELETE FROM platform.company_key WHERE tenant = $1", birke.id)
    with pytest.raises(MasterMissing, match="no key of"):
        await _opens(deployment.scopes, await deployment.directory.by_slug(birke.slug))
    # Nobody else of these tests meets a company that cannot be opened.
    await owner.execute("UPDATE platform.tenant SET state = 'closed' WHERE id = $1", birke.id)


async def test_a_row_carried_to_another_company_does_not_open(
    deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]
):
    linden, birke = await open_company("linden"), await open_company("birke")
    row = uuid4()
    async with deployment.scopes.inside(linden):
        sealed = SEALED.seal("of Linden", row)
        assert SEALED.unseal(sealed, row) == "of Linden"
    async with deployment.scopes.inside(birke):
        with pytest.raises(InvalidTag):
            SEALED.unseal(sealed, row)


async def test_a_new_master_key_takes_over_and_the_old_one_opens_nothing_any_more(
    deployment: Deployment, company: Tenant
):
    member = await _sealed(deployment.scopes, company, "kept")
    both = _with_masters(
        deployment.settings, "a newer master key that begins to wrap now", *deployment.settings.masters()
    )
    try:
        assert (await rewrapping.rewrap(deployment.server, Masters(both))).keys > 0
        assert await rewrapping.rewrap(deployment.server, Masters(both)) == (0, [])
        moved = await deployment.directory.by_slug(company.slug)
        newer = Scopes(_with_masters(both, both.masters()[0]), deployment.pools)
        assert await _read(newer, moved, member) == "kept"
        with pytest.raises(MasterMissing):
            await _read(Scopes(deployment.settings, deployment.pools), moved, member)
    finally:
        back = _with_masters(both, *reversed(both.masters()))
        await rewrapping.rewrap(deployment.server, Masters(back))


async def test_a_lost_master_key_is_named_and_nothing_is_wrapped(deployment: Deployment, company: Tenant):
    lost = await rewrapping.rewrap(deployment.server, Masters(_with_masters(deployment.settings, OLDER)))
    name = Masters(deployment.settings).first
    assert {Unopened(company.slug, purpose, 1, name) for purpose in ("data", "index")} <= set(lost.unopened)
    assert lost.keys == 0
    assert (await deployment.directory.by_slug(company.slug)).keys == company.keys


async def test_a_key_that_does_not_open_is_in_no_others_way_and_ends_the_command_badly(
    deployment: Deployment, company: Tenant, owner: asyncpg.Connection
):
    both = _with_masters(deployment.settings, OLDER, *deployment.settings.masters())
    sql = "UPDATE platform.company_key SET wrapped = $2 WHERE tenant = $1 AND purpose = 'data'"
    (whole,) = [key.wrapped for key in company.keys if key.purpose == "data"]
    await owner.execute(sql, company.id, whole + b"x")
    try:
        code, said = await shell.told(both, "keys", "rewrap")
        assert code == 1
        assert f"{company.slug}: data key 1 does not open, wrapped by {company.keys[0].master}\n" in said
        left = await owner.fetch(
            "SELECT tenant, purpose FROM platform.company_key WHERE master = $1", company.keys[0].master
        )
        assert [tuple(row) for row in left] == [(company.id, "data")]
        await owner.execute(sql, company.id, whole)
        assert await shell.told(both, "keys", "rewrap") == (0, "keys wrapped anew: 1\n")
    finally:
        await rewrapping.rewrap(deployment.server, Masters(_with_masters(both, *reversed(both.masters()))))


async def test_a_data_key_gives_way_while_members_are_written(deployment: Deployment, company: Tenant):
    before = [await _sealed(deployment.scopes, company, f"before {n}") for n in range(3)]
    stop = asyncio.Event()
    writing = asyncio.create_task(_write_until(stop, deployment, company.slug))
    rotated = await _rotate(
        deployment, company, Pace(timedelta(seconds=1), timedelta(seconds=0.5), timedelta(seconds=5))
    )
    stop.set()
    during = await writing

    turned = await deployment.directory.by_slug(company.slug)
    assert rotated.version == 2
    assert rotated.rows >= 3
    assert {key.version for key in turned.keys if key.purpose == "data"} == {2}
    read = [await _read(deployment.scopes, turned, member) for member in [*before, *during]]
    assert read == [*(f"before {n}" for n in range(3)), *["meanwhile"] * len(during)]
    assert len(during) > 3


async def test_whoever_has_not_heard_of_the_new_key_cannot_open_its_seals(deployment: Deployment, company: Tenant):
    """The negative control: it is the second key that opens what was sealed anew."""
    member = await _sealed(deployment.scopes, company, "kept")
    await _rotate(deployment, company, AT_ONCE)
    with pytest.raises(KeyMissing):
        await _read(deployment.scopes, company, member)


async def test_the_old_key_stays_while_a_transaction_from_before_is_open(deployment: Deployment, company: Tenant):
    impatient = AT_ONCE._replace(writers=timedelta(0))
    async with deployment.scopes.inside(company):
        member = await _insert("late")
        rotating_now = asyncio.create_task(_rotate(deployment, company, impatient))
        with pytest.raises(StillWriting):
            await rotating_now
    halfway = await deployment.directory.by_slug(company.slug)
    assert {key.version for key in halfway.keys if key.purpose == "data"} == {1, 2}
    assert await _read(deployment.scopes, halfway, member) == "late"

    finished = await _rotate(deployment, halfway, AT_ONCE)
    assert (finished.version, finished.rows) == (2, 1)
    assert await _read(deployment.scopes, await deployment.directory.by_slug(company.slug), member) == "late"


async def test_a_transaction_another_company_leaves_open_keeps_no_key_from_its_turn(
    deployment: Deployment, company: Tenant, open_company: Callable[[str], Awaitable[Tenant]]
):
    impatient, mallory = AT_ONCE._replace(writers=timedelta(0)), await open_company("mallory")
    server, masters = deployment.server, Masters(deployment.settings)
    async with deployment.scopes.inside(mallory):
        await ground.fetch("SELECT 1")
        turned = [(await _rotate(deployment, company, impatient)).version]
        together = rotating.rotate(server, masters, [mallory, company], pace=impatient)
        turned.append((await anext(together)).version)
        with pytest.raises(StillWriting, match=mallory.slug):
            await anext(together)
    assert turned == [2, 3]


async def test_of_several_turns_at_once_none_throws_away_the_key_of_another(
    deployment: Deployment, company: Tenant, open_company: Callable[[str], Awaitable[Tenant]]
):
    """One that takes long ends when the next has begun already, whose key does not write yet."""
    member, masters = await _sealed(deployment.scopes, company, "kept"), Masters(deployment.settings)
    long = rotating.rotate(deployment.server, masters, [await open_company("birke"), company], pace=AT_ONCE)
    assert (await anext(long)).slug.startswith("birke")
    assert (await _rotate(deployment, company, AT_ONCE)).version == 2

    later = Pace(heard=timedelta(seconds=2), clocks=timedelta(0), writers=timedelta(seconds=5))
    third = asyncio.create_task(_rotate(deployment, company, later))
    while len((await deployment.directory.by_slug(company.slug)).keys) < 3:  # noqa: ASYNC110 - the database says it
        await asyncio.sleep(0.01)
    assert await anext(long) == rotating.Rotated(company.slug, 2, 0)
    assert await _read(deployment.scopes, await deployment.directory.by_slug(company.slug), member) == "kept"
    assert (await third).version == 3
    assert await _read(deployment.scopes, await deployment.directory.by_slug(company.slug), member) == "kept"


async def test_two_turns_that_begin_at_the_same_moment_are_one(deployment: Deployment, company: Tenant):
    member = await _sealed(deployment.scopes, company, "kept")
    # Long enough that neither ends before the other has begun, on however busy a machine.
    pace = AT_ONCE._replace(clocks=timedelta(seconds=2))
    both = await asyncio.gather(*(_rotate(deployment, company, pace) for _ in range(2)))
    assert [rotated.version for rotated in both] == [2, 2]
    assert await _read(deployment.scopes, await deployment.directory.by_slug(company.slug), member) == "kept"


async def test_a_company_that_leaves_while_keys_turn_holds_nobody_up(
    deployment: Deployment, company: Tenant, open_company: Callable[[str], Awaitable[Tenant]]
):
    leaving = await open_company("birke")
    turns = rotating.rotate(deployment.server, Masters(deployment.settings), [company, leaving], pace=AT_ONCE)
    assert (await anext(turns)).slug == company.slug
    await erasing.erase(deployment.server, leaving, at=clock.now())
    assert [rotated async for rotated in turns] == []
    turns = rotating.rotate(deployment.server, Masters(deployment.settings), [leaving, company], pace=AT_ONCE)
    assert [rotated.version async for rotated in turns] == [3]


async def _write_until(stop: asyncio.Event, deployment: Deployment, slug: str) -> list[UUID]:
    """One member after the other, each in a scope of its own, as the directory knows the company by then."""
    written = []
    while not stop.is_set():
        tenant = await deployment.directory.by_slug(slug)
        written.append(await _sealed(deployment.scopes, tenant, "meanwhile"))
    return written


async def _rotate(deployment: Deployment, company: Tenant, pace: Pace) -> rotating.Rotated:
    turns = rotating.rotate(deployment.server, Masters(deployment.settings), [company], pace=pace)
    (rotated,) = [one async for one in turns]
    return rotated


async def _sealed(scopes: Scopes, tenant: Tenant, plain: str) -> UUID:
    async with scopes.inside(tenant):
        return await _insert(plain)


async def _insert(plain: str) -> UUID:
    member = uuid4()
    known = members.sealed(member=member, name="Anna", email=f"{member.hex}@example.com")
    row = StaffMember(id=member, role="owner", totp_sealed=SEALED.seal(plain, member), created_at=clock.now(), **known)
    await StaffMember.insert(row)
    return member


async def _read(scopes: Scopes, tenant: Tenant, member: UUID) -> str:
    async with scopes.reading(tenant):
        (row,) = await ground.fetch("SELECT totp_sealed FROM staff_member WHERE id = $1", member)
        return SEALED.unseal(row["totp_sealed"], member)


async def _opens(scopes: Scopes, tenant: Tenant) -> None:
    async with scopes.reading(tenant):
        assert await ground.fetch("SELECT 1")


def _with_masters(settings: Settings, *masters: str) -> Settings:
    return settings.model_copy(update={"master_keys": SecretStr(",".join(masters))})
