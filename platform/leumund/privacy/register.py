"""The register: what is stored of people, why, for how long, and what becomes of it; read from ``register.toml``.

Whatever has to know which rows are somebody's asks here: access, portability, erasure, retention, the notice and the
record of processing activities. There is no second list.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from leumund.messages.kinds import Basis

Then = Literal["erase", "anonymise", "restrict", "keep"]
Whose = Literal["people", "staff", "machines"]
_FILE = "register.toml"


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long a class is kept from ``start`` on, and what happens ``then``; without a length, until ``start`` comes.

    ``end_of_year`` counts from the end of the calendar year of the start, as § 147(4) AO does.
    """

    start: str
    then: Then
    hours: int = 0
    days: int = 0
    years: int = 0
    end_of_year: bool = False

    @property
    def is_endless(self) -> bool:
        return not (self.hours or self.days or self.years)

    def before(self, at: datetime) -> datetime:
        """What began before this moment has been kept for long enough at ``at``, by the clocks ``at`` is told by."""
        assert not self.is_endless, "what has no end is never over"
        if self.end_of_year:
            return at.replace(at.year - self.years, 1, 1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        return _years_before(at, self.years) - timedelta(days=self.days, hours=self.hours)


class Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Data of one purpose: its category (requirements A91), why they may be stored, by which law, and how long.

    Unless it is said ``whose``, they are of customers and friends, who are told of them. ``waits`` is whether a hold
    keeps them; what lasts for hours or days waits for nobody.
    """

    category: str
    basis: Basis
    law: str
    period: Period
    whose: Whose = "people"
    waits: bool = True


class Path(msgspec.Struct, frozen=True):
    """Which column of a table names a person, itself or by ``table``, whose ``person`` does."""

    column: str
    table: str = ""
    person: str = ""

    @property
    def sql(self) -> str:
        """Whether a row is that of the person ``$1``."""
        if not self.table:
            return f"{self.column} = $1"
        return f"{self.column} IN (SELECT id FROM {self.table} WHERE {self.person} = $1)"  # noqa: S608 - ours alone


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which rows of a table go by the period of a class: from ``start``, a column, where ``when`` holds.

    What is anonymised loses what it would lose with its person; ``null`` and ``lot`` name more, a lot being an id or a
    text drawn instead.
    """

    data_class: str = msgspec.field(name="class")
    start: str
    when: str = "true"
    null: tuple[str, ...] = ()
    lot: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose a table's rows are, and what becomes of them when that person goes.

    ``rows`` are deleted, emptied, kept, or nobody's. One that is not deleted goes all the same ``unless`` another
    table's column refers to it, where such are named, or it is ``spared`` by a condition on the person ``$1``.
    Of what is left, columns are set ``null``, made ``empty`` where they may not be null, ``redrawn`` by lot, ``marked``
    as gone, unreadable as sealed under the destroyed ``key``, kept as what ``stays``, or tell of ``nobody`` once the
    rest is gone.
    ``told`` is a condition on the person ``$1`` under which they hear of a row, where they do not of each;
    ``hidden`` columns say nothing to them, ``provided`` ones came from them (Art. 20 GDPR), and ``only`` names by
    column of ``people`` what is told to that one alone. ``due`` are rows that go by themselves, in time.
    """

    rows: Literal["deleted", "emptied", "kept", "nobody"]
    data_class: str = msgspec.field(name="class", default="")
    people: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    redrawn: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    spared: str = ""
    told: str = ""
    due: tuple[Due, ...] = ()
    only: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    @property
    def placed(self) -> list[str]:
        """Every column that is said what becomes of; one said twice is in here twice."""
        return [
            *self.columns,
            *self.null,
            *self.empty,
            *self.redrawn,
            *self.marked,
            *self.key,
            *self.stays,
            *self.nobody,
        ]

    @property
    def shown(self) -> list[str]:
        """The columns a person learns of, in the register's order."""
        return [column for column in self.placed if column not in self.hidden] if self.people else []

    @property
    def paths(self) -> list[Path]:
        """The ways by which a row is somebody's."""
        return [_path(told) for told in self.people]

    def class_of(self, column: str) -> str:
        """The class of one column."""
        return next((name for name, columns in self.classes.items() if column in columns), self.data_class)


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All classes and all tables, each table after those it refers to."""

    classes: Mapping[str, Class]
    tables: Mapping[str, Table]

    @property
    def of_people(self) -> dict[str, Table]:
        """The tables that have rows of customers."""
        return {name: table for name, table in self.tables.items() if table.people}


@cache
def read() -> Register:
    """The register as it was built in."""
    text = resources.files(__package__).joinpath(_FILE).read_bytes()
    return msgspec.toml.decode(text, type=Register)


def period(data_class: str) -> Period:
    """How long data of a class are kept."""
    return read().classes[data_class].period


def _years_before(at: datetime, years: int) -> datetime:
    """The same day ``years`` before; of a leap day the one before it, so that nothing is kept a day too long."""
    if (at.month, at.day) == (2, 29):
        at = at.replace(day=28)
    return at.replace(year=at.year - years)


def _path(told: str) -> Path:
    column, _, through = told.partition(" > ")
    table, _, person = through.partition(".")
    return Path(column, table, person)
