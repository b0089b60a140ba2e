"""Entries of the audit log."""

from piccolo.columns import JSONB, UUID, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class AuditEntry(Table, tablename="audit_entry", db=ground.ROWS):
    """``actor`` did ``action`` to ``subject``; append-only by grant."""

    id = UUID(primary_key=True)
    at = Timestamptz()
    actor = Text()
    action = Text()
    subject = UUID(null=True, default=None)
    detail = JSONB()
