"""Retain no longer than each class of data may be: by night, rows whose time is over go or lose whose they were.

Periods stand in the register and nowhere else. What a hold is on stays, of a class or a person; what went is written
down in figures. ``lapsing`` sees to people as a whole.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from leumund.company import describing
from leumund.company.describing import NotDescribed
from leumund.kit import ground
from leumund.privacy import register
from leumund.privacy.forgetting import preserving, remembering
from leumund.privacy.forgetting.emptying import Emptied
from leumund.privacy.register import Due, Table

# What is left of a number that was drawn anew, so that it is drawn once.
_DRAWN = "gone-"
_ID_BY_LOT, _TEXT_BY_LOT = "gen_random_uuid()", f"'{_DRAWN}' || left(md5(gen_random_uuid()::text), 16)"
_IDS = frozenset({"customer"})


async def retain(*, at: datetime) -> list[Emptied]:
    """Let go what is over at ``at``, and write down how much that was."""
    done = []
    for rule in await _rules(at):
        rows = await ground.execute(f"{rule.deed} WHERE {rule.where}", rule.before, at)
        done += rule.told(rows)
    await remembering.protocol(done, at=at)
    return done


async def foresee(*, at: datetime) -> list[Emptied]:
    """What ``retain`` would let go at ``at``; nothing happens."""
    told = []
    for rule in await _rules(at):
        counted = f"SELECT count(*) AS n FROM {rule.table} WHERE {rule.where}"  # noqa: S608 - ours alone
        told += rule.told((await ground.fetch(counted, rule.before, at))[0]["n"])
    return told


async def before(data_class: str, *, at: datetime) -> datetime:
    """What of a class began before this moment is over at ``at``, by the company's clocks."""
    return register.period(data_class).before(at.astimezone(await _zone()))


class _Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with which rows: in ``where``, ``$1`` is ``before`` and ``$2`` is now."""

    table: str
    data_class: str
    deletes: bool
    deed: str
    where: str
    before: datetime

    def told(self, rows: int) -> list[Emptied]:
        deed = "deleted" if self.deletes else "emptied"
        return [Emptied(table=self.table, data_class=self.data_class, deed=deed, amount=rows)] if rows else []


async def _rules(at: datetime) -> list[_Rule]:
    """Every rule there is, but of classes that are held; leaves first, as erasure goes."""
    held, zone = await preserving.classes(at=at), await _zone()
    tables = [*register.read().tables.items()][::-1]
    return [
        _rule(name, table, due, at.astimezone(zone))
        for name, table in tables
        for due in table.due
        if due.data_class not in held
    ]


def _rule(name: str, table: Table, due: Due, at: datetime) -> _Rule:
    period, changes = register.period(due.data_class), _changes(table, due)
    deletes = period.then == "erase" or not changes
    return _Rule(
        table=name,
        data_class=due.data_class,
        deletes=deletes,
        deed=f"DELETE FROM {name}" if deletes else f"UPDATE {name} SET {', '.join(changes.values())}",  # noqa: S608
        where=" AND ".join(
            [f"{due.start} < $1", due.when, *([] if deletes else [_full(name, changes)]), *_free(name, table)]
        ),
        before=period.before(at),
    )


def _changes(table: Table, due: Due) -> dict[str, str]:
    """What is set of which column: all it would lose with its person, and what the rule names beside."""
    nulled = (*table.null, *due.null)
    lots = {column: _ID_BY_LOT if column in _IDS else _TEXT_BY_LOT for column in due.lot}
    return {column: f"{column} = NULL" for column in nulled} | {
        column: f"{column} = {lot}" for column, lot in lots.items()
    }


def _full(name: str, changes: Mapping[str, str]) -> str:
    """Whether anything is left that would go: what was drawn anew once is not drawn again every night."""
    return f"({' OR '.join(_holds(name, column, change) for column, change in changes.items())})"


def _holds(name: str, column: str, change: str) -> str:
    if change.endswith(_ID_BY_LOT):
        return f"EXISTS (SELECT FROM customer WHERE customer.id = {name}.{column})"
    if change.endswith(_TEXT_BY_LOT):
        return f"{column} NOT LIKE '{_DRAWN}%'"
    return f"{column} IS NOT NULL"


def _free(name: str, table: Table) -> Iterator[str]:
    """Of nobody whose data are held, or rest as they wished (Art. 18(1) GDPR)."""
    yield "$2::timestamptz IS NOT NULL"
    for path in table.paths:
        if not path.table:
            person = f"{name}.{path.column}"
            yield f"NOT EXISTS ({preserving.HELD_PERSON} AND hold.customer = {person})"
            yield f"NOT EXISTS (SELECT FROM customer resting WHERE resting.id = {person} AND held = 'restriction')"


async def _zone() -> ZoneInfo:
    try:
        return ZoneInfo((await describing.profile()).time_zone)
    except NotDescribed:
        # Nobody's data are here before the company has said who it is.
        return ZoneInfo("UTC")
