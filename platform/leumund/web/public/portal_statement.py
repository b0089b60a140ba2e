"""``/portal/statement``: every movement of a person's own rewards, to read, to print and to take along."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Request, Response, get, post

from leumund.audit import noting
from leumund.company import describing
from leumund.customers.records import finding
from leumund.insight import stating as telling
from leumund.kit import clock, spreadsheets
from leumund.ledger import stating
from leumund.web import answering, entering, forms
from leumund.web.public import visitors
from leumund.web.public.visitors import NotSignedIn


class PortalStatementController(Controller):
    """For the person whose session this is, and nobody else; three queries, whatever they earned."""

    path = "/portal/statement"
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        async with entering.reading(request):
            person, company = await finding.by_id(customer=customer), await describing.profile()
            told = await stating.state(owner=customer)
        if person is None:
            raise NotSignedIn
        name = f"{person.given_name} {person.family_name}".strip()
        sheet = telling.sheet(told, name=name, company=company, lang=lang, at=clock.now())
        return await answering.page(request, "portal_statement.html", sheet=sheet, any=bool(told.movements))

    @post(status_code=200)
    async def save(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """As a PDF or as CSV, which the log notes as it does every copy."""
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        form = "csv" if (await forms.filled(request)).get("form") == "csv" else "pdf"
        at = clock.now()
        async with entering.inside(request):
            person, company = await finding.by_id(customer=customer), await describing.profile()
            if person is None:
                raise NotSignedIn
            told = await stating.state(owner=customer)
            await noting.note(
                actor=f"customer:{customer}",
                action="ledger.statement_saved",
                subject=customer,
                detail={"form": form, "movements": len(told.movements)},
                at=at,
            )
        if form == "pdf":
            name = f"{person.given_name} {person.family_name}".strip()
            sheet = telling.sheet(told, name=name, company=company, lang=lang, at=at)
            return await answering.pdf(sheet, name="statement.pdf")
        rows = telling.rows(told, lang=lang, zone=ZoneInfo(company.time_zone))
        return answering.file(spreadsheets.csv_of(telling.head(lang), rows, language=lang), name="statement.csv")
