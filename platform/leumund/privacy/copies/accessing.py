"""Access: everything stored of a person, and why, from where, for whom and how long (Art. 15 GDPR).

One copy, which a page and a PDF show in words and JSON as it is stored. A score there is of whoever agreed to it, with
its reasons and how it comes about (Art. 15(1)(h)); no decision that hurts is taken without a human, which it says too.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.company import describing, processing
from leumund.company.describing import Profile
from leumund.company.processing import Processor
from leumund.customers.records import finding
from leumund.kit import language as speaking
from leumund.kit.sheets import Facts, Points, Prose, Section, Sheet, Table
from leumund.privacy import explaining, register
from leumund.privacy.copies import collecting, showing
from leumund.privacy.copies.collecting import Row
from leumund.privacy.copies.showing import Reader
from leumund.privacy.explaining import Explained
from leumund.scoring import reading, telling
from leumund.scoring.reading import Scored

SCHEMA = "leumund/access/1"
_RIGHTS = ("rectification", "erasure", "restriction", "portability", "objection", "withdrawal", "review", "complaint")


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of one person, and whose it is."""

    customer: UUID
    at: datetime
    company: Profile
    data: dict[str, list[Row]]
    recipients: list[Processor]
    score: Scored | None


async def copy(*, customer: UUID, at: datetime) -> Copy:
    """What is stored of ``customer`` now. Raises CustomerUnknown."""
    await finding.known(customer=customer)
    return Copy(
        customer=customer,
        at=at,
        company=await describing.profile(),
        data=await collecting.collect(customer=customer),
        recipients=await processing.listed(),
        score=await reading.of(customer=customer),
    )


def sheet(told: Copy, *, language: str) -> Sheet:
    """The copy to read, as a page or a PDF."""
    say = Reader(language, told.company.time_zone)
    data = [_rows(table, rows, say) for table, rows in told.data.items()]
    return Sheet(
        title=say.text("data.access.title"),
        language=language,
        issuer=told.company.legal_name,
        at=told.at,
        lead=say.text("data.access.lead", company=told.company.name),
        sections=[*data, *_told_score(told, say), *_about(told, say)],
    )


def as_json(told: Copy, *, language: str) -> bytes:
    """The copy for a machine: rows as they are stored, and in ``language`` what is said about them."""
    say = Reader(language, told.company.time_zone)
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "schema": SCHEMA,
                "person": told.customer,
                "at": told.at,
                "controller": {"name": told.company.legal_name, "imprint": told.company.imprint},
                "data": {table: [_plain(row) for row in rows] for table, rows in told.data.items()},
                "purposes": _held(told, language),
                "recipients": [_recipient(each, language) for each in told.recipients],
                "scores": [_score(told.score, told.company.currency, language)] if told.score else [],
                "automated_decisions": say.text("data.access.no_automation"),
                "rights": {right: say.text(f"data.right.{right}") for right in _RIGHTS},
            }
        )
    )


def _score(scored: Scored, currency: str, language: str) -> dict[str, object]:
    """The score with its reasons, as they are stored and in words, and the logic of it."""
    return {
        "name": speaking.text("data.class.profile", language),
        "score": scored.told.score,
        "low": scored.told.low,
        "high": scored.told.high,
        "model": scored.model,
        "at": scored.at,
        "sum": [msgspec.to_builtins(line) for line in telling.lines(scored, language=language, currency=currency)],
        "logic": telling.logic(scored.model, language=language),
    }


def _told_score(told: Copy, say: Reader) -> list[Section]:
    if told.score is None:
        return []
    it = told.score.told
    lines = [
        say.text("data.access.score.points", label=line.label, detail=line.detail, points=telling.signed(line.points))
        for line in telling.lines(told.score, language=say.language, currency=told.company.currency)
    ]
    total = say.text("data.access.score.sum", score=it.score, low=it.low, high=it.high)
    logic = Prose(telling.logic(told.score.model, language=say.language))
    return [Section(say.text("data.access.score"), [Points([*lines, total]), logic])]


def _plain(row: Row) -> dict[str, object]:
    return ({"as": row.role} if row.role else {}) | dict(row.values)


def _held(told: Copy, language: str) -> list[Explained]:
    """The classes of which anything is stored, and the one that says how long somebody who takes no part is known."""
    known = register.read().tables
    held = {known[table].class_of(column) for table in told.data for column in known[table].placed}
    if any(str(row.values["kind"]).startswith("reward") for row in told.data.get("message", ())):
        held.add("letters")
    if "participation" not in told.data:
        held.add("leads" if told.data["customer"][0].values["stage"] == "lead" else "acquaintance")
    return [each for each in explaining.explain(language) if each.key in held]


def _recipient(each: Processor, language: str) -> dict[str, str]:
    told = {name: str(getattr(each, name)) for name in ("role", "name", "address", "country", "safeguards")}
    return told | {"what_for": showing.spoken(each.what_for, language)}


def _rows(table: str, rows: list[Row], say: Reader) -> Section:
    """One row as facts, more as a table without the columns that are empty in all of them."""
    heading = say.text(f"data.table.{table}")
    if len(rows) == 1:
        return Section(heading, [Facts([(say.column(name), text) for name, text in say.row(rows[0]) if text])])
    lines = [dict(say.row(row)) for row in rows]
    filled = [name for name in lines[0] if any(line[name] for line in lines)]
    cells = [[line[name] or "–" for name in filled] for line in lines]
    return Section(heading, [Table([say.column(name) for name in filled], cells)])


def _about(told: Copy, say: Reader) -> list[Section]:
    """Why, from where, for whom and how long; and what the person can do about it."""
    return [
        Section(say.text("data.access.why"), [_purposes(told, say)]),
        Section(say.text("data.access.recipients"), [_recipients(told, say)]),
        Section(say.text("data.access.source"), [Prose([say.text("data.access.source.text")])]),
        Section(say.text("data.access.automation"), [Prose([say.text("data.access.no_automation")])]),
        Section(say.text("data.access.rights"), [Points([say.text(f"data.right.{right}") for right in _RIGHTS])]),
    ]


def _purposes(told: Copy, say: Reader) -> Table:
    head = [say.text(f"data.access.{name}") for name in ("what", "purpose", "basis", "period")]
    rows = [
        [each.name, each.why, f"{each.basis} ({each.law})", f"{each.period}. {each.then}"]
        for each in _held(told, say.language)
    ]
    return Table(head, rows)


def _recipients(told: Copy, say: Reader) -> Table:
    head = [say.text(f"data.access.{name}") for name in ("who", "what_for", "country")]
    rows = [
        [each.name, showing.spoken(each.what_for, say.language), say.country(each.country)] for each in told.recipients
    ]
    return Table(head, rows, empty=speaking.text("data.access.nobody", say.language))
