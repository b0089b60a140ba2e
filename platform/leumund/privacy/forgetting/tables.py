"""Tombstones of the erased, what must not go yet, and the protocol of what went."""

from uuid import uuid4

from piccolo.columns import UUID, BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Tombstone(Table, tablename="erasure_tombstone", db=ground.ROWS):
    """That somebody was erased; append-only by grant."""

    person_hash = Text(primary_key=True)
    rule = Text()
    erased_at = Timestamptz()


class RetentionHold(Table, tablename="retention_hold", db=ground.ROWS):
    """A class of data, or a person, of which nothing goes by its period for now."""

    id = UUID(primary_key=True, default=uuid4)
    # ``class`` is Python's own word.
    data_class = Text(null=True, default=None, db_column_name="class")
    customer = UUID(null=True, default=None)
    reason_sealed = Bytea()
    actor = Text()
    began_at = Timestamptz()
    until_at = Timestamptz(null=True, default=None)


class RetentionRecord(Table, tablename="retention_record", db=ground.ROWS):
    """How many rows of a table went by a class's rule; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    at = Timestamptz()
    data_class = Text(db_column_name="class")
    place = Text()
    deed = Text()
    amount = BigInt()
