"""What checks of the wall around the company found: to read, and to take along."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.audit import attesting
from leumund.tenancy.verifying.findings import Report
from leumund.theming import looks, rendering
from leumund.web import answering, saying
from leumund.web.console import entering, naming

SEE = "isolation.see"


class IsolationController(Controller):
    """``/console/isolation``: the newest report, every one there is, and each as a file."""

    path = "/isolation"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, None)

    @get("/{report:str}")
    async def show_one(self, request: Request[Any, Any, Any], report: FromPath[str]) -> Response[str]:
        return await _page(request, report)

    @get("/{report:str}/report.html")
    async def as_html(self, request: Request[Any, Any, Any], report: FromPath[str]) -> Response[Any]:
        kept = msgspec.json.decode(await _kept(request, report), type=Report)
        lang = entering.language(request)
        html = rendering.render("isolation_report.html", look=looks.nobodys(), lang=lang, report=kept)
        return _file(html, kept, "html")

    @get("/{report:str}/report.json")
    async def as_json(self, request: Request[Any, Any, Any], report: FromPath[str]) -> Response[Any]:
        kept = await _kept(request, report)
        return _file(kept, msgspec.json.decode(kept, type=Report), "json")


async def _page(request: Request[Any, Any, Any], asked: str | None) -> Response[str]:
    who, say = await entering.member(request, SEE), await saying.here(request)
    async with entering.reading(request):
        reports = await attesting.reports()
        shown = _chosen(reports, naming.known(asked) if asked else None)
        kept = await attesting.find(report=shown.id) if shown else None
    return await entering.page(
        request,
        who,
        "console_isolation.html",
        reports=reports,
        shown=shown,
        report=msgspec.json.decode(kept, type=Report) if kept else None,
        say=say,
    )


def _chosen(reports: list[attesting.Attested], wanted: UUID | None) -> attesting.Attested | None:
    if wanted is None:
        return reports[0] if reports else None
    for each in reports:
        if each.id == wanted:
            return each
    raise attesting.ReportUnknown("errors.audit.report_unknown")


async def _kept(request: Request[Any, Any, Any], report: str) -> bytes:
    await entering.member(request, SEE)
    async with entering.reading(request):
        return await attesting.find(report=naming.known(report))


def _file(content: bytes | str, report: Report, kind: str) -> Response[Any]:
    return answering.file(content, name=f"isolation-{report.at:%Y-%m-%d}.{kind}")
