"""A company reports what was bought."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from leumund.api import answering, ids, problems, shapes
from leumund.api.answering import Key
from leumund.api.describing import PROBLEMS
from leumund.api.reading import Strictly
from leumund.api.shapes import MOST_CENTS, Brought, Line, Moment, ReferralState
from leumund.kit import language
from leumund.kit.faults import Unknown
from leumund.referrals.claims.telling import Said
from leumund.rewards import converting, outcomes
from leumund.rewards.buying import CustomerRef, CustomerUnknown
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted


class CustomerNamed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by exactly one of our id, your own number, or the address."""

    id: Annotated[Line, Meta(examples=["cus_6d1f0c7e2b9a4f53a1c8e0b7d4f2935c"])] | None = None
    external_id: Annotated[Line, Meta(examples=["K-4711"])] | None = None
    email: Annotated[Line, Meta(examples=["bert@example.com"])] | None = None


class NewConversion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A purchase, or an ``event`` of your own by its short key, which ``order_id`` then names.

    ``occurred_at`` is now when you leave it out; ``categories`` are short keys of your own. ``click_token`` is what
    your page was given as ``leumund``, ``code`` what the customer typed, and ``conditions_shown`` whether you showed
    them the program's conditions.
    """

    order_id: Annotated[Line, Meta(examples=["A-2026-0815"])]
    event: Annotated[Line, Meta(examples=["test-drive"])] | None = None
    amount_cents: Annotated[int, Meta(ge=0, le=MOST_CENTS, description="In minor units", examples=[90_000])]
    currency: Annotated[Line, Meta(description="ISO 4217", examples=["EUR"])]
    customer: CustomerNamed
    categories: Annotated[
        list[Line], Meta(description="At most eight short keys of your own", examples=[["electricity", "heat-pump"]])
    ] = []
    occurred_at: Moment | None = None
    click_token: Brought | None = None
    code: Annotated[Brought, Meta(examples=["apfel-wolke-tiger-7"])] | None = None
    conditions_shown: bool = False


class Attribution(Struct, frozen=True, kw_only=True):
    """What came of who was said to have recommended the customer: ``attributed`` to them, or to nobody and why.

    ``way`` is how it was said, of several the one that counts most; ``detail`` says ``reason`` in words.
    """

    state: Literal["attributed", "none"]
    way: str
    reason: str | None
    detail: str


class Conversion(Struct, frozen=True, kw_only=True):
    """A purchase or event as it was recorded, and what has come of it.

    ``attribution`` is null where nothing was said of who recommended the customer. ``review`` says why
    a person at your company decides first, of one that counts for an approved recommendation.
    """

    id: str
    order_id: str
    event: str | None
    amount_cents: int
    currency: str
    categories: list[str]
    customer: str
    occurred_at: datetime
    attribution: Attribution | None
    referral: ReferralState | None
    review: str | None
    rewards: list[str]


class ConversionController(Controller):
    path = "/conversions"
    tags = ("Purchases",)

    @post(
        dto=Strictly[NewConversion],
        return_dto=None,
        responses=PROBLEMS,
        summary="Report a purchase",
        opt={"scope": "purchases.write"},
    )
    async def convert(
        self, request: Request[Any, Any, Any], data: JSONBody[NewConversion], idempotency_key: Key
    ) -> Response[Conversion]:
        """Counts once per order id. Telling the same order again, under whatever key, answers how it stands now."""

        async def deed(at: datetime) -> tuple[int, Struct]:
            done = await converting.convert(order=_order(data, at), at=at)
            return 201, _conversion(done, problems.language_of(request))

        return await answering.once(request, idempotency_key, data, deed)

    @get("/{conversion:str}", responses=PROBLEMS, summary="One purchase", opt={"scope": "purchases.read"})
    async def one(self, request: Request[Any, Any, Any], conversion: FromPath[str]) -> Conversion:
        """As it stands now. Unknown ids and other companies' ids answer alike."""
        async with answering.reading(request):
            done = await outcomes.outcome(conversion=ids.conversion_from(conversion))
        return _conversion(done, problems.language_of(request))


def _order(data: NewConversion, at: datetime) -> Order:
    return Order(
        order_id=data.order_id,
        event_key=data.event or "",
        cents=data.amount_cents,
        currency=data.currency,
        categories=tuple(data.categories),
        customer=named(data.customer),
        occurred_at=data.occurred_at or at,
        said=Said(
            click_token=data.click_token or "",
            code=data.code or "",
            conditions_shown=data.conditions_shown,
        ),
    )


def named(customer: CustomerNamed) -> CustomerRef:
    """Whom a call means. Raises CustomerUnknown for what was never an id of ours."""
    try:
        ours = None if customer.id is None else ids.customer_from(customer.id)
    except Unknown:
        raise CustomerUnknown("errors.rewards.customer_unknown", field="customer") from None
    return CustomerRef(id=ours, external_id=customer.external_id, email=customer.email)


def _attribution(done: Converted, lang: str) -> Attribution | None:
    if done.claimed_by is None or done.claim_reason is None:
        return None
    has_won = done.claim_reason == "won"
    return Attribution(
        state="attributed" if has_won else "none",
        way=done.claimed_by,
        reason=None if has_won else done.claim_reason,
        detail=language.text(f"attribution.reason.{done.claim_reason}", lang),
    )


def _conversion(done: Converted, lang: str) -> Conversion:
    return Conversion(
        id=ids.conversion(done.conversion),
        order_id=done.order_id,
        event=done.event_key or None,
        amount_cents=done.cents,
        currency=done.currency,
        categories=done.categories,
        customer=ids.customer(done.customer),
        occurred_at=done.occurred_at,
        attribution=_attribution(done, lang),
        referral=shapes.referral_state(done.referral, done.referral_state),
        review=done.doubt,
        rewards=[ids.reward(one) for one in done.rewards],
    )
