"""An archive is taken in whole or not at all, whoever sealed it and whatever is in it, and is never whole in memory."""

import asyncio
import os
import shutil
import sys
import tarfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import closing
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import asyncpg
import msgspec
import pyrage
import pytest

from leumund.kit import clock, ground
from leumund.kit.faults import Refused
from leumund.tenancy import migrating
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import erasing
from leumund.tenancy.migrating import Migration
from leumund.tenancy.moving import archive
from leumund.tenancy.moving.archive import Manifest
from leumund.tenancy.moving.archiving import NotArchived
from leumund.tenancy.moving.encrypting import NotSealed
from leumund.tenancy.moving.importing import CompanyHere, Newer
from leumund.tenancy.moving.loading import Damaged, NotTaken
from leumund.tenancy.moving.spooling import Spool
from tests.conftest import NOON
from tests.journeys import elsewhere, locks
from tests.rooms import whole

ROOT = Path(__file__).parent.parent.parent
Members = dict[str, bytes]
LARGE_BYTES = 60_000_000
PETABYTE = 1 << 50
# Random, so that nothing makes it shorter.
UNINDEXABLE = b"%s\thash\t200\tbody\t2026-11-23 12:00:00+00\n" % os.urandom(8000).hex().encode()
HOLE = b"stands for a member that is nothing but a hole"


class Original(NamedTuple):
    """A company that was archived, and the folder with its archive and key."""

    tenant: Tenant
    folder: Path


@pytest.fixture(scope="session")
async def original(
    deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]], tmp_path_factory: pytest.TempPathFactory
) -> Original:
    tenant, folder = await open_company("birke"), tmp_path_factory.mktemp("original")
    async with deployment.scopes.inside(tenant):
        await whole.company(at=NOON)
        await ground.execute("INSERT INTO job_done SELECT gen_random_uuid(), $1 FROM generate_series(1, 3)", NOON)
    await elsewhere.archived(deployment, tenant, folder)
    return Original(tenant, folder)


@pytest.fixture
def archived(original: Original, tmp_path: Path) -> Path:
    """A copy of that folder, to be spoiled."""
    return shutil.copytree(original.folder, tmp_path, dirs_exist_ok=True)


@pytest.fixture
async def gone_again(there: Deployment, original: Original) -> AsyncIterator[None]:
    """What was taken in is erased at the end."""
    yield
    await erasing.erase(there.server, await there.directory.by_slug(original.tenant.slug), at=NOON)


@pytest.fixture
async def unchanged(there: Deployment) -> AsyncIterator[None]:
    """At the end nothing is there that was not there before."""
    before = await standing(there)
    yield
    assert await standing(there) == before


async def test_it_opens_with_its_key_alone_and_carries_no_session(
    archived: Path, there: Deployment, unchanged: None, tmp_path_factory: pytest.TempPathFactory
):
    members = read(archived)
    assert list(members)[:2] == [archive.MANIFEST, archive.KEYS]
    assert members["tables/job_done.copy"].count(b"2026-11-23 12:00:00+00\n") == 3
    assert not any("session" in name for name in members)
    sealed = (archived / "company.tar.age").read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert b"job_done" not in sealed
    mallory = tmp_path_factory.mktemp("mallory")
    elsewhere.recipient(mallory)
    (mallory / "company.tar.age").write_bytes(sealed)
    with pytest.raises(NotSealed):
        await elsewhere.taken_in(there, mallory)


@pytest.mark.parametrize("name", ["company.tar.age", "company.tar.age.part"])
async def test_no_file_is_written_over_and_none_is_left_half(
    deployment: Deployment, birke: Tenant, tmp_path: Path, name: str
):
    (tmp_path / name).write_text("somebody's")
    with pytest.raises(NotArchived):
        await elsewhere.archived(deployment, birke, tmp_path)
    assert set(os.listdir(tmp_path)) == {name, "key"}


async def test_a_table_that_is_written_anew_meanwhile_comes_along_whole(
    deployment: Deployment, company: Tenant, tmp_path: Path
):
    """Whoever looks at such a table from a moment before finds it empty."""
    async with deployment.scopes.inside(company):
        await ground.execute("INSERT INTO job_done SELECT gen_random_uuid(), $1 FROM generate_series(1, 3)", NOON)
    async with servers.as_owner(deployment.server) as migrating_it, migrating_it.transaction():
        await migrating_it.execute(
            f"ALTER TABLE {company.schema_name}.job_done ALTER at TYPE timestamptz USING at + interval '1 hour'"
        )
        archiving = asyncio.create_task(elsewhere.archived(deployment, company, tmp_path))
        await locks.until_waited_for(deployment, company, "job_done", by=archiving)
    packed = await archiving
    assert next(part.rows for part in packed.manifest.tables if part.name == "job_done") == 3


