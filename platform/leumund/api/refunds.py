"""A company reports what was given back, and what was not after all."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from leumund.api import answering, ids, shapes
from leumund.api.answering import Key
from leumund.api.authenticating import actor_of
from leumund.api.describing import PROBLEMS
from leumund.api.reading import Strictly
from leumund.api.shapes import MOST_CENTS, Line, ReferralState
from leumund.rewards import refunding, restoring
from leumund.rewards.refunding import Refunded
from leumund.rewards.restoring import Restored


class NewRefund(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The order that was given back: all of it, or ``amount_cents`` of it under a ``refund_id`` of your own."""

    order_id: Annotated[Line, Meta(examples=["A-2026-0815"])]
    amount_cents: (
        Annotated[
            int, Meta(ge=1, le=MOST_CENTS, description="In minor units of the order's currency", examples=[4_500])
        ]
        | None
    ) = None
    refund_id: Annotated[Line, Meta(examples=["R-77"])] | None = None


class Refund(Struct, frozen=True, kw_only=True):
    """What a refund did: rewards canceled before they were released, clawed back afterwards, or reduced by it.

    ``conversion`` is null while the order was not reported, ``refunded_at`` until all of it was given back.
    """

    conversion: str | None
    order_id: str
    refund_id: str | None
    amount_cents: int | None
    refunded_at: datetime | None
    referral: ReferralState | None
    canceled_rewards: list[str]
    clawed_back_rewards: list[str]
    reduced_rewards: list[str]


class NewRestoration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund you reported that came to nothing, by the order and, where it had one, the ``refund_id``."""

    order_id: Annotated[Line, Meta(examples=["A-2026-0815"])]
    refund_id: Annotated[Line, Meta(examples=["R-77"])] | None = None


class Restoration(Struct, frozen=True, kw_only=True):
    """What came of it: rewards that are owed again in part or as a whole, and those granted anew for canceled ones.

    ``refunded_at`` is null unless other refunds leave nothing of the order. ``review`` says why a person at your
    company decides first, where what was canceled could not be granted anew.
    """

    conversion: str | None
    order_id: str
    refund_id: str | None
    amount_cents: int | None
    restored_at: datetime
    refunded_at: datetime | None
    referral: ReferralState | None
    review: str | None
    restored_rewards: list[str]
    granted_rewards: list[str]


class RefundController(Controller):
    path = "/refunds"
    tags = ("Purchases",)
    opt = {"scope": "purchases.write"}  # noqa: RUF012

    @post(
        dto=Strictly[NewRefund],
        return_dto=None,
        status_code=200,
        responses=PROBLEMS,
        summary="Report that an order was given back",
    )
    async def refund(
        self, request: Request[Any, Any, Any], data: JSONBody[NewRefund], idempotency_key: Key
    ) -> Response[Refund]:
        """Cancels what the order earned, or claws it back when it was released already. Twice is the same answer.

        Of a part, what the rest earns stays. An order that was not reported yet is remembered.
        """

        async def deed(at: datetime) -> tuple[int, Struct]:
            done = await refunding.refund(
                order_id=data.order_id,
                cents=data.amount_cents,
                told_as=data.refund_id or "",
                at=at,
                actor=actor_of(request),
            )
            return 200, _refund(done)

        return await answering.once(request, idempotency_key, data, deed)

    @post(
        "/restored",
        dto=Strictly[NewRestoration],
        return_dto=None,
        status_code=200,
        responses=PROBLEMS,
        summary="Report that an order was not given back after all",
    )
    async def restore(
        self, request: Request[Any, Any, Any], data: JSONBody[NewRestoration], idempotency_key: Key
    ) -> Response[Restoration]:
        """A refund failed, or you won a dispute: what it took is owed again, or granted anew. Twice is the same answer.

        Reported as given back once more, it is given back once more.
        """

        async def deed(at: datetime) -> tuple[int, Struct]:
            done = await restoring.restore(
                order_id=data.order_id, told_as=data.refund_id or "", at=at, actor=actor_of(request)
            )
            return 200, _restoration(done)

        return await answering.once(request, idempotency_key, data, deed)


def _refund(done: Refunded) -> Refund:
    return Refund(
        conversion=ids.conversion(done.conversion) if done.conversion else None,
        order_id=done.order_id,
        refund_id=done.told_as or None,
        amount_cents=done.cents,
        refunded_at=done.refunded_at,
        referral=shapes.referral_state(done.referral, done.referral_state),
        canceled_rewards=[ids.reward(one) for one in done.canceled],
        clawed_back_rewards=[ids.reward(one) for one in done.clawed_back],
        reduced_rewards=[ids.reward(one) for one in done.reduced],
    )


def _restoration(done: Restored) -> Restoration:
    return Restoration(
        conversion=ids.conversion(done.conversion) if done.conversion else None,
        order_id=done.order_id,
        refund_id=done.told_as or None,
        amount_cents=done.cents,
        restored_at=done.restored_at,
        refunded_at=done.refunded_at,
        referral=shapes.referral_state(done.referral, done.referral_state),
        review=done.doubt,
        restored_rewards=[ids.reward(one) for one in done.restored],
        granted_rewards=[ids.reward(one) for one in done.granted],
    )
