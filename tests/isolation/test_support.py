"""An operator sees what an owner granted, while it lasts, and not before the look is in the company's log."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.audit import listing
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground, places, sight
from leumund.kit.sight import Asked
from leumund.operating.sessions import Operator
from leumund.support import ending, granting, noting, reading
from leumund.support.granting import AlreadyAnswered, Terms
from leumund.support.noting import Look, NoSight, Noted
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation import supporting
from tests.isolation.supporting import AN_HOUR
from tests.journeys import staffing
from tests.rooms import whole

READS: dict[str, Callable[..., Awaitable[Any]]] = {
    "customers": reading.customers,
    "surveys": reading.answers,
    "referrals": reading.referrals,
    "rewards": reading.rewards,
    "messages": reading.messages,
}


class Cast(NamedTuple):
    """Two companies with a customer each, and the operators Olga, who was granted sight of Linden, and Mallory."""

    linden: Tenant
    birke: Tenant
    olga: Operator
    mallory: Operator
    request: Asked


@pytest.fixture(scope="module")
async def people(
    deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]
) -> tuple[Tenant, Tenant, Operator, Operator]:
    tenants = [await open_company(name) for name in ("linden", "birke")]
    for tenant in tenants:
        async with deployment.scopes.inside(tenant):
            await whole.company(at=clock.now())
            record = Record(email=f"anna@{tenant.slug}.example", given_name="Anna")
            await registering.register(record=record, source="test", at=clock.now())
    return (*tenants, await supporting.operator(deployment), await supporting.operator(deployment, name="mallory"))


@pytest.fixture
async def cast(deployment: Deployment, people: tuple[Tenant, Tenant, Operator, Operator]) -> Cast:
    linden, birke, olga, mallory = people
    await _forget_requests(deployment)
    return Cast(linden, birke, olga, mallory, await supporting.granted(deployment, linden, olga))


async def _forget_requests(deployment: Deployment) -> None:
    """A day's limit is for a day, not for a file of tests."""
    owner = await servers.connect_owner(deployment.server)
    await owner.execute("UPDATE platform.support_request SET asked_at = asked_at - interval '2 days'")
    await owner.close()


def look(who: Operator, request: UUID, room: str = "customers") -> Look:
    return Look(request=request, operator=who.id, room=room, detail={"shown": "list"})


async def read(deployment: Deployment, tenant: Tenant, at: Look, *, after: timedelta = timedelta()) -> list[Any]:
    """What the operators' page does: note, commit, read."""
    async with deployment.scopes.inside(tenant):
        noted = await noting.note(look=at, at=clock.now() + after)
    async with deployment.scopes.reading(tenant):
        return list((await READS[at.room](noted, at=clock.now() + after)).rows)


async def entries(deployment: Deployment, tenant: Tenant, request: UUID) -> list[str]:
    async with deployment.scopes.reading(tenant):
        rows = (await listing.page(subject=request, limit=200)).rows
    return [row.action for row in rows if row.action.startswith("support.read_")]


# What opens, and what does not


async def test_a_grant_opens_its_rooms_and_each_look_is_an_entry(deployment: Deployment, cast: Cast):
    for room in sight.ROOMS:
        await read(deployment, cast.linden, look(cast.olga, cast.request.id, room))
    people = await read(deployment, cast.linden, look(cast.olga, cast.request.id))
    assert [person.email for person in people] == [f"anna@{cast.linden.slug}.example"]
    seen = await entries(deployment, cast.linden, cast.request.id)
    assert sorted(seen) == sorted(f"support.read_{room}" for room in (*sight.ROOMS, "customers"))


