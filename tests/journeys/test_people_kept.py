"""A backup that was made before somebody was erased yields them no more, and yields everybody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from leumund.customers.records import finding
from leumund.kit import clock, personal
from leumund.kit.settings import Settings
from leumund.privacy.forgetting import erasing
from leumund.rewards import listing
from leumund.tenancy import deployment as deployments
from leumund.tenancy import migrating
from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.keys import rotating
from leumund.tenancy.keys.wrapping import DATA, Masters
from leumund.tenancy.moving import encrypting
from tests import served, shell
from tests.conftest import NOON
from tests.isolation.test_keys import AT_ONCE
from tests.isolation.test_sealing import journey
from tests.rooms import whole

LINDEN = "linden"
WITHOUT_KEYS = ("--exclude-table-data=*.person_key",)


class Place(NamedTuple):
    """A deployment on a server of its own, to be backed up and restored, and a folder for what is kept apart."""

    settings: Settings
    folder: Path

    @property
    def file(self) -> str:
        return str(self.folder / "people.age")

    @property
    def key(self) -> str:
        return str(self.folder / "key")

    def stored(self) -> bytes:
        return Path(self.file).read_bytes()

    def store(self, content: bytes) -> None:
        Path(self.file).write_bytes(content)

    async def dump(self, *options: str) -> None:
        await self._run("pg_dump", "-Fc", *options, "-f", self._dump, "-d", self._url)

    async def restore(self) -> None:
        """Into an empty database, as the server's superuser, who alone gives back what was fenced."""
        server = get_server(self.settings.data / "postgres")
        server.psql("DROP DATABASE leumund;")
        server.psql("CREATE DATABASE leumund OWNER leumund_owner;")
        folder = self.settings.data / "postgres"
        await self._run("pg_restore", "-h", str(folder), "-U", "postgres", "-d", "leumund", self._dump)
        assert (await shell.told(self.settings, "migrate"))[0] == 0

    async def told(self, *words: str) -> str:
        """What a command says that ends well."""
        code, said = await shell.told(self.settings, *words)
        assert code == 0, said
        return said

    async def refused(self, *words: str) -> str:
        """What one says that ends badly."""
        code, said = await shell.told(self.settings, *words)
        assert code == 1, said
        return said

    @property
    def _dump(self) -> str:
        return str(self.folder / "backup.dump")

    @property
    def _url(self) -> str:
        assert self.settings.database_url is not None
        return self.settings.database_url.get_secret_value()

    async def _run(self, program: str, *arguments: str) -> None:
        path = get_server(self.settings.data / "postgres").bin_path / program
        process = await asyncio.create_subprocess_exec(path, *arguments)
        assert await process.wait() == 0, f"{program} failed"


@pytest.fixture(scope="module")
async def _server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    base = Settings(
        secret_key="a secret of a place that is restored in the tests",
        master_keys="a master key of a place that is restored in tests",
        base_domain="leumund.example",
        smtp_url="smtp://127.0.0.1:1",
        data=tmp_path_factory.mktemp("restored").resolve(),
    )
    with embedded.running(base) as url:
        get_server(base.data / "postgres").psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        settings = base.model_copy(update={"database_url": SecretStr(url)})
        await migrating.migrate_platform(servers.parse(url), settings)
        async with deployments.opened(settings, role="web") as deployment:
            await served.company(deployment, LINDEN, name="Linden", at=NOON)
        yield settings


@pytest.fixture
async def place(_server: Settings, tmp_path: Path) -> Place:
    encrypting.make_key(tmp_path / "key")
    return Place(_server, tmp_path)


async def test_who_was_erased_after_the_backup_stays_erased_and_everybody_else_is_read(place: Place):
    anna, bert = await people(place, "anna", "bert")
    await place.dump(*WITHOUT_KEYS)
    await erased(place, anna)
    await rotated(place)
    said = await place.told("persons", "keep", place.file, "--recipient", recipient(place))
    assert f" of 1 companies in {place.file}, {len(place.stored())} bytes\n" in said

    await place.restore()
    assert await names(place, anna, bert) == ["", ""], "the backup alone yields nobody"
    said = await place.told("persons", "return", place.file, "--key", place.key)
    assert f"{LINDEN}: 1 keys returned, 1 people are read no more\n" in said
    assert f"{LINDEN}: 0 postings on 0 accounts" in said, "what was restored is looked at"
    assert await names(place, anna, bert) == ["", "bert"]
    await rotated(place)
    assert await names(place, anna, bert) == ["", "bert"], "the turn of keys that was under way ends well"
    async with _inside(place):
        assert await erasing.again(at=clock.now()) == 1, "a night erases what is left of her, by the tombstone"


