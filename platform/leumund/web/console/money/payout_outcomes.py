"""One payout of a batch: taken out before it leaves, or noted to have arrived, failed or come back."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.payouts import batching, recording
from leumund.web import forms
from leumund.web.console import confirming, entering
from leumund.web.console.money import payout_batches
from leumund.web.console.money.payouts import HERE, PREPARE


class PayoutOutcomeController(Controller):
    """``/console/payouts/<batch>/<payout>``."""

    path = "/payouts/{batch:uuid}/{payout:uuid}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @post("/aside")
    async def set_aside(
        self, request: Request[Any, Any, Any], batch: FromPath[UUID], payout: FromPath[UUID]
    ) -> Response[Any]:
        who = await entering.member(request, PREPARE)
        try:
            async with entering.inside(request):
                await batching.set_aside(payout=payout, by=who.id, at=clock.now())
        except Refused as fault:
            return await payout_batches.page(request, who, batch, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{batch}?done=set_aside")

    @post("/outcome")
    async def record(
        self, request: Request[Any, Any, Any], batch: FromPath[UUID], payout: FromPath[UUID]
    ) -> Response[Any]:
        """It arrived, or did not: then the money is the person's again, and they are told. Takes a fresh code."""
        who, sent = await entering.member(request, PREPARE), await forms.filled(request)
        reason = "" if sent.get("outcome") == "arrived" else sent.get("outcome", "")

        async def deed() -> None:
            reference = sent.get("reference", "")
            if not sent.get("outcome"):
                raise recording.NoSuchReason("errors.payouts.reason", field="outcome")
            await recording.record(payout=payout, reason=reason, reference=reference, by=who.id, at=clock.now())

        try:
            await confirming.with_code(request, who, sent.get("code", ""), deed)
        except Refused as fault:
            tried = forms.refused(sent | {"payout": str(payout)}, fault, entering.language(request))
            return await payout_batches.page(request, who, batch, tried)
        return entering.redirect(request, f"{HERE}/{batch}?done=recorded")