def test_what_is_spooled_is_not_readable_and_is_read_as_it_was(tmp_path: Path):
    written = b"Anna\n" * 10_000
    with closing(Spool(tmp_path)) as spool:
        spool.write(written[:7])
        spool.write(written[7:])
        assert spool.rewind() == len(written)
        (on_the_disk,) = without_a_name(tmp_path)
        assert len(on_the_disk) == len(written)
        assert b"Anna" not in on_the_disk
        assert b"".join(iter(partial(spool.read, 777), b"")) == written


@pytest.mark.parametrize("place", [0.2, 0.9, -1])
async def test_one_that_was_damaged_on_the_way_leaves_nothing(
    there: Deployment, archived: Path, unchanged: None, place: float
):
    file = archived / "company.tar.age"
    sealed = bytearray(file.read_bytes())
    if place < 0:
        del sealed[-1000:]
    else:
        sealed[int(len(sealed) * place)] ^= 1
    file.write_bytes(sealed)
    with pytest.raises((NotSealed, NotTaken)):
        await elsewhere.taken_in(there, archived)


FORGERIES: Mapping[str, tuple[Callable[[Members], object], type[Exception]]] = {
    "another format": (lambda its: manifest(its, format=2), Newer),
    "a later version": (lambda its: manifest(its, tenant_version=10_000), Newer),
    "a host that is no name": (lambda its: manifest(its, slug="x'; DROP SCHEMA platform"), Refused),
    "the operator's name": (lambda its: manifest(its, slug="operator"), Refused),
    "a table of ours": (lambda its: table(its, "job_done", name="tenant"), Damaged),
    "a column that is none": (
        lambda its: table(its, "job_done", columns=["job", "at\") FROM PROGRAM 'id' --"]),
        Damaged,
    ),
    "a row too few": (lambda its: table(its, "job_done", rows=2), Damaged),
    "another hash": (lambda its: table(its, "job_done", sha256="0" * 64), Damaged),
    "a column twice": (lambda its: table(its, "job_done", columns=["job", "at", "at"]), Damaged),
    "a table twice": (lambda its: twice(its, "job_done"), Damaged),
    "a value no index holds": (lambda its: rows(its, "idempotency", UNINDEXABLE), Damaged),
    "rows in no order": (lambda its: its.update({name: its.pop(name) for name in list(its)[:3]}), Damaged),
    "an end before the end": (lambda its: rows(its, "job_done", b"\\.\n"), Damaged),
    "a hole of a petabyte": (lambda its: its.update({"tables/job_done.copy": HOLE}), Damaged),
    "no keys": (lambda its: its.update({archive.KEYS: b"[]"}), Damaged),
    "short keys": (
        lambda its: its.update({archive.KEYS: its[archive.KEYS].replace(b'"key":"', b'"key":"AAAA')}),
        Damaged,
    ),
    "a key from before all keys": (lambda its: key(its, version=-1), Damaged),
    "a key after all keys": (lambda its: key(its, version=1 << 40), Damaged),
    "a key for nothing": (lambda its: key(its, purpose="door"), Damaged),
    "keys without end": (lambda its: more_keys(its), Damaged),
    "a name that fills pages": (lambda its: manifest(its, name="x" * 5_000), Damaged),
    "no manifest": (lambda its: its.pop(archive.MANIFEST), Damaged),
    "no jobs": (lambda its: its.pop(archive.JOBS), Damaged),
    "a way out of the folder": (lambda its: its.update({"../../etc/passwd": its.pop("tables/job_done.copy")}), Damaged),
    "what is no JSON": (lambda its: its.update({archive.MANIFEST: b"\xff{"}), Damaged),
    "more than a manifest": (lambda its: its.update({archive.MANIFEST: b" " * (archive.MOST_BYTES + 1)}), Damaged),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_is_forged_is_refused_and_nothing_stays(
    there: Deployment, archived: Path, unchanged: None, forgery: str
):
    change, refusal = FORGERIES[forgery]
    members = read(archived)
    change(members)
    write(archived, members)
    with pytest.raises(refusal):
        await elsewhere.taken_in(there, archived)


async def test_what_stands_beside_a_member_is_short_or_not_read(there: Deployment, archived: Path, unchanged: None):
    """A tar's own words about a member are read in one piece, and may say of themselves that they are a gigabyte."""
    write(archived, read(archived), beside="x" * 2000)
    with pytest.raises(Damaged):
        await elsewhere.taken_in(there, archived)


async def test_one_that_was_only_written_anew_is_taken_in_once(
    there: Deployment, archived: Path, original: Original, gone_again: None
):
    write(archived, read(archived), beside="as long as what is said of a large member")
    await elsewhere.taken_in(there, archived)
    arrived = await there.directory.by_slug(original.tenant.slug)
    async with there.scopes.reading(arrived):
        assert await ground.fetch("SELECT count(*) AS n FROM job_done") == [{"n": 3}]
    before = await standing(there)
    with pytest.raises(CompanyHere):
        await elsewhere.taken_in(there, archived)
    members = read(archived)
    manifest(members, slug="another-name")
    write(archived, members)
    with pytest.raises(CompanyHere):
        await elsewhere.taken_in(there, archived)
    assert await standing(there) == before


async def test_a_key_that_would_write_in_a_thousand_years_keeps_nobody_waiting(
    there: Deployment, archived: Path, original: Original, gone_again: None
):
    """Whoever turns the fleet's keys waits for the last of them."""
    members = read(archived)
    key(members, writes_at="9999-12-31T23:59:59Z")
    write(archived, members)
    await elsewhere.taken_in(there, archived)
    arrived = await there.directory.by_slug(original.tenant.slug)
    assert max(each.writes_at for each in arrived.keys) <= clock.now()


async def test_an_archive_of_an_older_version_is_brought_up_to_date(
    there: Deployment, archived: Path, original: Original, gone_again: None, monkeypatch: pytest.MonkeyPatch
):
    then = migrating.history("tenant")
    later = Migration(len(then) + 1, "later", "ALTER TABLE job_done ADD COLUMN note text NOT NULL DEFAULT 'later';")
    histories = {"tenant": (*then, later), "platform": migrating.history("platform")}
    monkeypatch.setattr(migrating, "history", histories.__getitem__)
    await elsewhere.taken_in(there, archived)
    arrived = await there.directory.by_slug(original.tenant.slug)
    assert arrived.version == len(then) + 1
    async with there.scopes.reading(arrived):
        assert await ground.fetch("SELECT count(*) AS n FROM job_done WHERE note = 'later'") == [{"n": 3}]


async def test_keys_are_wrapped_by_the_other_deployments_master_key(
    deployment: Deployment, there: Deployment, archived: Path, original: Original, gone_again: None
):
    await elsewhere.taken_in(there, archived)
    arrived = await there.directory.by_slug(original.tenant.slug)
    assert {key.master for key in arrived.keys}.isdisjoint({key.master for key in original.tenant.keys})
    async with deployment.scopes.reading(original.tenant):
        key = ground.current().key("token")
    async with there.scopes.reading(arrived):
        assert ground.current().key("token") == key


async def test_a_large_company_is_never_whole_in_memory(
    deployment: Deployment, there: Deployment, company: Tenant, tmp_path: Path
):
    """In a process of its own, whose most is looked at; reading the file whole is the control."""
    async with deployment.scopes.inside(company):
        await ground.execute(
            "INSERT INTO audit_entry (actor, action, detail) SELECT 'system:test', 'row.made', "
            "jsonb_build_object('n', n, 'text', repeat('x', 3900)) FROM generate_series(1, $1) AS n",
            LARGE_BYTES // 4000,
        )
    elsewhere.recipient(tmp_path)
    grown = {}
    for deed, where in (("archive", deployment), ("take_in", there), ("read", there)):
        done = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.journeys.weighing", deed, str(tmp_path), company.slug),
            env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", **variables(where)},
            stdout=PIPE,
            cwd=ROOT,
        )
        grown[deed] = int((await done.communicate())[0])
    assert (tmp_path / "company.tar.age").stat().st_size > LARGE_BYTES
    assert grown["read"] > LARGE_BYTES
    assert max(grown["archive"], grown["take_in"]) < LARGE_BYTES // 3, grown


