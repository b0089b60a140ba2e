"""A company that takes all it may have takes nothing from the others; and of two who want one name, one has it."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from leumund.files import opening, reading
from leumund.kit import clock, ground, places
from leumund.referrals.clicking import Where
from leumund.tenancy import provisioning
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.pools import Busy, Pools
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import UnknownTenant
from leumund.web.public import clicks
from leumund.web.public.passing import Passing
from tests import served
from tests.isolation import tally
from tests.isolation.callers import asked
from tests.isolation.two_companies import Side


async def test_a_company_that_holds_every_connection_it_may_leaves_the_others_served(
    deployment: Deployment, door: Any, ours: Side, theirs: Side
):
    async with AsyncExitStack() as held:
        for _ in range(deployment.settings.connections_per_company):
            await held.enter_async_context(deployment.pools.connection(ours.tenant))
        for path in ("/imprint", "/portal", "/console/login", f"/r/{theirs.words['code']}"):
            answer = await asked(door, path, host=theirs.tenant.host)
            assert answer.status_code in (200, 302, 303)
            tally.note("noisy neighbours")


async def test_statements_that_do_not_end_and_locks_on_every_table_are_nobody_elses(
    deployment: Deployment, door: Any, ours: Side, theirs: Side
):
    async def hog(held: asyncio.Event, free: asyncio.Event) -> None:
        async with deployment.scopes.inside(ours.tenant):
            await ground.execute("LOCK TABLE customer, share_link, message IN ROW EXCLUSIVE MODE")
            held.set()
            await free.wait()

    held, free = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(hog(held, free))
    await held.wait()
    try:
        async with deployment.scopes.inside(theirs.tenant):
            await ground.execute("SELECT count(*) FROM customer, generate_series(1, 1000)")
        assert (await asked(door, f"/r/{theirs.words['code']}", host=theirs.tenant.host)).status_code == 302
    finally:
        free.set()
        await task
    tally.note("noisy neighbours", 2)


async def clicked(deployment: Deployment, side: Side) -> int:
    async with deployment.scopes.reading(side.tenant):
        return int((await ground.fetch("SELECT coalesce(sum(clicks), 0)::int AS n FROM click_count"))[0]["n"])


async def test_clicks_of_whoever_keeps_us_waiting_hold_up_nobody_elses(
    deployment: Deployment, ours: Side, theirs: Side
):
    """Theirs are written while ours still wait, and ours as soon as they may be."""
    before = [await clicked(deployment, side) for side in (ours, theirs)]
    hog = await servers.connect_as(deployment.server, deployment.settings, ours.tenant.schema_name)
    held = hog.transaction()
    await held.start()
    # Tomorrow as well: at midnight they are another day's.
    for day in range(2):
        held_date = (clock.now() + timedelta(days=day)).date()
        await hog.execute(
            "INSERT INTO click_count (link, day_date, clicks) SELECT id, $1, 1 FROM share_link", held_date
        )
    for side in (ours, theirs):
        where = Where(side.ids["share_link"][0], clock.now().date(), "")
        clicks.note(tenant=side.tenant, where=where, who=Passing(False, None))
    writing = asyncio.create_task(clicks.flush(deployment))
    try:
        async with asyncio.timeout(60):
            while await clicked(deployment, theirs) == before[1]:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.05)
        assert not writing.done(), "the negative control: ours are held up"
    finally:
        await held.rollback()
        await hog.close()
        await writing
    assert [await clicked(deployment, side) for side in (ours, theirs)] == [n + 1 for n in before]
    tally.note("noisy neighbours")


async def test_whoever_asks_for_more_connections_than_theirs_waits_alone(
    deployment: Deployment, ours: Side, theirs: Side
):
    """The negative control: the hog itself is told that it is busy."""

    async def open_pool(role: str, size: int) -> Any:
        return await servers.pool_as(deployment.server, deployment.settings, role, size=size)

    pools = Pools(open_pool, ceiling=2, per_company=1, wait_seconds=0.2)
    try:
        async with pools.connection(ours.tenant):
            with pytest.raises(Busy):
                async with pools.connection(ours.tenant):
                    pytest.fail("one is all it may have")
            async with pools.connection(theirs.tenant) as connection:
                assert await connection.fetchval("SELECT current_user") == theirs.tenant.schema_name
    finally:
        await pools.close()
    tally.note("noisy neighbours")


async def test_of_two_folders_of_one_name_at_once_one_company_is_made(deployment: Deployment):
    folder = reading.read(places.tenants() / "birke")
    slug = f"race-{uuid4().hex[:8]}"
    wanted = msgspec.structs.replace(folder, company=msgspec.structs.replace(folder.company, slug=slug))
    done = await asyncio.gather(*(opening.apply_folder(deployment, wanted) for _ in range(3)), return_exceptions=True)
    made = [tenant for tenant in await deployment.directory.all() if tenant.slug == slug]
    assert len(made) == 1, done
    assert made[0].is_open
    tally.note("creation races", 3)


async def test_of_two_who_want_one_host_one_has_it_and_the_other_is_served_nowhere(deployment: Deployment):
    host = f"race-{uuid4().hex[:8]}.example"
    slugs = [f"race-{uuid4().hex[:8]}" for _ in range(3)]
    for slug in slugs:
        await served.made(deployment.server, deployment.settings, slug=slug, name="Race")

    async def settle(slug: str) -> str:
        tenant = await deployment.directory.by_slug(slug)
        async with provisioning.settling(
            deployment.server, deployment.settings, tenant=tenant.id, name="Race", hosts=[host], at=clock.now()
        ):
            return slug

    settled = await asyncio.gather(*(settle(slug) for slug in slugs), return_exceptions=True)
    winners = [one for one in settled if isinstance(one, str)]
    assert len(winners) == 1, settled
    found = await deployment.directory.by_host(host)
    assert found is not None
    assert found.slug == winners[0]
    for slug in set(slugs) - set(winners):
        assert not (await deployment.directory.by_slug(slug)).is_open, "half made, and served nowhere"
    tally.note("creation races", 3)


@pytest.mark.parametrize(
    "slug",
    [
        "__class__",
        "t_0123456789abcdef",
        "pg_toast",
        "information_schema",
        "select",
        "a'b",
        'a"; DROP SCHEMA x; --',
        "ａｂ",
    ],
)
async def test_a_name_made_to_mean_something_else_opens_nothing(deployment: Deployment, slug: str):
    """A reserved word is a name like any other, since no schema and no role is ever called by it."""
    try:
        schema = await served.made(deployment.server, deployment.settings, slug=slug, name=slug)
    except provisioning.BadSlug:
        with pytest.raises(UnknownTenant):
            await deployment.directory.by_slug(slug)
    else:
        assert slug not in schema
        assert schema.startswith("t_")
    tally.note("names")
