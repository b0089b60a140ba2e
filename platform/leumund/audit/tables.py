"""Entries of the audit log, and reports on the wall around the company."""

from piccolo.columns import JSONB, UUID, Integer, Text, Timestamptz
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


class IsolationReport(Table, tablename="isolation_report", db=ground.ROWS):
    """What one check of the wall looked at and found; append-only by grant."""

    id = UUID(primary_key=True)
    at = Timestamptz()
    findings = Integer()
    report = JSONB()
