"""What the rooms believe of their tables is what the migrations made."""

import importlib
import pkgutil

import pytest
from piccolo.columns import Column
from piccolo.table import Table

import leumund
from leumund.kit import ground

# What the ground keeps for itself: no room's deed reads it.
GROUNDS_OWN = {"idempotency", "job_done", "person_key"}


def tables() -> list[type[Table]]:
    """Every Piccolo table of a company, found in the rooms."""
    for module in pkgutil.walk_packages(leumund.__path__, "leumund."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    return [table for table in Table.__subclasses__() if table.__module__.startswith("leumund.")]


def test_the_rooms_have_tables():
    assert len(tables()) > 20


@pytest.mark.parametrize("table", tables(), ids=lambda table: table._meta.tablename)
async def test_columns_are_those_of_the_migrations(inside: ground.Ground, table: type[Table]):
    rows = await ground.fetch(
        "SELECT column_name AS name, is_nullable = 'YES' AS may_be_null FROM information_schema.columns "
        # What the database makes by itself no room writes.
        "WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'",
        table._meta.tablename,
    )
    made = {row["name"]: row["may_be_null"] for row in rows}
    believed: dict[str, Column] = {column._meta.db_column_name: column for column in table._meta.columns}
    assert believed.keys() == made.keys()
    for name, column in believed.items():
        assert column._meta.null == made[name], f"{name} may be null in one and not in the other"


async def test_every_table_has_a_primary_key_and_a_home_in_a_room(inside: ground.Ground):
    rows = await ground.fetch(
        "SELECT c.relname AS name, EXISTS (SELECT FROM pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p') "
        "AS keyed FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    )
    assert [row["name"] for row in rows if not row["keyed"]] == []
    assert {row["name"] for row in rows} == {table._meta.tablename for table in tables()} | GROUNDS_OWN
