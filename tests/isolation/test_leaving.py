"""A company leaves by steps: each can be begun again, nothing of it stays, and backups die with the master key."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from pydantic import SecretStr

from leumund.cli import noting
from leumund.kit import clock
from leumund.kit.settings import Settings
from leumund.operating import office
from leumund.tenancy import deployment as deployments
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys.wrapping import MasterMissing, Masters, Vaults, Wrapped
from leumund.tenancy.leaving import certifying, erasing, going, sending
from leumund.tenancy.leaving.going import NotLeaving, OwnersToSay
from leumund.tenancy.leaving.sending import Step, Wish
from leumund.tenancy.moving import encrypting, holding
from leumund.tenancy.moving.packing import Packed
from tests import served
from tests.conftest import NOON
from tests.isolation import fleets, two_companies
from tests.isolation.two_companies import Side

OpenCompany = Callable[[str], Awaitable[Tenant]]
MONTH = timedelta(days=30)


class Killed(BaseException):
    """As kill -9 looks to the server: the connection is gone, and with it whatever had not been committed."""


@pytest.fixture
async def side(deployment: Deployment, open_company: OpenCompany) -> Side:
    return await two_companies.furnish(deployment, open_company, "linden")


@pytest.fixture
async def alone(deployment: Deployment) -> AsyncIterator[Deployment]:
    """A deployment in which there is nobody yet, so that all of it can be searched."""
    async with (
        fleets.fleet(deployment, companies=0) as fleet,
        deployments.opened(fleet.settings, role="web") as opened,
    ):
        yield opened


async def sent_away(deployment: Deployment, tenant: Tenant, *, due_at: object = NOON) -> None:
    await going.begin(deployment.server, tenant, asked_by="owner:x", at=NOON, due_at=due_at, note=noting.note)
    await going.unarchived(deployment.server, tenant, reason="a test")


async def test_it_is_served_nowhere_until_it_is_called_back(deployment: Deployment, company: Tenant):
    await sent_away(deployment, company, due_at=NOON + MONTH)
    deployment.directory.forget()
    assert await deployment.directory.by_host(company.host) is None
    assert not await is_due(deployment, company, at=NOON + MONTH - timedelta(seconds=1))
    assert await is_due(deployment, company, at=NOON + MONTH)
    await going.keep(deployment.server, company, at=NOON, note=noting.note)
    deployment.directory.forget()
    assert (await deployment.directory.by_host(company.host)) is not None
    assert not await is_due(deployment, company, at=NOON + MONTH)
    with pytest.raises(NotLeaving):
        await going.keep(deployment.server, company, at=NOON, note=noting.note)


async def test_it_is_not_due_before_its_archive_is_written_or_somebody_said_why_not(
    deployment: Deployment, company: Tenant
):
    with pytest.raises(OwnersToSay):
        await going.begin(deployment.server, company, asked_by=going.OPERATOR, at=NOON, due_at=NOON, note=noting.note)
    await going.begin(deployment.server, company, asked_by="owner:x", at=NOON, due_at=NOON, note=noting.note)
    assert not await is_due(deployment, company, at=NOON)
    await going.archived(deployment.server, company, sha256="0" * 64)
    assert await is_due(deployment, company, at=NOON)
    await going.begin(
        deployment.server, company, asked_by="owner:x", at=NOON + MONTH, due_at=NOON + MONTH, note=noting.note
    )
    assert await is_due(deployment, company, at=NOON), "what was begun goes on as it was begun"


async def test_a_company_that_moved_is_called_back_to_be_read_and_not_written(deployment: Deployment, company: Tenant):
    """It may be written elsewhere by now: the same company in two places would be two companies one day."""
    await holding.hold(deployment.server, company, at=NOON, note=noting.note)
    moving = await deployment.directory.by_slug(company.slug)
    await going.begin(
        deployment.server, moving, asked_by=going.OPERATOR, at=NOON, due_at=NOON + MONTH, note=noting.note
    )
    await going.keep(deployment.server, moving, at=NOON, note=noting.note)
    kept = await deployment.directory.by_slug(company.slug)
    assert kept.is_moving
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _write(deployment, kept)
    await holding.let_go(deployment.server, kept, at=NOON, note=noting.note)
    await _write(deployment, await deployment.directory.by_slug(company.slug))


async def _write(deployment: Deployment, tenant: Tenant) -> None:
    role = await servers.connect_as(deployment.server, deployment.settings, tenant.schema_name)
    try:
        await role.execute("INSERT INTO job_done (job, at) VALUES (gen_random_uuid(), now())")
    finally:
        await role.close()


async def test_whoever_is_called_back_while_others_are_erased_stays(deployment: Deployment, company: Tenant):
    """The list of whose time is up may be old by the time it is a company's turn."""
    await sent_away(deployment, company)
    assert await is_due(deployment, company, at=NOON)
    await going.keep(deployment.server, company, at=NOON, note=noting.note)
    with pytest.raises(NotLeaving):
        await erasing.erase(deployment.server, company, at=NOON, if_due=True)
    await going.begin(
        deployment.server, company, asked_by=going.OPERATOR, at=NOON, due_at=NOON + MONTH, note=noting.note
    )
    with pytest.raises(NotLeaving):
        await erasing.erase(deployment.server, company, at=NOON, if_due=True)
    await going.keep(deployment.server, company, at=NOON, note=noting.note)
    deployment.directory.forget()
    assert await deployment.directory.by_host(company.host)


