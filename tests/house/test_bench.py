"""What the bench fills companies with fits the tables as they are; nobody measures all of it with every change."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from leumund.kit import ground
from leumund.kit.ground import Ground
from tests.house import citus

BENCH = Path(__file__).parent.parent / "bench"
_STATEMENT = re.compile(r"\s*(WITH|INSERT|UPDATE|DELETE|SELECT)\b")
# A table of the bench's own, as it is when it is filled.
_MADE = "FROM (SELECT gen_random_uuid() AS id, 1 AS n) AS made"
_ONLY_THERE = "bench_plain"


def statements() -> Iterator[tuple[str, str]]:
    """Each statement that the bench keeps under a name, with the module it stands in."""
    for file in sorted(BENCH.glob("[!_]*.py")):
        # Whatever holds none is not loaded: one of them opens the whole door.
        if not any(citus.statements(file.read_text("utf-8"))):
            continue
        for value in vars(importlib.import_module(f"tests.bench.{file.stem}")).values():
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str) and _STATEMENT.match(text) and _ONLY_THERE not in text:
                    yield file.stem, text.replace("FROM made", _MADE)


async def fault(statement: str) -> str | None:
    """Why the database does not take ``statement``; it is asked and nothing is done."""
    try:
        async with ground.savepoint():
            await ground.current().connection.prepare(statement)
    except asyncpg.PostgresError as refused:
        return str(refused)
    return None


async def test_the_bench_writes_and_reads_what_there_is(inside: Ground):
    found = list(statements())
    assert len(found) > 30, "there are statements to look at"
    assert [(module, why) for module, text in found if (why := await fault(text))] == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO survey_answer (survey, score) SELECT id, 9 FROM survey",
        "INSERT INTO conversion (order_number) VALUES ('A-1')",
        "SELECT FROM answers",
    ],
)
async def test_what_no_table_has_is_found(inside: Ground, statement: str):
    assert await fault(statement)
