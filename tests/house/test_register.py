"""Every column of a company is in the register of what is stored, why, for how long, and what becomes of it."""

from collections.abc import Iterable, Mapping, Set
from datetime import timedelta

import msgspec
import pytest

from leumund.kit import ground, knocking, sitting
from leumund.kit.counting import Limit
from leumund.kit.ground import Ground
from leumund.kit.language import LANGUAGES
from leumund.messages.gate import pacing
from leumund.privacy import explaining, register
from leumund.privacy.register import Register, Table

_COLUMNS = """
SELECT c.relname AS "table", a.attname AS name, a.attnotnull AS is_needed FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
  AND NOT a.attisdropped
"""
_REFERENCES = """
SELECT f.conrelid::regclass::text AS "table", f.confrelid::regclass::text AS "to" FROM pg_constraint f
WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace AND f.conrelid <> f.confrelid
"""
_LED = """
SELECT i.indrelid::regclass::text || '.' || a.attname AS name FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE c.relnamespace = current_schema()::regnamespace
  AND (i.indpred IS NULL OR pg_get_expr(i.indpred, c.oid) LIKE '(%IS NOT NULL)')
"""
# Few rows, however many people there are: what somebody asked for, or somebody looked at.
_FEW = {"customer_hold", "retention_hold", "rights_case", "rights_proof"}
_ERASABLE = """
SELECT has_table_privilege($1, 'DELETE') AS deletes,
    (SELECT count(*) FROM unnest($2::text[]) AS column_name
     WHERE NOT has_column_privilege($1, column_name, 'UPDATE')) AS stay
"""


async def made() -> dict[str, bool]:
    """Every column there is, and whether it always holds something."""
    rows = await ground.fetch(_COLUMNS)
    return {f"{row['table']}.{row['name']}": row["is_needed"] for row in rows}


def placed(known: Register) -> list[str]:
    return [f"{name}.{column}" for name, table in known.tables.items() for column in table.placed]


def misplaced(found: Iterable[str], known: Register) -> set[str]:
    """Columns without an entry, entries without a column, and columns with two."""
    entries = placed(known)
    return (set(found) ^ set(entries)) | {entry for entry in entries if entries.count(entry) > 1}


def unnamed(table: Table) -> Set[str]:
    """What is said of columns the table does not have."""
    said = {*table.hidden, *table.provided, *(column for each in table.only.values() for column in each)}
    said |= {column for each in table.classes.values() for column in each}
    return said - set(table.placed)


async def test_every_column_has_one_entry(inside: Ground):
    assert misplaced(await made(), register.read()) == set(), "say in register.toml what becomes of it, and why"


async def test_a_column_nobody_entered_and_an_entry_without_a_column_are_found(inside: Ground):
    known, found = register.read(), [*await made(), "customer.nickname"]
    found.remove("customer.held")
    twice = msgspec.structs.replace(known.tables["survey"], null=("key",))
    known = msgspec.structs.replace(known, tables={**known.tables, "survey": twice})
    assert misplaced(found, known) == {"customer.nickname", "customer.held", "survey.key"}


def test_an_entry_speaks_of_its_own_columns_and_of_classes_there_are():
    known = register.read()
    for name, table in known.tables.items():
        assert unnamed(table) == set(), name
        assert {table.data_class, *table.classes} - {""} <= known.classes.keys(), name
        assert table.data_class or not table.people, f"{name} is somebody's, and nobody says why it is kept"
        assert (table.rows == "deleted") == bool(table.columns), f"{name}: what goes with its row is in columns"


def test_whose_a_row_is_leads_to_columns_there_are():
    known = register.read()
    for name, table in known.of_people.items():
        for path in table.paths:
            assert path.column in table.placed, name
            assert not path.table or path.person in known.tables[path.table].placed, name
        for reference in table.unless:
            other, _, column = reference.partition(".")
            assert column in known.tables[other].placed, name


async def test_tables_of_people_stand_after_those_they_refer_to(inside: Ground):
    order = list(register.read().of_people)
    known = [(row["table"], row["to"]) for row in await ground.fetch(_REFERENCES)]
    pairs = [(table, other) for table, other in known if table in order and other in order]
    assert ("reward", "conversion") in pairs, "there are keys to look at"
    assert [pair for pair in pairs if order.index(pair[0]) < order.index(pair[1])] == []


async def test_nothing_is_promised_that_the_database_would_refuse(inside: Ground):
    needed = await made()
    for name, table in register.read().of_people.items():
        changing = [*table.null, *table.empty, *table.redrawn, *table.marked]
        may = (await ground.fetch(_ERASABLE, name, changing))[0]
        assert may["deletes"] or not (table.rows == "deleted" or table.unless), f"{name} cannot be deleted from"
        assert not may["stay"] or table.rows != "emptied", f"{name} cannot be changed"
        assert not [column for column in table.null if needed[f"{name}.{column}"]], f"{name} must hold these"


async def test_what_is_somebodys_is_found_without_reading_whole_tables(inside: Ground):
    led = {row["name"] for row in await ground.fetch(_LED)}
    asked = {
        f"{name}.{path.column}"
        for name, table in register.read().of_people.items()
        for path in table.paths
        if name not in _FEW
    }
    assert "message.customer" in asked
    assert asked - led == set(), "access and erasure would take longer the more people there are"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_of_people_is_explained(language: str):
    told: Mapping[str, explaining.Explained] = {each.key: each for each in explaining.explain(language)}
    assert told.keys() >= {"identity", "contact", "answers", "vouchers", "consents"}
    assert "customer.phone_sealed" in told["contact"].columns
    assert all(each.why and each.period for each in told.values())
    # How long those who take no part are known, and what outlives all else, covers no column and is told all the same.
    assert told.keys() >= {"acquaintance", "leads", "unsubscribed", "letters", "suppression", "limits"}
    assert told.keys().isdisjoint({"staff", "repeats", "marks"})
    assert {each.key for each in explaining.explain(language, everybody=True)} == register.read().classes.keys()


def test_what_is_stored_of_people_is_told_to_people():
    known = register.read()
    held = {table.class_of(column) for table in known.of_people.values() for column in table.placed}
    assert {known.classes[name].whose for name in held if name} == {"people"}


def test_no_consent_is_claimed_for_what_outlives_it():
    found = {
        name for name, told in register.read().classes.items() if told.period.start in ("withdrawal", "consent_end")
    }
    assert "consent" not in {register.read().classes[name].basis for name in found}


def test_what_nobody_may_delete_is_not_promised_to_be_deleted():
    assert {register.period(name).then for name in ("log", "consents")} == {"restrict"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_period_can_be_said(language: str):
    assert all(explaining.lasting(each.period, language) for each in register.read().classes.values())


def test_a_period_is_said_in_words():
    assert explaining.lasting(register.period("vouchers"), "de") == (
        "8 Jahre nach dem Ende des Jahres, in dem der Vorgang eingetragen wurde"
    )
    assert explaining.lasting(register.period("contact"), "en") == "30 days after the end of your participation"


def test_sessions_and_tries_last_no_longer_than_people_are_told():
    counted = {name: limit.within for name, limit in vars(pacing).items() if isinstance(limit, Limit)}
    assert "_CHECKS" in counted
    assert timedelta(hours=register.period("access").hours) == sitting.ABSOLUTE
    assert max(*counted.values(), knocking.PEER_WINDOW) <= timedelta(hours=register.period("limits").hours)
