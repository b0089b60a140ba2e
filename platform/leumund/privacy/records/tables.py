"""What the company says itself in its records."""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Answer(Table, tablename="record_answer", db=ground.ROWS):
    """The company's own words under one heading."""

    key = Text(primary_key=True)
    words = Text()
    written_at = Timestamptz()
    written_by = UUID()
