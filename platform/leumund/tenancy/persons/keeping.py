"""Keep the keys of all people in one sealed file, apart from the backups that are of no use without it."""

import tarfile
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg
import msgspec

from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.keys import keeping
from leumund.tenancy.moving import archiving, packing, spooling
from leumund.tenancy.persons import keyfile
from leumund.tenancy.persons.keyfile import TABLES, Begin, Company, Next

# One that was opened half or has left has no schema.
_COMPANIES = """
SELECT id, slug, schema_name FROM platform.tenant WHERE to_regnamespace(schema_name) IS NOT NULL ORDER BY slug
"""
_NO_LIMIT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"


class Kept(NamedTuple):
    """What was written; ``sha256`` is of the sealed file."""

    companies: int
    people: int
    bytes: int
    sha256: str


async def keep(server: Server, *, file: Path, recipients: list[str], at: datetime) -> Kept:
    """Write the keys of every company's people to ``file``, sealed for ``recipients``; no file when anything fails.

    Each company is read in one moment of its own. Raises archiving.NotArchived, encrypting.NotSealed and OSError.
    """
    archiving.check(file=file, recipients=recipients)
    people = number = 0
    async with as_owner(server) as connection:
        with (
            packing.written(file, recipients) as (plain, hashed),
            tarfile.open(fileobj=plain, mode="w|") as tar,
        ):
            packing.add(tar, keyfile.BEGIN, msgspec.json.encode(Begin(format=keyfile.FORMAT, made_at=at)), at)
            for number, row in enumerate(await connection.fetch(_COMPANIES), 1):
                people += await _add(connection, tar, number, row, folder=file.parent, at=at)
            packing.add(tar, keyfile.about(number + 1), msgspec.json.encode(Next(company=None)), at)
    return Kept(number, people, hashed.bytes, hashed.digest.hexdigest())


async def _add(
    connection: asyncpg.Connection,
    tar: tarfile.TarFile,
    number: int,
    row: asyncpg.Record,
    *,
    folder: Path,
    at: datetime,
) -> int:
    """Add one company, and say how many people have a key there."""
    with ExitStack() as open_files:
        spooled = []
        # Company keys and people's are of one moment: no key is missing that took its turn in between.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(_NO_LIMIT + _locking(row["schema_name"]))
            keys = await keeping.held(connection, row["id"])
            for table, columns in TABLES.items():
                query = f"SELECT {', '.join(columns)} FROM {row['schema_name']}.{table}"  # noqa: S608 - our own names
                each = await spooling.spool(connection, query, name=table, columns=columns, folder=folder)
                open_files.enter_context(closing(each.file))
                spooled.append(each)
        company = Company(company=row["id"], slug=row["slug"], keys=list(keys), parts=[each.part for each in spooled])
        packing.add(tar, keyfile.about(number), msgspec.json.encode(Next(company=company)), at)
        for each in spooled:
            packing.add_rows(tar, keyfile.rows(number, each.part.name), each, at)
        return spooled[0].part.rows


def _locking(schema_name: str) -> str:
    """A migration that writes a table anew leaves it empty to whoever looks from an earlier moment."""
    return "".join(f"LOCK TABLE {schema_name}.{table} IN ACCESS SHARE MODE;" for table in TABLES)
