"""Return people's keys to a database that was restored without them, or with those of an earlier day.

Whoever is in the database and not in the file was erased after that backup was made, and stays unreadable. Whoever came
after the file was made would look the same: so a file is returned to no database that is younger than it.
"""

import tarfile
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

import asyncpg

from leumund.kit import ground
from leumund.tenancy import announcing
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.keys import keeping
from leumund.tenancy.keys.wrapping import Masters, Wrapped
from leumund.tenancy.moving import encrypting, loading
from leumund.tenancy.moving.loading import Damaged, NotTaken, Rows
from leumund.tenancy.noting import Note
from leumund.tenancy.persons import keyfile
from leumund.tenancy.persons.keyfile import TABLES, Begin, Company, Next

_PREPARE = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL timezone = 'UTC';
LOCK TABLE {schema}.customer, {schema}.referral, {schema}.person_key IN SHARE ROW EXCLUSIVE MODE;
CREATE TEMPORARY TABLE returning_person_key ON COMMIT DROP AS TABLE {schema}.person_key WITH NO DATA;
CREATE TEMPORARY TABLE returning_erasure_tombstone ON COMMIT DROP AS TABLE {schema}.erasure_tombstone WITH NO DATA;
"""
_HERE = "SELECT id, slug, schema_name FROM platform.tenant WHERE id = $1 AND to_regnamespace(schema_name) IS NOT NULL"
# Whose keys may be there, and since when: people, and what was typed about the two of a referral, until one is erased.
_WHOSE = """(
    SELECT id, created_at AS at FROM {schema}.customer WHERE held IS DISTINCT FROM 'erased'
    UNION ALL SELECT id, decided_at FROM {schema}.referral WHERE reason_sealed IS NOT NULL AND NOT EXISTS (
        SELECT FROM {schema}.customer WHERE customer.id IN (advocate, friend) AND held = 'erased')
) whose"""
_LATER = f"SELECT count(*) FROM {_WHOSE} WHERE at > $1"  # noqa: S608 - names of ours alone
# What the file does not know of is erased, or came later.
_ERASED = f"""
DELETE FROM {{schema}}.person_key kept WHERE NOT EXISTS (SELECT FROM returning_person_key WHERE id = kept.id)
  AND NOT EXISTS (SELECT FROM {_WHOSE} WHERE whose.id = kept.id AND at > $1)
"""  # noqa: S608
# Of somebody who is not here, or is erased here, no key comes back.
_RETURN = f"""
INSERT INTO {{schema}}.person_key SELECT given.id, given.key_sealed FROM returning_person_key given
JOIN {_WHOSE} USING (id) ON CONFLICT DO NOTHING
"""  # noqa: S608
_BURY = """
INSERT INTO {schema}.erasure_tombstone (person_hash, rule, erased_at)
SELECT person_hash, rule, erased_at FROM returning_erasure_tombstone ON CONFLICT DO NOTHING
"""
_UNREADABLE = """
SELECT count(*) FROM {schema}.customer person WHERE held IS DISTINCT FROM 'erased'
  AND NOT EXISTS (SELECT FROM {schema}.person_key WHERE id = person.id)
"""
# The wrapping that opens here stays: the other may be of a master key that was thrown away.
_KEEP = """
INSERT INTO platform.company_key (tenant, purpose, version, wrapped, master, writes_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, purpose, version) DO UPDATE SET wrapped = excluded.wrapped, master = excluded.master
WHERE company_key.master <> ALL ($7::text[])
"""


class Younger(NotTaken):
    """People came after the file was made, and it has no keys of theirs."""


class Returned(NamedTuple):
    """One company: how many keys came back, and how many people nobody reads any more."""

    slug: str
    returned: int
    unreadable: int


class _File(NamedTuple):
    made_at: datetime
    older: bool
    masters: Masters
    note: Note


async def give_back(
    server: Server, masters: Masters, *, file: Path, identities: Path, older: bool, note: Note
) -> list[Returned]:
    """Return the keys in ``file`` to every company that is here, each whole or not at all.

    ``older`` lets people keep the keys they have who came after the file was made, and takes the rest from it.
    Raises Younger, loading.Damaged, encrypting.NotSealed, wrapping.MasterMissing and OSError.
    """
    done = []
    async with as_owner(server) as connection:
        with (
            file.open("rb") as sealed,
            encrypting.opened(sealed, identities) as plain,
            loading.plain_faults("file of people's keys"),
            tarfile.open(fileobj=plain, mode="r|", tarinfo=loading.Plain) as tar,
        ):
            begin = loading.whole(tar, keyfile.BEGIN, Begin)
            if begin.format != keyfile.FORMAT:
                raise NotTaken(f"its format is {begin.format}, and we read {keyfile.FORMAT}")
            given = _File(begin.made_at, older, masters, note)
            for number in count(1):
                company = loading.whole(tar, keyfile.about(number), Next).company
                if company is None:
                    break
                async with connection.transaction():
                    done += await _company(connection, tar, number, company, given)
    return done


async def _company(
    connection: asyncpg.Connection, tar: tarfile.TarFile, number: int, company: Company, given: _File
) -> list[Returned]:
    """What became of one company; nothing where it is not here (any more)."""
    here = await connection.fetchrow(_HERE, company.company)
    if here is None:
        for part in company.parts:
            loading.next_member(tar, keyfile.rows(number, part.name))
        return []
    schema = here["schema_name"]
    await connection.execute(_PREPARE.format(schema=schema))
    await _keep_keys(connection, company, given.masters)
    await _load(connection, tar, number, company)
    later = await connection.fetchval(_LATER.format(schema=schema), given.made_at)
    if later and not given.older:
        raise Younger(f"{later} people or refusals of {here['slug']} came after it was made, and would be read no more")
    await connection.execute(_ERASED.format(schema=schema), given.made_at)
    returned = await connection.execute(_RETURN.format(schema=schema))
    await connection.execute(_BURY.format(schema=schema))
    await given.note(connection, action="company.keys_returned", tenant=here["id"], slug=here["slug"])
    await announcing.announce(connection)
    unreadable = await connection.fetchval(_UNREADABLE.format(schema=schema))
    return [Returned(here["slug"], ground.touched(returned), unreadable)]


async def _keep_keys(connection: asyncpg.Connection, company: Company, masters: Masters) -> None:
    """The company's keys that people's are sealed by, beside those of the backup; ``keys rotate`` ends such a turn."""
    held = {(key.purpose, key.version): key for key in await keeping.held(connection, company.company)}
    for key in company.keys:
        plain = masters.unwrap(key, company=company.company)
        other = held.get((key.purpose, key.version))
        if other is not None and other.master in masters.names:
            _same(plain, masters.unwrap(other, company=company.company), company, key)
    rows = [(company.company, k.purpose, k.version, k.wrapped, k.master, k.writes_at) for k in company.keys]
    await connection.executemany(_KEEP, [(*row, masters.names) for row in rows])


def _same(one: bytes, other: bytes, company: Company, key: Wrapped) -> None:
    if one != other:
        raise NotTaken(f"{key.purpose} key {key.version} of {company.slug} is another one here")


async def _load(connection: asyncpg.Connection, tar: tarfile.TarFile, number: int, company: Company) -> None:
    if [(part.name, tuple(part.columns)) for part in company.parts] != list(TABLES.items()):
        raise Damaged("its tables are not as we know them")
    for part in company.parts:
        rows = Rows(loading.next_member(tar, keyfile.rows(number, part.name)), part)
        rows.check(await connection.copy_to_table(f"returning_{part.name}", columns=part.columns, source=rows))
