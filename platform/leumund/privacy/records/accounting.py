"""Give account (Art. 5(2) GDPR): in numbers, what was done over a time, and who may do what by now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from babel.numbers import format_decimal

from leumund.company import describing
from leumund.kit import ground, language
from leumund.kit.sheets import Section, Sheet, Table
from leumund.privacy.records import fields
from leumund.staff import members

# Each counts rows of $1 <= moment < $2, by one or two words of ours; no row of anybody's is shown.
_COUNTS = {
    "consents": """
        SELECT state AS what, count(*) AS n FROM consent_event WHERE at >= $1 AND at < $2 GROUP BY 1 ORDER BY 1
    """,
    "erasures": """
        SELECT 'people' AS what, count(*) AS n FROM erasure_tombstone WHERE erased_at >= $1 AND erased_at < $2
        UNION ALL SELECT 'rows', coalesce(sum(amount), 0) FROM retention_record WHERE at >= $1 AND at < $2
    """,
    "access": """
        SELECT CASE WHEN ends_at IS NULL THEN 'refused' ELSE 'granted' END AS what, count(*) AS n
        FROM support_access WHERE answered_at >= $1 AND answered_at < $2 GROUP BY 1
        UNION ALL SELECT 'read', count(*) FROM audit_entry
        WHERE at >= $1 AND at < $2 AND action LIKE 'support.read\\_%'
    """,
    "exports": """
        SELECT action AS what, count(*) AS n FROM audit_entry
        WHERE at >= $1 AND at < $2
          AND action IN ('audit.exported', 'company.archived', 'consent.proof_saved', 'rights.copy_opened')
        GROUP BY 1 ORDER BY 1
    """,
    "breaches": "SELECT source AS what, count(*) AS n FROM breach WHERE known_at >= $1 AND known_at < $2 GROUP BY 1",
}
_CASES = """
SELECT kind, count(*) AS n, count(*) FILTER (WHERE closed_at IS NULL) AS open,
    count(*) FILTER (WHERE refusal_reason IS NOT NULL) AS refused,
    count(*) FILTER (WHERE extended_at IS NOT NULL) AS extended,
    count(*) FILTER (WHERE (closed_at AT TIME ZONE $3)::date > due_date) AS late,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - received_at) / 86400) AS days
FROM rights_case WHERE received_at >= $1 AND received_at < $2 GROUP BY kind ORDER BY kind
"""


class Span(NamedTuple):
    """From ``since`` on, and before ``before``; ``words`` name it."""

    since: datetime
    before: datetime
    words: str


async def sheet(*, lang: str, span: Span, at: datetime) -> Sheet:
    """The report over ``span`` in ``lang``; it names nobody but the company's own staff."""

    def said(name: str, **values: object) -> str:
        return language.text(f"records.{name}", lang, **values)

    counted = [
        Section(said(f"report.{name}"), [_counts(await ground.fetch(sql, *span[:2]), name, lang)])
        for name, sql in _COUNTS.items()
    ]
    company = await describing.profile()
    cases = await ground.fetch(_CASES, *span[:2], company.time_zone)
    return Sheet(
        title=said("report.title"),
        language=lang,
        issuer=company.legal_name,
        at=at,
        lead=said("report.lead", span=span.words),
        sections=[
            counted[0],
            Section(said("report.cases"), [_cases(cases, lang)]),
            *counted[1:],
            await fields.section(lang=lang),
            Section(said("report.staff"), [await _staff(lang)]),
        ],
    )


def _counts(rows: Sequence[dict[str, Any]], name: str, lang: str) -> Table:
    told = [(language.text(f"records.report.{name}.{row['what']}", lang), str(row["n"])) for row in rows if row["n"]]
    head = [language.text(f"records.{word}", lang) for word in ("what", "number")]
    return Table(head, told, empty=language.text("records.none", lang))


def _cases(rows: Sequence[dict[str, Any]], lang: str) -> Table:
    numbers = ("n", "open", "refused", "extended", "late")
    head = [language.text(f"records.report.case.{name}", lang) for name in ("kind", *numbers, "days")]
    told = [
        (
            language.text(f"rights.kind.{row['kind']}", lang),
            *(str(row[name]) for name in numbers),
            "–" if row["days"] is None else str(format_decimal(row["days"], format="0.0", locale=lang)),
        )
        for row in rows
    ]
    return Table(head, told, empty=language.text("records.none", lang))


async def _staff(lang: str) -> Table:
    def said(name: str) -> str:
        return language.text(f"records.report.staff.{name}", lang)

    told = [
        (each.name, language.text(f"staff.role.{each.role}", lang), said("enrolled" if each.enrolled else "invited"))
        for each in await members.everybody()
        if each.disabled_at is None
    ]
    return Table([said("name"), said("role"), said("standing")], told)
