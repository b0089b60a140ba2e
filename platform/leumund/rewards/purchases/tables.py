"""Nouns of purchases in files."""

from uuid import uuid4

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class PurchaseImport(Table, tablename="purchase_import", db=ground.ROWS):
    """A file on its way in: how many rows it had, how many were looked at, and what became of those."""

    id = UUID(primary_key=True, default=uuid4)
    state = Text(default="waiting")
    row_count = Integer()
    position = Integer(default=0)
    taken = Integer(default=0)
    known = Integer(default=0)
    refused = Integer(default=0)
    given_back = Integer(default=0)
    kept_by = UUID(default=None)
    kept_at = Timestamptz()
    begun_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class PurchasePart(Table, tablename="purchase_part", db=ground.ROWS):
    """Some rows of a file that are still to be taken; gone once they were."""

    id = UUID(primary_key=True, default=uuid4)
    # What a class calls import its module could not; the database does.
    of = UUID(default=None, db_column_name="import")
    position = Integer()
    rows_sealed = Bytea()
    kept_at = Timestamptz()


class PurchaseRefusal(Table, tablename="purchase_refusal", db=ground.ROWS):
    """A row that was refused, with its cells and the reasons; it goes with whoever it is about, and after some days."""

    id = UUID(primary_key=True, default=uuid4)
    of = UUID(default=None, db_column_name="import")
    number = Integer()
    customer = UUID(null=True, default=None)
    told_sealed = Bytea()
    refused_at = Timestamptz()
