"""Empty every table of one person, the way the register says: rows go, columns are emptied, and what is kept stays.

Tables that refer to others come first, so that no row is left that another one leans on. The person's own row goes
where nothing that is kept leans on it, and is left as an empty one otherwise.
"""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.privacy import register
from leumund.privacy.register import Path, Table
from leumund.surveys.figures import tallying

# Needed to settle what is still open between the company and somebody who wants to be gone: whom to pay, and for what.
_TO_SETTLE = frozenset(
    {
        *("identity", "contact", "vouchers", "bank_account", "delivery"),
        *("participation", "consents", "rights", "access", "log"),
    }
)
_GONE = "UPDATE customer SET held = 'erased' WHERE id = $1"
_LOT = "left(md5(gen_random_uuid()::text), 16)"
_NO_TEXT = "''"
_EMPTY = {"found_by": "'{}'", "attributes": "'{}'", "categories": "'{}'"}


class Emptied(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of a ``table`` of one class were ``deleted`` or ``emptied``."""

    table: str
    data_class: str
    deed: str
    amount: int


async def empty(*, customer: UUID) -> list[Emptied]:
    """Let everything of ``customer`` go that does not have to stay; their key goes too, and with it their words."""
    await ground.execute(_GONE, customer)
    await tallying.let_go(customer=customer)
    return [each for name, table in _leaves_first() for each in await _one(name, table, customer)]


async def part(*, customer: UUID) -> list[Emptied]:
    """Let go what is not needed to settle what is open."""
    await tallying.let_go(customer=customer)
    tables = [(name, table) for name, table in _leaves_first() if table.data_class not in _TO_SETTLE]
    return [each for name, table in tables for each in await _one(name, table, customer)]


def _leaves_first() -> list[tuple[str, Table]]:
    return [*reversed(register.read().of_people.items())]


async def _one(name: str, table: Table, customer: UUID) -> list[Emptied]:
    done = []
    for deed, statement in _statements(name, table):
        rows = await ground.execute(statement, customer)
        if rows:
            done.append(Emptied(table=name, data_class=table.data_class, deed=deed, amount=rows))
    return done


def _statements(name: str, table: Table) -> Iterator[tuple[str, str]]:
    for path in table.paths:
        if table.rows == "deleted" or table.unless:
            yield "deleted", _deletion(name, table, path)
        if table.rows == "emptied":
            yield "emptied", f"UPDATE {name} SET {_changes(table)} WHERE {path.sql}"  # noqa: S608 - ours alone


def _deletion(name: str, table: Table, path: Path) -> str:
    kept = [_leaned_on(name, reference) for reference in table.unless]
    if table.spared:
        kept.append(f"({table.spared})")
    return " AND NOT ".join([f"DELETE FROM {name} WHERE {path.sql}", *kept])  # noqa: S608 - ours alone


def _leaned_on(name: str, reference: str) -> str:
    other, _, column = reference.partition(".")
    return f"EXISTS (SELECT FROM {other} WHERE {other}.{column} = {name}.id)"


def _changes(table: Table) -> str:
    nulled = [f"{column} = NULL" for column in table.null]
    emptied = [f"{column} = {_EMPTY.get(column, _NO_TEXT)}" for column in table.empty]
    drawn = [f"{column} = {_LOT}" for column in table.redrawn]
    return ", ".join([*nulled, *emptied, *drawn, *(f"{column} = true" for column in table.marked)])
