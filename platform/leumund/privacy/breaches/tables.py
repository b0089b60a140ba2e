"""A breach, and the steps taken about it."""

from uuid import uuid4

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground
from leumund.kit.sealing import Column

WORDS = Column("breach_step", "words_sealed")


class Breach(Table, tablename="breach", db=ground.ROWS):
    """That something happened, and when the company knew; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    source = Text()
    notice = UUID(null=True, default=None)
    known_at = Timestamptz()
    recorded_at = Timestamptz()


class Step(Table, tablename="breach_step", db=ground.ROWS):
    """What somebody found out, decided or did; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    breach = UUID()
    at = Timestamptz()
    actor = Text()
    what = Text()
    words_sealed = Bytea(null=True, default=None)
    people = Integer(null=True, default=None)
    records = Integer(null=True, default=None)
