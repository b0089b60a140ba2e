"""Two who write the same row at the same moment are told apart by the index that ON CONFLICT names, and by no other.

PostgreSQL looks at the named index before it writes the row, and at all others after: where the second one's row is
still being written, another index that the same two rows share refuses it instead of letting it be.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leumund.kit import ground
from leumund.kit.ground import Ground
from tests.house import citus

LEUMUND = Path(__file__).parent.parent.parent / "platform" / "leumund"
_INSERT = re.compile(
    r"INSERT INTO (?P<table>\w+)(?: AS \w+)? \((?P<columns>[^)]*)\)"
    r"(?:(?!INSERT INTO).)*?ON CONFLICT \((?P<target>[^()]*|\(true\))\)"
)
_UNIQUE = """
SELECT c.relname AS table_name, array_agg(a.attname::text ORDER BY a.attname) AS columns
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = current_schema()::regnamespace
JOIN pg_attribute a ON a.attrelid = i.indexrelid
WHERE i.indisunique
GROUP BY c.relname, i.indexrelid
"""
# Where the second has to wait before it writes, and for what.
WAITED_FOR = {
    ("rewards/converting.py", "conversion"): "the customer, whom whoever records an event holds",
    ("rewards/welcoming.py", "conversion"): "the friend, whom whoever records a sign-up holds",
    ("rewards/holding.py", "review_hold"): "the referral, which is locked before it is looked at",
}


def named(source: str) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Each table of ``source`` that is written to with an index named: the columns written, and those of the index."""
    for text in citus.texts(source):
        for found in _INSERT.finditer(text):
            yield found["table"], _columns(found["columns"]), _columns(found["target"])


def _columns(listed: str) -> frozenset[str]:
    return frozenset(name.strip() for name in listed.split(","))


def shared(written: frozenset[str], target: frozenset[str], unique: set[frozenset[str]]) -> list[frozenset[str]]:
    """The indexes beside ``target`` in which two rows that are the same could meet; an id is drawn for each row."""
    return [index for index in unique if index != target and index <= written and "id" not in index]


async def test_two_who_write_one_row_at_once_meet_in_the_index_that_is_named(inside: Ground):
    unique: dict[str, set[frozenset[str]]] = {}
    for row in await ground.fetch(_UNIQUE):
        unique.setdefault(row["table_name"], set()).add(frozenset(row["columns"]))
    writes = [
        (str(file.relative_to(LEUMUND)), *write)
        for file in sorted(LEUMUND.rglob("*.py"))
        for write in named(file.read_text("utf-8"))
    ]
    assert len(writes) > 40, "there are statements to look at"
    met = {
        (file, table) for file, table, written, target in writes if shared(written, target, unique.get(table, set()))
    }
    assert met == WAITED_FOR.keys(), "name no index, or say what the second one waits for before it writes"


@pytest.mark.parametrize(
    ("target", "found"),
    [(" (payout, operation)", [frozenset({"key"})]), ("", None), (" (key)", [frozenset({"payout", "operation"})])],
)
def test_a_row_that_has_two_of_them_is_found(target: str, found: list[frozenset[str]] | None):
    source = f'_ASK = f"INSERT INTO call (id, payout, operation, key) VALUES ({{this}}) ON CONFLICT{target} DO NOTHING"'
    unique = {frozenset({"id"}), frozenset({"payout", "operation"}), frozenset({"key"}), frozenset({"other"})}
    assert [shared(written, into, unique) for _, written, into in named(source)] == ([found] if found else [])