async def test_what_was_typed_about_two_people_comes_back_with_them(place: Place):
    async with _inside(place):
        await journey()
    await place.dump(*WITHOUT_KEYS)
    await place.told("persons", "keep", place.file, "--recipient", recipient(place))
    await place.restore()
    assert await reasons(place) == [""], "the backup alone yields no word"
    await place.told("persons", "return", place.file, "--key", place.key)
    assert await reasons(place) == ["Majoran kauft für sich"]


async def test_a_backup_that_still_has_the_keys_loses_those_of_whom_the_file_does_not_know(place: Place):
    anna, bert = await people(place, "anna", "bert")
    await place.dump()
    await erased(place, anna)
    await place.told("persons", "keep", place.file, "--recipient", recipient(place))

    await place.restore()
    assert await names(place, anna, bert) == ["anna", "bert"], "the attack can succeed"
    await place.told("persons", "return", place.file, "--key", place.key)
    assert await names(place, anna, bert) == ["", "bert"]


async def test_no_file_is_returned_to_a_database_that_is_younger_unless_one_says_so(place: Place):
    anna, bert = await people(place, "anna", "bert")
    await place.told("persons", "keep", place.file, "--recipient", recipient(place))
    (clara,) = await people(place, "clara", at=clock.now())
    assert "1 people or refusals of linden came after it was made" in await place.refused(
        "persons", "return", place.file, "--key", place.key
    )
    assert await names(place, anna, bert, clara) == ["anna", "bert", "clara"]
    await erased(place, bert)
    await place.told("persons", "return", place.file, "--key", place.key, "--older")
    assert await names(place, anna, bert, clara) == ["anna", "", "clara"]
    assert await held(place, bert) == 0, "the key of whom is erased here does not come back"


async def test_a_file_that_is_cut_off_or_another_s_changes_nothing(place: Place):
    anna, bert = await people(place, "anna", "bert")
    await place.told("persons", "keep", place.file, "--recipient", recipient(place))
    stored = place.stored()
    assert b"linden" not in stored
    place.store(stored[:-20])
    await place.refused("persons", "return", place.file, "--key", place.key)
    place.store(stored)
    encrypting.make_key(place.folder / "mallory")
    await place.refused("persons", "return", place.file, "--key", str(place.folder / "mallory"))
    assert "is there already" in await place.refused("persons", "keep", place.file, "--recipient", recipient(place))
    assert await names(place, anna, bert) == ["anna", "bert"]


def recipient(place: Place) -> str:
    return Path(place.key).read_text("ascii").splitlines()[0].removeprefix("# public key: ")


async def people(place: Place, *names: str, at: datetime = NOON) -> list[UUID]:
    """Customers of Linden by their first names, with addresses nobody had before."""
    async with _inside(place):
        return [await whole.person(f"{name}-{uuid4().hex}@people.example", name=name, at=at) for name in names]


async def names(place: Place, *people: UUID) -> list[str]:
    """What each of ``people`` is called; nothing where nobody reads it."""
    async with _inside(place):
        found = [await finding.by_id(customer=person) for person in people]
        return [person.name if person else "" for person in found]


async def reasons(place: Place) -> list[str]:
    """Why referrals were refused, as far as anybody reads it."""
    async with _inside(place):
        return [row["reason"] for row in (await listing.referrals()).rows]


async def erased(place: Place, person: UUID) -> None:
    async with _inside(place):
        await erasing.erase(customer=person, rule="wish", at=clock.now())


async def held(place: Place, person: UUID) -> int:
    """How many keys there are of ``person``."""
    async with _inside(place):
        return len(await personal.keys(people=[person]))


async def rotated(place: Place) -> None:
    """Linden has another data key, and no earlier one."""
    async with deployments.opened(place.settings, role="web") as deployment:
        tenant = await deployment.directory.by_slug(LINDEN)
        turns = rotating.rotate(deployment.server, Masters(place.settings), [tenant], pace=AT_ONCE)
        (turned,) = [each async for each in turns]
        keys = (await deployment.directory.by_slug(LINDEN)).keys
    assert [key.version for key in keys if key.purpose == DATA] == [turned.version]


@asynccontextmanager
async def _inside(place: Place) -> AsyncIterator[None]:
    """Within Linden, over connections of a moment: the database may be another one by the next."""
    async with deployments.opened(place.settings, role="web") as deployment:
        tenant = await deployment.directory.by_slug(LINDEN)
        async with deployment.scopes.inside(tenant):
            yield
