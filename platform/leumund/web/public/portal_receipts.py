"""A receipt of every consent, for the person who gave it: to read in the portal, and to save."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.audit import noting
from leumund.consent.evidence import proving, showing
from leumund.consent.evidence.proving import Proof
from leumund.kit import clock
from leumund.privacy.copies import iso27560
from leumund.web import answering, entering, forms
from leumund.web.public import visitors


class PortalReceiptController(Controller):
    """``/portal/receipts``: for the person whose session this is, and nobody else."""

    path = "/portal/receipts"
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        async with entering.reading(request):
            proof = await proving.prove(customer=customer, at=clock.now())
        sheet = showing.sheet(proof, language=lang, receipt=True)
        return await answering.page(request, "portal_receipts.html", sheet=sheet)

    @post(status_code=200)
    async def save(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        kind = "json" if (await forms.filled(request)).get("form") == "json" else "pdf"
        async with entering.inside(request):
            proof = await _noted(customer, kind, clock.now())
            content = iso27560.as_json(await iso27560.receipt(proof=proof, language=lang)) if kind == "json" else b""
        if kind == "pdf":
            return await answering.pdf(showing.sheet(proof, language=lang, receipt=True), name="receipt.pdf")
        return answering.file(content, name="receipt.json")


async def _noted(customer: UUID, kind: str, at: datetime) -> Proof:
    proof = await proving.prove(customer=customer, at=at)
    detail = {"form": kind, "chain_hash": proof.chain_hash}
    await noting.note(
        actor=f"customer:{customer}", action="consent.receipt_saved", subject=customer, detail=detail, at=at
    )
    return proof
