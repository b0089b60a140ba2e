"""What came of recommendations, page by page, newest first."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from leumund.api import answering, ids
from leumund.api.describing import PROBLEMS
from leumund.kit.cursors import LONGEST_PAGE
from leumund.rewards import listing

After = Annotated[str | None, QueryParameter(max_length=200, description="`next` of the page before")]
Limit = Annotated[int, QueryParameter(ge=1, le=LONGEST_PAGE, description="How many at most")]
InState = Annotated[str | None, QueryParameter(name="state", description="Only those in this state")]
NAMES = ("after", "limit", "state")


class Referral(Struct, frozen=True, kw_only=True):
    """A confirmed recommendation. People are ids, so that names stay where they belong."""

    id: str
    state: str
    reason: str
    attributed_at: datetime
    advocate: str
    friend: str
    order_id: str | None


class Referrals(Struct, frozen=True, kw_only=True):
    data: list[Referral]
    next: str | None


class Reward(Struct, frozen=True, kw_only=True):
    """What one side of a recommendation gets, in minor units of its currency."""

    id: str
    state: str
    reason: str
    side: str
    kind: str
    amount_cents: int
    currency: str
    beneficiary: str
    referral: str
    voucher_code: str | None
    granted_at: datetime
    hold_until: datetime


class Rewards(Struct, frozen=True, kw_only=True):
    data: list[Reward]
    next: str | None


@get(
    "/referrals",
    tags=["Recommendations"],
    responses=PROBLEMS,
    summary="Recommendations",
    opt={"scope": "referrals.read"},
)
async def referrals(
    request: Request[Any, Any, Any], after: After = None, limit: Limit = 50, in_state: InState = None
) -> Referrals:
    """Those a friend has confirmed."""
    async with answering.reading(request, *NAMES):
        page = await listing.referrals(state=state_of(in_state, listing.REFERRAL_STATES), after=after, limit=limit)
    return Referrals(data=[_referral(row) for row in page.rows], next=page.after)


@get(
    "/referrals/{referral:str}",
    tags=["Recommendations"],
    responses=PROBLEMS,
    summary="One recommendation",
    opt={"scope": "referrals.read"},
)
async def referral(request: Request[Any, Any, Any], referral: FromPath[str]) -> Referral:
    """Unknown ids and other companies' ids answer alike."""
    async with answering.reading(request):
        return _referral(await listing.referral(referral=ids.referral_from(referral)))


@get("/rewards", tags=["Recommendations"], responses=PROBLEMS, summary="Rewards", opt={"scope": "rewards.read"})
async def rewards(
    request: Request[Any, Any, Any], after: After = None, limit: Limit = 50, in_state: InState = None
) -> Rewards:
    """All of them, whatever has become of them."""
    async with answering.reading(request, *NAMES):
        page = await listing.rewards(state=state_of(in_state, listing.REWARD_STATES), after=after, limit=limit)
    return Rewards(data=[_reward(row) for row in page.rows], next=page.after)


@get(
    "/rewards/{reward:str}",
    tags=["Recommendations"],
    responses=PROBLEMS,
    summary="One reward",
    opt={"scope": "rewards.read"},
)
async def reward(request: Request[Any, Any, Any], reward: FromPath[str]) -> Reward:
    """Unknown ids and other companies' ids answer alike."""
    async with answering.reading(request):
        return _reward(await listing.reward(reward=ids.reward_from(reward)))


def state_of(wished: str | None, known: tuple[str, ...]) -> str:
    """The state somebody asks for, empty for any. Raises WrongParameter."""
    if wished is not None and wished not in known:
        raise answering.WrongParameter("errors.api.parameter", field="state")
    return wished or ""


def _referral(row: dict[str, Any]) -> Referral:
    return Referral(
        id=ids.referral(row["id"]),
        state=row["state"],
        reason=row["reason"],
        attributed_at=row["at"],
        advocate=ids.customer(row["advocate_id"]),
        friend=ids.customer(row["friend_id"]),
        order_id=row["order_id"],
    )


def _reward(row: dict[str, Any]) -> Reward:
    return Reward(
        id=ids.reward(row["id"]),
        state=row["state"],
        reason=row["reason"],
        side=row["side"],
        kind=row["kind"],
        amount_cents=row["cents"],
        currency=row["currency"],
        beneficiary=ids.customer(row["beneficiary"]),
        referral=ids.referral(row["referral"]),
        voucher_code=row["voucher_code"],
        granted_at=row["at"],
        hold_until=row["hold_until"],
    )
