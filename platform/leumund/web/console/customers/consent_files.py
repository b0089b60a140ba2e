"""The proof of a person's consents as a file: the printed one, and two for machines."""

from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.consent.evidence import proving, showing
from leumund.kit import clock
from leumund.kit.sheets import Sheet
from leumund.privacy.copies import iso27560
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web import answering, forms
from leumund.web.console import confirming, entering, naming, taking_along
from leumund.web.console.customers import consents, customers
from leumund.web.forms import NotChosen

_ENDINGS = {"pdf": "pdf", "json": "json", "iso": "27560.json"}


class Wanted(NamedTuple):
    """Whose proof is to be a file, in which form and language, and what for."""

    customer: UUID
    form: str
    language: str
    reason: str


class ConsentFileController(Controller):
    """``/console/customers/<customer>/consents/proof``."""

    path = "/customers/{customer:str}/consents/proof"
    request_max_body_size = forms.MOST_BODY_BYTES

    @post(status_code=200)
    async def save(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[Any]:
        """The proof as a file, for a reason and with a fresh code; the log says who took it and what for."""
        who, sent = await entering.member(request, consents.PROVE), await forms.filled(request)
        person, lang, form = naming.known(customer), entering.language(request), sent.get("form", "")
        try:
            wanted = Wanted(person, form, lang, taking_along.reason(sent))
            if form not in _ENDINGS:
                raise naming.NoSuchPage("errors.http.404.message")
            file = await confirming.with_code(request, who, sent.get("code", ""), partial(_taken_along, wanted, who))
        except (NotChosen, WrongCode) as fault:
            return await consents.page(request, who, person, forms.refused(sent, fault, lang))
        name = f"consents-{person}.{_ENDINGS[form]}"
        return await answering.pdf(file, name=name) if isinstance(file, Sheet) else answering.file(file, name=name)


async def _taken_along(wanted: Wanted, who: Member) -> Sheet | bytes:
    known, at, lang = await customers.found(wanted.customer, who), clock.now(), wanted.language
    proof = await proving.prove(customer=known.id, at=at)
    detail = {"form": wanted.form, "language": lang, "chain_hash": proof.chain_hash, "reason": wanted.reason}
    await noting.note(actor=who.actor, action="consent.proof_saved", subject=known.id, detail=detail, at=at)
    if wanted.form == "pdf":
        return showing.sheet(proof, language=lang, name=known.name)
    if wanted.form == "json":
        return proving.as_json(proof)
    return iso27560.as_json(await iso27560.record(proof=proof, language=lang))
