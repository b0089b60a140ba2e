"""What visits found, as checks beside those of the catalog; and the part of a report that is one company's."""

from collections.abc import Iterable

import msgspec

from leumund.tenancy.verifying.findings import Check, Finding, Report, Tries, Visit
from leumund.tenancy.verifying.keeping import Kept

_KINDS = ("others", "serving", "escapes", "platform", "modes", "logins")


def checks(kept: Kept) -> list[Check]:
    """One check for each kind of visit."""
    return [
        Check(
            name=kind,
            looked_at=kept.tried[kind],
            findings=tuple(_findings(visit for visit in kept.visits if visit.check == kind)),
        )
        for kind in _KINDS
    ]


def part_of(report: Report, schema: str) -> Report:
    """What of ``report`` concerns ``schema``: its findings and everybody's, and the visits by it and to it."""
    visits = tuple(visit for visit in report.visits if schema in (visit.role, visit.target))
    return msgspec.structs.replace(
        report,
        subject=schema,
        checks=tuple(_narrowed(check, schema, visits) for check in report.checks),
        visits=visits,
        unlisted=0,
    )


def _narrowed(check: Check, schema: str, visits: tuple[Visit, ...]) -> Check:
    looked_at = sum(visit.count for visit in visits if visit.check == check.name)
    return Check(
        name=check.name,
        looked_at=looked_at if check.name in _KINDS else check.looked_at,
        findings=_concerning(check.findings, schema),
        notes=_concerning(check.notes, schema),
    )


def _concerning(told: Iterable[Finding], schema: str) -> tuple[Finding, ...]:
    return tuple(each for each in told if not each.schemas or schema in each.schemas)


def _findings(visits: Iterable[Visit]) -> Iterable[Finding]:
    for visit in visits:
        for tries in visit.tries:
            if not tries.good:
                yield _finding(visit, tries)


def _finding(visit: Visit, tries: Tries) -> Finding:
    on = f" ({len(tries.tables)}: {', '.join(tries.tables)})" if tries.tables else ""
    concerned = tuple(name for name in (visit.role, visit.target) if name.startswith("t_"))
    return Finding(
        schemas=concerned, object=visit.role, detail=f"{tries.statement}{on}: {tries.answer}", mend=_mend(visit)
    )


def _mend(visit: Visit) -> str:
    if visit.check == "logins":
        return "leumund migrate; in pg_hba.conf scram-sha-256 for every role"
    if not visit.target:
        return f"-- see what the catalog found of {visit.role}, then: leumund migrate"
    return (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {visit.target} FROM PUBLIC, {visit.role}; "
        f"REVOKE ALL ON SCHEMA {visit.target} FROM PUBLIC, {visit.role}; REVOKE {visit.target} FROM {visit.role}"
    )