async def nothing_asked(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    return cast.linden, look(cast.olga, uuid4()), timedelta()


async def asked_and_not_answered(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    request = await supporting.asked(deployment, cast.linden, cast.olga)
    return cast.linden, look(cast.olga, request.id), timedelta()


async def refused(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    request = await supporting.asked(deployment, cast.linden, cast.olga)
    owner = await staffing.enrolled(deployment, cast.linden)
    async with deployment.scopes.inside(cast.linden):
        await granting.refuse(asked=request, by=owner.member, at=clock.now())
    return cast.linden, look(cast.olga, request.id), timedelta()


async def over(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    return cast.linden, look(cast.olga, cast.request.id), AN_HOUR


async def ended(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    await _end(deployment, cast)
    return cast.linden, look(cast.olga, cast.request.id), timedelta()


async def another_room(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    request = await supporting.granted(deployment, cast.linden, cast.olga, rooms=["surveys"])
    return cast.linden, look(cast.olga, request.id, "customers"), timedelta()


async def another_operator(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    return cast.linden, look(cast.mallory, cast.request.id), timedelta()


async def another_company(deployment: Deployment, cast: Cast) -> tuple[Tenant, Look, timedelta]:
    return cast.birke, look(cast.olga, cast.request.id), timedelta()


@pytest.mark.parametrize(
    "attack",
    [nothing_asked, asked_and_not_answered, refused, over, ended, another_room, another_operator, another_company],
)
async def test_without_a_grant_that_stands_nothing_is_read(
    deployment: Deployment, cast: Cast, attack: Callable[..., Awaitable[tuple[Tenant, Look, timedelta]]]
):
    tenant, wanted, after = await attack(deployment, cast)
    with pytest.raises(NoSight):
        await read(deployment, tenant, wanted, after=after)
    assert await entries(deployment, tenant, wanted.request) == []


async def test_a_minute_before_its_end_a_grant_still_opens(deployment: Deployment, cast: Cast):
    assert await read(deployment, cast.linden, look(cast.olga, cast.request.id), after=AN_HOUR - timedelta(minutes=1))


# Noted first


async def _noted(deployment: Deployment, cast: Cast, room: str = "customers") -> Noted:
    async with deployment.scopes.inside(cast.linden):
        return await noting.note(look=look(cast.olga, cast.request.id, room), at=clock.now())


async def _end(deployment: Deployment, cast: Cast) -> None:
    owner = await staffing.enrolled(deployment, cast.linden)
    async with deployment.scopes.inside(cast.linden):
        await ending.end(request=cast.request.id, by=owner.member, at=clock.now())


async def test_an_entry_opens_one_read(deployment: Deployment, cast: Cast):
    noted = await _noted(deployment, cast)
    async with deployment.scopes.reading(cast.linden):
        assert (await reading.customers(noted, at=clock.now())).rows
        with pytest.raises(NoSight):
            await reading.customers(noted, at=clock.now())


async def test_an_entry_opens_its_own_room_alone(deployment: Deployment, cast: Cast):
    noted = await _noted(deployment, cast, "surveys")
    for forged in (noted, Noted(entry=noted.entry, room="customers")):
        async with deployment.scopes.reading(cast.linden):
            with pytest.raises(NoSight):
                await reading.customers(forged, at=clock.now())


async def test_an_entry_that_is_not_committed_opens_nothing(deployment: Deployment, cast: Cast):
    async with deployment.scopes.inside(cast.linden):
        noted = await noting.note(look=look(cast.olga, cast.request.id), at=clock.now())
        with pytest.raises(NoSight):
            await reading.customers(noted, at=clock.now())
    async with deployment.scopes.reading(cast.linden):
        assert (await reading.customers(noted, at=clock.now())).rows, "committed, the very same one does"


async def test_an_entry_that_was_undone_opens_nothing(deployment: Deployment, cast: Cast):
    class Undone(Exception):
        """Nothing of the transaction stays."""

    with suppress(Undone):
        async with deployment.scopes.inside(cast.linden):
            noted = await noting.note(look=look(cast.olga, cast.request.id), at=clock.now())
            raise Undone
    async with deployment.scopes.reading(cast.linden):
        with pytest.raises(NoSight):
            await reading.customers(noted, at=clock.now())


async def test_an_entry_nobody_made_or_about_something_else_opens_nothing(deployment: Deployment, cast: Cast):
    async with deployment.scopes.reading(cast.linden):
        others = [row.id for row in (await listing.page(limit=200)).rows if not row.action.startswith("support.read_")]
    assert len(others) > 2, "it was asked and granted at least"
    for entry in (uuid4(), *others):
        async with deployment.scopes.reading(cast.linden):
            with pytest.raises(NoSight):
                await reading.customers(Noted(entry=entry, room="customers"), at=clock.now())


async def test_an_entry_of_one_company_opens_nothing_in_another(deployment: Deployment, cast: Cast):
    noted = await _noted(deployment, cast)
    async with deployment.scopes.reading(cast.birke):
        with pytest.raises(NoSight):
            await reading.customers(noted, at=clock.now())


async def test_whoever_ends_it_between_the_entry_and_the_read_is_in_time(deployment: Deployment, cast: Cast):
    noted = await _noted(deployment, cast)
    await _end(deployment, cast)
    async with deployment.scopes.reading(cast.linden):
        with pytest.raises(NoSight):
            await reading.customers(noted, at=clock.now())


async def test_an_end_waits_for_the_entry_that_came_first(deployment: Deployment, cast: Cast):
    own = await servers.connect_as(deployment.server, deployment.settings, cast.linden.schema_name)
    lock = "SELECT FROM support_access WHERE request = $1 FOR NO KEY UPDATE NOWAIT"
    try:
        async with deployment.scopes.inside(cast.linden):
            await noting.note(look=look(cast.olga, cast.request.id), at=clock.now())
            with pytest.raises(asyncpg.LockNotAvailableError):
                await own.execute(lock, cast.request.id)
        await own.execute(lock, cast.request.id)
    finally:
        await own.close()


# The database itself


@pytest.mark.parametrize("role", ["operator", "web", "worker"])
async def test_no_role_of_the_platform_can_write_a_grant(deployment: Deployment, cast: Cast, role: str):
    name = {
        "operator": deployment.server.operator_role,
        "web": deployment.server.web_role,
        "worker": deployment.server.worker_role,
    }[role]
    connection = await servers.connect_as(deployment.server, deployment.settings, name)
    copied = (
        f"INSERT INTO {cast.linden.schema_name}.support_access (request, operator, operator_email, reason, rooms, "
        "answered_by, answered_at, ends_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'm@x', 'why not', "
        "'[\"customers\"]', gen_random_uuid(), now(), now() + interval '1 hour')"
    )
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(copied)
    finally:
        await connection.close()
    own = await servers.connect_as(deployment.server, deployment.settings, cast.linden.schema_name)
    try:
        assert await own.execute(copied) == "INSERT 0 1", "the statement itself is sound"
        await own.close()
    finally:
        await own.close()


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE support_request SET rooms = ARRAY['customers']",
        "UPDATE support_request SET hours = 8",
        "UPDATE support_request SET reason = 'another one'",
        "UPDATE support_request SET operator = gen_random_uuid()",
        "DELETE FROM support_request",
    ],
)
async def test_an_operator_cannot_change_what_was_asked(deployment: Deployment, cast: Cast, deed: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await deployment.operators.execute(deed)


async def test_an_operator_asks_under_a_name_that_is_an_operators(deployment: Deployment, cast: Cast):
    asked = (
        "INSERT INTO support_request (tenant, operator, operator_email, reason, rooms, hours, asked_at) "
        "VALUES ($1, $2, $3, 'to see what is broken', ARRAY['customers'], 1, now())"
    )
    mine = (cast.linden.id, cast.olga.id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await deployment.operators.execute(asked, *mine, "support@linden.example")
    assert await deployment.operators.execute(asked, *mine, cast.olga.email) == "INSERT 0 1"


@pytest.mark.parametrize(("ahead", "kept"), [("4 minutes", True), ("6 minutes", False)])
async def test_nobody_asks_tomorrow_so_that_it_waits_longer(deployment: Deployment, cast: Cast, ahead: str, kept: bool):
    asked = (
        "INSERT INTO support_request (tenant, operator, operator_email, reason, rooms, hours, asked_at) "
        "VALUES ($1, $2, $3, 'to see what is broken', ARRAY['customers'], 1, now() + $4::text::interval)"
    )
    with nullcontext() if kept else pytest.raises(asyncpg.CheckViolationError):
        await deployment.operators.execute(asked, cast.linden.id, cast.olga.id, cast.olga.email, ahead)


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE support_access SET ends_at = ends_at + interval '1 hour'",
        "UPDATE support_access SET rooms = '[\"customers\"]'",
        "UPDATE support_access SET operator = gen_random_uuid()",
        "DELETE FROM support_access",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET action = 'a.b'",
    ],
)
async def test_not_even_the_company_can_stretch_a_grant_or_unwrite_a_look(
    deployment: Deployment, cast: Cast, deed: str
):
    async with deployment.scopes.inside(cast.linden):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ground.execute(deed)


@pytest.mark.parametrize(("minutes", "fits"), [(8 * 60, True), (8 * 60 + 1, False)])
async def test_no_grant_is_longer_than_eight_hours(deployment: Deployment, cast: Cast, minutes: int, fits: bool):
    insert = (
        "INSERT INTO support_access (request, operator, operator_email, reason, rooms, answered_by, answered_at, "
        "ends_at) VALUES ($1, $1, 'm@x', 'why not', '[]', $1, now(), now() + $2)"
    )
    async with deployment.scopes.inside(cast.birke):
        if fits:
            await ground.execute(insert, uuid4(), timedelta(minutes=minutes))
        else:
            with pytest.raises(asyncpg.CheckViolationError):
                await ground.execute(insert, uuid4(), timedelta(minutes=minutes))


# Granting


@pytest.fixture
async def waiting(deployment: Deployment, cast: Cast) -> Asked:
    return await supporting.asked(deployment, cast.linden, cast.olga, rooms=["customers", "surveys"], hours=2)


async def test_nobody_grants_more_than_was_asked(deployment: Deployment, cast: Cast, waiting: Asked):
    owner = await staffing.enrolled(deployment, cast.linden)
    for rooms, hours, fault in (
        (["customers", "rewards"], 1, sight.NoRooms),
        ([], 1, sight.NoRooms),
        (["customers"], 3, sight.NoHours),
        (["customers"], 0, sight.NoHours),
    ):
        async with deployment.scopes.inside(cast.linden):
            with pytest.raises(fault):
                await granting.grant(
                    asked=waiting,
                    terms=Terms(rooms=rooms, hours=hours),
                    by=owner.member,
                    code=owner.code(),
                    at=clock.now(),
                )
    async with deployment.scopes.inside(cast.linden):
        terms = Terms(rooms=["customers"], hours=1)
        assert await granting.grant(asked=waiting, terms=terms, by=owner.member, code=owner.code(), at=clock.now())


async def test_one_request_is_answered_once(deployment: Deployment, cast: Cast, waiting: Asked):
    owner = await staffing.enrolled(deployment, cast.linden)
    async with deployment.scopes.inside(cast.linden):
        await granting.refuse(asked=waiting, by=owner.member, at=clock.now())
    terms = Terms(rooms=["customers"], hours=1)
    async with deployment.scopes.inside(cast.linden):
        with pytest.raises(AlreadyAnswered):
            await granting.grant(asked=waiting, terms=terms, by=owner.member, code=owner.code(), at=clock.now())


def test_the_operators_pages_enter_a_company_in_one_place():
    pages = (places.locales().parent / "web" / "operator").glob("*.py")
    assert [page.name for page in pages if ".scopes" in page.read_text("utf-8")] == ["looking.py"]