async def test_an_archive_is_told_of_before_it_is_begun_and_whoever_stops_there_has_sent_nobody_away(
    deployment: Deployment, company: Tenant, tmp_path: Path
):
    recipient = encrypting.make_key(tmp_path / "key")
    wish = Wish(going.OPERATOR, tmp_path / "company.tar.age", [recipient], "", MONTH, now=False)
    async with aclosing(sent(deployment, company, wish)) as steps:
        assert await anext(steps) is Step.ARCHIVING
    assert await going.find(deployment.server, company) is None
    without = wish._replace(archive=None, recipients=[], reason="they have one")
    assert [each async for each in sent(deployment, company, without)] == []
    assert [each async for each in sent(deployment, company, without)] == [Step.LEFT_BEFORE]
    with pytest.raises(going.OwnersToSay):
        await anext(sent(deployment, company, without._replace(now=True)))


def sent(deployment: Deployment, tenant: Tenant, wish: Wish) -> AsyncGenerator[Step | Packed]:
    return sending.send(deployment.server, deployment.settings, tenant, wish=wish, at=NOON, note=noting.note)


async def test_of_calling_back_and_erasing_at_once_one_comes_too_late(
    deployment: Deployment, open_company: OpenCompany
):
    for _ in range(5):
        company = await open_company("birke")
        await sent_away(deployment, company)
        done = await asyncio.gather(
            going.keep(deployment.server, company, at=NOON, note=noting.note),
            erasing.erase(deployment.server, company, at=NOON, if_due=True),
            return_exceptions=True,
        )
        assert [isinstance(each, NotLeaving) for each in done] in ([True, False], [False, True]), done
        assert await is_in_the_directory(deployment, company) == (done[0] is None)


async def test_no_word_of_it_stands_anywhere_afterwards(alone: Deployment):
    gone, other = [await two_companies.furnish(alone, partial(_named, alone), name) for name in ("linden", "birke")]
    words = {gone.marker, gone.tenant.schema_name, gone.api_key}
    assert await found_anywhere(alone, words | {other.marker}) == words - {gone.api_key} | {other.marker}
    await sent_away(alone, gone.tenant)
    certificate = await erasing.erase(alone.server, gone.tenant, at=NOON)
    assert sum(certificate.rows.values()) > 50
    assert (certificate.keys, certificate.hosts, certificate.domains) == (2, 1, 1)
    # What is certified names the schema that is gone, and nothing that was in it.
    assert await found_anywhere(alone, words) == {gone.tenant.schema_name}
    async with as_owner(alone.server) as owner:
        await owner.execute("DELETE FROM platform.erasure WHERE tenant = $1", gone.tenant.id)
    assert await found_anywhere(alone, words | {other.marker}) == {other.marker}


async def test_whoever_is_killed_at_any_step_goes_on_from_there(
    deployment: Deployment, open_company: OpenCompany, monkeypatch: pytest.MonkeyPatch
):
    """One company; at each statement of the removal once more the connection is lost, until it comes to the end."""
    company = await open_company("birke")
    await sent_away(deployment, company)
    steps = 0
    while await is_in_the_directory(deployment, company):
        steps += 1
        with monkeypatch.context() as patched, suppress(Killed, asyncpg.InterfaceError):
            kill_at(patched, steps)
            await erasing.erase(deployment.server, company, at=NOON)
        if steps == 12:
            with pytest.raises(NotLeaving, match="being removed already"):
                await going.keep(deployment.server, company, at=NOON, note=noting.note)
    assert steps > 40
    async with office.reading(deployment) as desk:
        waiting = [one for one in await certifying.unwritten(desk.connection) if one.tenant == company.id]
    assert len(waiting) == 1, "and one certificate is left to be written"


