"""Keep what a check of the wall around the company found: added by whoever checked, and changed by nobody."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.audit.tables import IsolationReport
from leumund.kit import ground
from leumund.kit.faults import Unknown

_MOST_LISTED = 50


class ReportUnknown(Unknown):
    """No report of this company has this id."""


class Attested(msgspec.Struct, frozen=True):
    """A report by its date and the number of its findings."""

    id: UUID
    at: datetime
    findings: int


async def attest(*, report: Mapping[str, object], findings: int, actor: str, at: datetime) -> UUID:
    """Add a report of which the company may think what it likes, and note in the log that it was added."""
    row = IsolationReport(at=at, findings=findings, report=dict(report))
    await IsolationReport.insert(row)
    await noting.note(actor=actor, action="isolation.verified", subject=row.id, detail={"findings": findings}, at=at)
    return row.id


async def reports() -> list[Attested]:
    """What there is, newest first."""
    rows = await ground.fetch(
        "SELECT id, at, findings FROM isolation_report ORDER BY at DESC, id DESC LIMIT $1", _MOST_LISTED
    )
    return [Attested(**row) for row in rows]


async def newest_findings() -> int:
    """How many findings the newest report has; 0 as well where there is no report yet."""
    rows = await ground.fetch("SELECT findings FROM isolation_report ORDER BY at DESC, id DESC LIMIT 1")
    return int(rows[0]["findings"]) if rows else 0


async def find(*, report: UUID) -> bytes:
    """One report as the JSON it was kept as. Raises ReportUnknown."""
    rows = await ground.fetch("SELECT report::text AS report FROM isolation_report WHERE id = $1", report)
    if not rows:
        raise ReportUnknown("errors.audit.report_unknown")
    return str(rows[0]["report"]).encode()
