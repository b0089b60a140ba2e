"""Try statements as a role and note each answer; whatever one of them does is undone before the next.

Harmless even where the wall has a hole. Statements on rows are only planned (EXPLAIN checks rights and touches no row),
locks are the weakest and never waited for, COPY asks for no row, and TRUNCATE is never sent: the database is asked
whether it would be allowed. What EXPLAIN cannot carry runs in a subtransaction that is rolled back on success too.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from typing import NamedTuple

import asyncpg

from leumund.tenancy.verifying.findings import DONE, GONE, REFUSED, Tries

# PL/pgSQL, so that some hundred statements are one round trip; the code LT001 is our own sign of success.
_TRY = """
DO $tries$
DECLARE
    statement text;
    answers text[] := '{}';
BEGIN
    FOR statement IN SELECT json_array_elements_text(current_setting('leumund.tries')::json) LOOP
        BEGIN
            EXECUTE statement;
            RAISE EXCEPTION USING ERRCODE = 'LT001';
        EXCEPTION WHEN OTHERS THEN
            answers := answers || CASE SQLSTATE WHEN 'LT001' THEN '00000' ELSE SQLSTATE END;
        END;
    END LOOP;
    PERFORM set_config('leumund.answers', array_to_string(answers, ','), true);
END
$tries$
"""
_TELL = "SELECT set_config('leumund.tries', to_json($1::text[])::text, true)"
_LIMITS = "SET LOCAL statement_timeout = '20s'; SET LOCAL lock_timeout = '500ms'"


class Table(NamedTuple):
    """A table and its first column, both quoted where they have to be."""

    name: str
    column: str


class Kind(NamedTuple):
    """A statement to try; ``{table}`` and ``{column}`` are filled for each of ``tables``, if there are any."""

    statement: str
    tables: Sequence[Table] = ()

    def each(self) -> list[str]:
        """The statements as they are sent."""
        if not self.tables:
            return [self.statement]
        return [self.statement.replace("{table}", t.name).replace("{column}", t.column) for t in self.tables]


async def refused(connection: asyncpg.Connection, kinds: Sequence[Kind], *, readonly: bool) -> list[Tries]:
    """Try each of ``kinds``, of which every statement should be refused."""
    answers = await _answers(connection, [statement for kind in kinds for statement in kind.each()], readonly)
    tries = []
    for kind in kinds:
        tries += _gathered(kind, [next(answers) for _ in kind.each()])
    return tries


async def allowed(connection: asyncpg.Connection, statement: str) -> Tries:
    """Try what has to work, or a refusal elsewhere would prove nothing."""
    answer = next(await _answers(connection, [statement], readonly=True))
    return Tries(statement=statement, answer=answer, good=answer == DONE)


async def copied(connection: asyncpg.Connection, kind: Kind) -> list[Tries]:
    """COPY to the client, which PL/pgSQL cannot; each statement selects no row."""
    answers = []
    for query in kind.each():
        try:
            await connection.copy_from_query(query, output=BytesIO())
            answers.append(DONE)
        except asyncpg.PostgresError as fault:
            answers.append(str(fault.sqlstate))
    shown = kind._replace(statement=f"COPY ({kind.statement}) TO STDOUT")
    return _gathered(shown, answers)


async def seen(connection: asyncpg.Connection, statement: str, *, expected: str) -> Tries:
    """Ask for one value, which is to be ``expected`` or refused."""
    try:
        async with connection.transaction(readonly=True):
            answer = str(await connection.fetchval(statement))
    except asyncpg.PostgresError as fault:
        answer = str(fault.sqlstate)
    return Tries(statement=statement, answer=answer, good=answer in (expected, REFUSED))


async def _answers(connection: asyncpg.Connection, statements: list[str], readonly: bool) -> Iterator[str]:
    transaction = connection.transaction(readonly=readonly)
    await transaction.start()
    try:
        await connection.execute(_LIMITS)
        await connection.execute(_TELL, statements)
        await connection.execute(_TRY)
        answers = str(await connection.fetchval("SELECT current_setting('leumund.answers')")).split(",")
    finally:
        await transaction.rollback()
    assert len(answers) == len(statements), "each statement has one answer"
    return iter(answers)


def _gathered(kind: Kind, answers: Sequence[str]) -> list[Tries]:
    """One entry for each answer a statement got, with the tables it got it on."""
    told = sorted(zip(answers, (table.name for table in kind.tables) if kind.tables else [""], strict=True))
    return [
        Tries(
            statement=kind.statement,
            tables=tuple(table for _, table in group if table),
            answer=answer,
            good=answer == REFUSED or answer in GONE,
        )
        for answer, group in groupby(told, key=lambda pair: pair[0])
    ]