async def test_what_a_backup_holds_dies_with_the_master_key(
    deployment: Deployment, side: Side, owner: asyncpg.Connection
):
    """The drill: rows and wrapped keys as they were before, and a deployment whose master key has been replaced."""
    member = side.owner.member
    sealed = await owner.fetchval(
        f"SELECT totp_sealed FROM {side.tenant.schema_name}.staff_member WHERE id = $1", member
    )
    keys = [
        Wrapped(**dict(row))
        for row in await owner.fetch(
            "SELECT purpose, version, wrapped, master, writes_at FROM platform.company_key WHERE tenant = $1",
            side.tenant.id,
        )
    ]
    await sent_away(deployment, side.tenant)
    await erasing.erase(deployment.server, side.tenant, at=NOON)
    assert opened(deployment.settings, side.tenant.id, keys, sealed, member), "the old master key opens it"
    replaced = deployment.settings.model_copy(
        update={"master_keys": SecretStr("the key that took the turn of the one before")}
    )
    with pytest.raises(MasterMissing):
        opened(replaced, side.tenant.id, keys, sealed, member)
    forged = [msgspec.structs.replace(key, master=Masters(replaced).first) for key in keys]
    with pytest.raises(MasterMissing):
        opened(replaced, side.tenant.id, forged, sealed, member)
    fresh = Masters(replaced).made(company=side.tenant.id, at=NOON)
    with pytest.raises(InvalidTag):
        opened(replaced, side.tenant.id, fresh, sealed, member)


def opened(settings: Settings, company: UUID, keys: list[Wrapped], sealed: bytes, member: UUID) -> bytes:
    vault = Vaults(Masters(settings)).vault(company, tuple(keys), at=clock.now())
    return vault.unseal(sealed, f"staff_member.totp_sealed.{member.hex}")


async def is_due(deployment: Deployment, tenant: Tenant, *, at: object) -> bool:
    return tenant.id in {leave.tenant for leave in await going.due(deployment.server, at=at)}


async def is_in_the_directory(deployment: Deployment, tenant: Tenant) -> bool:
    return tenant.slug in {one.slug for one in await deployment.directory.all()}


def kill_at(patched: pytest.MonkeyPatch, step: int) -> None:
    """Lose the connection at the ``step``-th statement from now on, before it is sent or after it was done."""
    said = 0

    def dying(name: str) -> None:
        real = getattr(asyncpg.Connection, name)

        async def say(self: asyncpg.Connection, *arguments: object, **named: object) -> object:
            nonlocal said
            said += 1
            if said == step:
                self.terminate()
                raise Killed
            done = await real(self, *arguments, **named)
            said += 1
            if said == step:
                self.terminate()
                raise Killed
            return done

        patched.setattr(asyncpg.Connection, name, say)

    for name in ("execute", "fetch", "fetchval", "fetchrow"):
        dying(name)


async def _named(alone: Deployment, name: str) -> Tenant:
    return await served.company(alone, f"{name}-{uuid4().hex[:8]}", name=name.title(), at=NOON)


async def found_anywhere(deployment: Deployment, words: set[str]) -> set[str]:
    """Those of ``words`` that stand in any row, any name of schema or role, or any file beside the server's."""
    async with as_owner(deployment.server) as owner:
        found = await _told_by(owner, words)
    for place, folders, files in os.walk(deployment.settings.data):
        folders[:] = [name for name in folders if name != "postgres"]
        texts = [(Path(place) / name).read_bytes() for name in files]
        found |= {word for word in words if any(word.encode() in text for text in texts)}
    return found


async def _told_by(owner: asyncpg.Connection, words: set[str]) -> set[str]:
    found = set()
    tables = await owner.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
        "WHERE schemaname IN ('platform', 'outbox', 'hosting', 'public') OR schemaname ~ '^t_[a-z0-9]{16}$'"
    )
    for table in tables:
        for word in words - found:
            if await owner.fetchval(
                f"SELECT true FROM {table['name']} AS r WHERE strpos(r::text, $1) > 0 LIMIT 1", word
            ):
                found.add(word)
    names = await owner.fetch("SELECT nspname AS name FROM pg_namespace UNION ALL SELECT rolname FROM pg_roles")
    return found | {word for word in words if any(word in row["name"] for row in names)}