def variables(deployment: Deployment) -> dict[str, str]:
    settings = deployment.settings
    assert settings.database_url is not None
    return {
        "LEUMUND_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LEUMUND_MASTER_KEYS": ",".join(settings.masters()),
        "LEUMUND_BASE_DOMAIN": settings.base_domain,
        "LEUMUND_SMTP_URL": settings.smtp_url.get_secret_value(),
        "LEUMUND_DATABASE_URL": settings.database_url.get_secret_value(),
        "LEUMUND_DATA": str(settings.data),
    }


def without_a_name(folder: Path) -> list[bytes]:
    """What lies in files of ``folder`` that only this process sees."""
    ours = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    return [Path(each).read_bytes() for each in ours if os.path.realpath(each).startswith(str(folder))]


def read(folder: Path) -> Members:
    """All members of the archive in ``folder``, by name and in their order."""
    identity = pyrage.x25519.Identity.from_str((folder / "key").read_text().split()[4])
    plain = pyrage.decrypt((folder / "company.tar.age").read_bytes(), [identity])
    with tarfile.open(fileobj=BytesIO(plain)) as tar:
        return {each.name: found.read() for each in tar if (found := tar.extractfile(each))}


def write(folder: Path, members: Members, *, beside: str = "") -> None:
    """Seal ``members`` as anybody can who knows whom for, with a comment ``beside`` each."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in members.items():
            if content is HOLE:
                out.write(hole(name))
                tar.offset = out.tell()
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.pax_headers = {"comment": beside} if beside else {}
            tar.addfile(info, BytesIO(content))
    recipient = pyrage.x25519.Recipient.from_str(elsewhere.recipient(folder))
    (folder / "company.tar.age").write_bytes(pyrage.encrypt(out.getvalue(), [recipient]))


def manifest(members: Members, **instead: object) -> None:
    told = msgspec.json.decode(members[archive.MANIFEST], type=Manifest)
    members[archive.MANIFEST] = msgspec.json.encode(msgspec.structs.replace(told, **instead))


def hole(name: str) -> bytes:
    """The header of a member that takes no room in the file and is read as a petabyte of zeros (GNU sparse)."""
    info = tarfile.TarInfo(name)
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    huge = b"\x80" + PETABYTE.to_bytes(11)
    header[386:410], header[483:495] = huge + b"0" * 11 + b"\0", huge
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def rows(members: Members, which: str, before: bytes) -> None:
    """Put a line before the rows of a table, told rightly in the manifest."""
    name = archive.member(which)
    content = members[name] = before + members[name]
    told = {"rows": content.count(b"\n"), "bytes": len(content), "sha256": sha256(content).hexdigest()}
    table(members, which, **told)


def table(members: Members, which: str, **instead: object) -> None:
    told = msgspec.json.decode(members[archive.MANIFEST], type=Manifest)
    parts = [msgspec.structs.replace(part, **instead) if part.name == which else part for part in told.tables]
    manifest(members, tables=parts)


def twice(members: Members, which: str) -> None:
    told = msgspec.json.decode(members[archive.MANIFEST], type=Manifest)
    manifest(members, tables=[*told.tables, *(part for part in told.tables if part.name == which)])


def key(members: Members, **instead: object) -> None:
    """Say something else of the first key."""
    first, *others = msgspec.json.decode(members[archive.KEYS])
    members[archive.KEYS] = msgspec.json.encode([first | instead, *others])


def more_keys(members: Members) -> None:
    keys = msgspec.json.decode(members[archive.KEYS])
    data = next(each for each in keys if each["purpose"] == "data")
    members[archive.KEYS] = msgspec.json.encode([*keys, *(data | {"version": 2 + n} for n in range(1000))])


async def standing(there: Deployment) -> list[asyncpg.Record]:
    """Every company, schema and role there."""
    owner = await servers.connect_owner(there.server)
    try:
        return list(
            await owner.fetch(
                "SELECT slug, state FROM platform.tenant UNION ALL SELECT nspname, 'schema' FROM pg_namespace "
                "WHERE nspname LIKE 't\\_%' UNION ALL SELECT rolname, 'role' FROM pg_roles WHERE rolname LIKE 't\\_%' "
                "UNION ALL SELECT name, 'host' FROM platform.host ORDER BY 1, 2"
            )
        )
    finally:
        await owner.close()
