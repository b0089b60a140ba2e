"""Entries of the audit log and the chain over them, and reports on the wall around the company."""

from piccolo.columns import JSONB, UUID, BigInt, Integer, SmallInt, Text, Timestamptz
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
    changes = JSONB()


class AuditLink(Table, tablename="audit_link", db=ground.ROWS):
    """An entry's place in the chain, and the hash up to there; append-only by grant."""

    position = BigInt(primary_key=True)
    entry = UUID()
    chain_hash = Text()


class AuditWaiting(Table, tablename="audit_waiting", db=ground.ROWS):
    """An entry that found the head in use, under a keyed hash until it is linked."""

    entry = UUID(primary_key=True)
    entry_hash = Text()


class AuditHead(Table, tablename="audit_head", db=ground.ROWS):
    """Where the chain ends, under a keyed hash; one row, or none before the first entry."""

    id = SmallInt(primary_key=True, default=1)
    position = BigInt()
    chain_hash = Text()
    seal_hash = Text()


class IsolationReport(Table, tablename="isolation_report", db=ground.ROWS):
    """What one check of the wall looked at and found; append-only by grant."""

    id = UUID(primary_key=True)
    at = Timestamptz()
    findings = Integer()
    report = JSONB()
