"""Bring customers in from a file: look at it first, choose what its columns mean, and only then take it."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, NamedTuple

import anyio
from litestar import Controller, Request, Response, get, post

from leumund.company import agreeing
from leumund.customers.intake import importing, reading
from leumund.customers.intake.columns import NoSuchColumn
from leumund.customers.intake.importing import RefusedRow, Report
from leumund.customers.intake.reading import Row
from leumund.kit import clock, language, spreadsheets
from leumund.kit.faults import Refused
from leumund.staff.members import Member
from leumund.web import answering, forms, saying
from leumund.web.console import bringing, carrying, entering
from leumund.web.console.bringing import Brought
from leumund.web.forms import UNTRIED, Tried

_SOURCE = "console"
_FIRST_ROWS, _MOST_SHOWN = 4, 50


class Seen(NamedTuple):
    """What stands in a file: its headers, its first rows, which column means which field, and all rows so read."""

    headers: list[str]
    first: list[list[str]]
    mapping: dict[str, str]
    rows: list[Row] | NoSuchColumn


class ImportController(Controller):
    """``/console/customers/import``; its ``check`` and ``report`` read the file and keep nothing."""

    path = "/customers/import"

    @get()
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request, await entering.member(request, "customers.import"))

    @post("/check", status_code=200)
    async def check(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _answer(request, "console_import_check.html", dry_run=True)

    @post(status_code=200)
    async def take(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _answer(request, "console_import_done.html", dry_run=False)

    @post("/report", status_code=200)
    async def report(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Every refused row as CSV; the check is run again, since the last one was not kept either."""
        who, say = await entering.member(request, "customers.import"), await saying.here(request)
        try:
            _, _, report = await _done(request, who, dry_run=True)
        except Refused as fault:
            return await _form(request, who, forms.refused({}, fault, say.lang))
        return answering.file(_csv(report.refused, say.lang), name="import-report.csv")


async def _answer(request: Request[Any, Any, Any], template: str, *, dry_run: bool) -> Response[str]:
    who, say = await entering.member(request, "customers.import"), await saying.here(request)
    try:
        brought, seen, report = await _done(request, who, dry_run=dry_run)
    except Refused as fault:
        return await _form(request, who, forms.refused({}, fault, say.lang))
    unmapped = seen.rows if isinstance(seen.rows, NoSuchColumn) else None
    return await entering.page(
        request,
        who,
        "console_import_check.html" if unmapped else template,
        say=say,
        seen=seen,
        fields=reading.FIELDS,
        report=None if unmapped else report,
        refused=[_told(row, say.lang) for row in report.refused[:_MOST_SHOWN]],
        sealed=brought.sealed,
        **(forms.refused({}, unmapped, say.lang) if unmapped else UNTRIED).shown(),
    )


async def _form(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        agreed = await agreeing.has_agreed()
    return await entering.page(
        request,
        who,
        "console_import.html",
        say=say,
        agreed=agreed,
        fields=reading.FIELDS,
        most_megabytes=carrying.MOST_BYTES // 1_000_000,
        **tried.shown(),
    )


async def _done(request: Request[Any, Any, Any], who: Member, *, dry_run: bool) -> tuple[Brought, Seen, Report]:
    """The file, what stands in it, and what became of its rows. Raises NotCarried, TooLarge, NotReadable."""
    brought = await bringing.brought(request, who)
    async with bringing.ONE_AT_A_TIME:
        seen = await _look(brought)
        return brought, seen, await _import(request, who, seen, dry_run=dry_run)


async def _look(brought: Brought) -> Seen:
    """What stands in the file, read beside the event loop. Raises NotReadable."""
    return await anyio.to_thread.run_sync(_read, brought.content, brought.mapping)


def _read(content: bytes, mapping: Mapping[str, str]) -> Seen:
    headers, rows = reading.glimpse(content, rows=_FIRST_ROWS)
    first = [[_cell(value) for value in row] for row in rows]
    wished = {field: mapping[field] for field in reading.FIELDS if field in mapping} or reading.guess(headers)
    whole = {field: wished.get(field, "") for field in reading.FIELDS}
    try:
        return Seen(headers, first, whole, list(reading.read(content, mapping=whole, limits=reading.IN_A_FORM)))
    except NoSuchColumn as fault:
        return Seen(headers, first, whole, fault)


def _cell(value: object) -> str:
    """A cell as a person would write it: a spreadsheet's days come as moments at midnight."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return "" if value is None else str(value)


async def _import(request: Request[Any, Any, Any], who: Member, seen: Seen, *, dry_run: bool) -> Report:
    if isinstance(seen.rows, NoSuchColumn):
        return Report()
    async with entering.inside(request):
        return await importing.import_rows(seen.rows, source=_SOURCE, actor=who.actor, dry_run=dry_run, at=clock.now())


def _told(row: RefusedRow, lang: str) -> dict[str, Any]:
    field = language.text(f"console.field.{row.field}", lang) if row.field in reading.FIELDS else row.field
    return {"number": row.number, "field": field, "reason": language.text(row.key, lang, **row.values)}


def _csv(refused: list[RefusedRow], lang: str) -> str:
    head = [language.text(f"console.imports.report.{name}", lang) for name in ("number", "field", "reason")]
    return spreadsheets.csv_of(head, (_told(row, lang).values() for row in refused), language=lang)
