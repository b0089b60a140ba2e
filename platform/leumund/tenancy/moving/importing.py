"""Take a company in from its archive: with its own id and keys, in a schema of another name, all of it or nothing.

An age file says for whom it was sealed and not by whom, so nothing in it is believed: tables are those our own
migrations make, hosts are ours to give, domains are claims to be proven, every count and hash is looked at.
"""

import tarfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import announcing, migrating, provisioning
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.directory import State
from leumund.tenancy.domains import naming
from leumund.tenancy.keys import keeping
from leumund.tenancy.keys.wrapping import DATA, INDEX, Masters
from leumund.tenancy.moving import archive, encrypting, loading, settling
from leumund.tenancy.moving.archive import Key, Manifest
from leumund.tenancy.moving.loading import Damaged, NotTaken
from leumund.tenancy.noting import Note

# The index key and, while data keys take their turn, two of those.
_MOST_KEYS = 3


class CompanyHere(NotTaken):
    """A company of this id or slug, or one that is served at its host, is here already."""


class Newer(NotTaken):
    """Made by a later version than ours."""


class _Place(NamedTuple):
    settings: Settings
    at: datetime
    note: Note


async def take_in(
    server: Server, settings: Settings, *, file: Path, identities: Path, at: datetime, note: Note
) -> Manifest:
    """Make the company of the archive ``file`` one of this deployment; it is served when this returns.

    Raises encrypting.NotSealed, loading.Damaged, Newer, CompanyHere, provisioning.BadSlug and OSError.
    """
    place = _Place(settings, at, note)
    # The stream ends within the transaction: what it lacks undoes all of it.
    async with as_owner(server) as connection, connection.transaction():
        with (
            file.open("rb") as sealed,
            encrypting.opened(sealed, identities) as plain,
            loading.plain_faults("archive of a company"),
            tarfile.open(fileobj=plain, mode="r|", tarinfo=loading.Plain) as tar,
        ):
            return await _take_in(connection, place, tar)


async def _take_in(connection: asyncpg.Connection, place: _Place, tar: tarfile.TarFile) -> Manifest:
    manifest = _checked(loading.whole(tar, archive.MANIFEST, Manifest))
    keys = loading.whole(tar, archive.KEYS, list[Key])
    schema_name, history = provisioning.new_schema_name(), migrating.history("tenant")
    told, later = history[: manifest.tenant_version], history[manifest.tenant_version :]
    script = provisioning.script(schema_name, place.settings, company=manifest.company, history=told)
    await _enter(connection, place, manifest, schema_name)
    await _keep_keys(connection, place, manifest, keys)
    await connection.execute(script)
    await loading.load_tables(connection, tar, manifest.tables, schema_name=schema_name)
    await loading.load_jobs(connection, tar, manifest.jobs, schema_name=schema_name)
    # After the rows, for it brings the limits of a migration along.
    await connection.execute(migrating.script_for(schema_name, later, company=manifest.company))
    await settling.settle(connection, schema_name=schema_name, at=place.at)
    await place.note(connection, action="company.imported", tenant=manifest.company, slug=manifest.slug)
    await announcing.announce(connection)
    return manifest


def _checked(manifest: Manifest) -> Manifest:
    if manifest.format != archive.FORMAT:
        raise Newer(f"its format is {manifest.format}, and we read {archive.FORMAT}")
    if manifest.tenant_version > migrating.latest():
        raise Newer(
            f"it was made at version {manifest.tenant_version} and this is {migrating.latest()}; "
            "bring this deployment up to date first"
        )
    provisioning.check_slug(manifest.slug)
    return manifest


async def _enter(connection: asyncpg.Connection, place: _Place, manifest: Manifest, schema_name: str) -> None:
    """Put the company into the directory, served at a host of ours; its other domains are claimed again."""
    base = place.settings.base_domain
    domains = [name for name in manifest.domains if name != base and not name.endswith(f".{base}")]
    try:
        row = (manifest.company, manifest.slug, manifest.name, schema_name, migrating.latest(), State.OPEN, None)
        await connection.execute(provisioning.ENTER, *row)
        hosts = [naming.given(manifest.slug, base_domain=base), *domains]
        await provisioning.give_hosts(connection, manifest.company, hosts, place.at)
    except asyncpg.UniqueViolationError:
        raise CompanyHere(f"{manifest.slug}, a company of its id or one served at its host is here already") from None


async def _keep_keys(connection: asyncpg.Connection, place: _Place, manifest: Manifest, keys: list[Key]) -> None:
    """The company's own keys, from now on wrapped by this deployment's first master key."""
    made = {(key.purpose, key.version) for key in keys}
    # Data keys turn, and the first is gone then; the index key never does.
    if (INDEX, 1) not in made or not any(purpose == DATA for purpose, _ in made) or len(keys) > _MOST_KEYS:
        raise Damaged("its keys are not as we know them")
    masters = Masters(place.settings)
    wrapped = [
        masters.wrap(
            key.key,
            company=manifest.company,
            purpose=key.purpose,
            version=key.version,
            # All processes here hear of all of them with the company, so none has to wait for its day.
            writes_at=min(key.writes_at, place.at),
        )
        for key in keys
    ]
    await keeping.keep(connection, manifest.company, wrapped)
