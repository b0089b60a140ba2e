"""Nouns of the closed loop; the state of a case is made by the database from its moments."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Boolean, Bytea, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground
from leumund.kit.sealing import Column

NOTE = Column("case_note", "words_sealed")


class CustomerCase(Table, tablename="customer_case", db=ground.ROWS):
    """A person whose answer calls for somebody to look after them, and what became of it."""

    id = UUID(primary_key=True, default=uuid4)
    answer = UUID(default=None)
    customer = UUID(default=None)
    mood = Text()
    answered_at = Timestamptz()
    opened_at = Timestamptz()
    due_at = Timestamptz()
    owner = UUID(null=True, default=None)
    assigned_at = Timestamptz(null=True, default=None)
    reached_at = Timestamptz(null=True, default=None)
    contacted_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    outcome = Text(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)


class CaseStep(Table, tablename="case_step", db=ground.ROWS):
    """One step of a case, from where it stood to where it stands; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    customer_case = UUID(default=None)
    position = Integer()
    at = Timestamptz()
    actor = Text()
    what = Text()
    was = Text(null=True, default=None)
    became = Text()
    detail = JSONB()


class CaseNote(Table, tablename="case_note", db=ground.ROWS):
    """What a member wrote down of a case."""

    id = UUID(primary_key=True, default=uuid4)
    customer_case = UUID(default=None)
    at = Timestamptz()
    member = UUID(default=None)
    words_sealed = Bytea()


class CareRule(Table, tablename="care_rule", db=ground.ROWS):
    """Whether answers of a mood open a case, and within what time somebody sees to it."""

    mood = Text(primary_key=True)
    opens = Boolean()
    amount = Integer()
    unit = Text()
    changed_at = Timestamptz()


class CareSetting(Table, tablename="care_setting", db=ground.ROWS):
    """Whose cases are, where they are not shared out by turns, and which state's holidays count."""

    id = SmallInt(primary_key=True, default=1)
    owner = UUID(null=True, default=None)
    changed_at = Timestamptz()
