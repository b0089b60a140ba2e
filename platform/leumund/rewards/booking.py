"""Book what happens to a reward; each step has a cause of its own, so none is booked twice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.ledger import balancing, posting


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What is booked: a reward's money, whose it is and which program pays."""

    reward: UUID
    program: UUID
    beneficiary: UUID
    cents: int
    currency: str


async def granted(worth: Worth, *, at: datetime) -> None:
    """From the program's budget to what the person may expect."""
    await _move(worth, ("program_budget", worth.program), ("reward_pending", worth.beneficiary), "granted", at)


async def released(worth: Worth, *, at: datetime) -> None:
    """From what the person may expect to what is theirs."""
    await _move(worth, ("reward_pending", worth.beneficiary), ("reward_available", worth.beneficiary), "released", at)


async def canceled(worth: Worth, *, at: datetime) -> None:
    """Back to the program's budget before it was anybody's."""
    await _move(worth, ("reward_pending", worth.beneficiary), ("program_budget", worth.program), "canceled", at)


async def clawed_back(worth: Worth, *, at: datetime) -> None:
    """Taken back after it was theirs: a new posting, never a changed one."""
    await _move(worth, ("reward_available", worth.beneficiary), ("clawback", worth.program), "clawed back", at)


async def spent(*, program: UUID, currency: str) -> int:
    """What a program's budget has given so far, less what came back."""
    return -await balancing.held(kind="program_budget", owner=program, currency=currency)


async def booked(deed: str, *, rewards: Sequence[UUID]) -> list[UUID]:
    """Which of ``rewards`` the deed was booked for: granted, released, canceled or clawed back."""
    causes = await posting.posted(causes=[_cause(reward, deed) for reward in rewards])
    return [reward for reward in rewards if _cause(reward, deed) in causes]


async def _move(worth: Worth, source: tuple[str, UUID], target: tuple[str, UUID], deed: str, at: datetime) -> None:
    debit, credit = [
        await posting.open_account(kind=kind, owner=owner, currency=worth.currency) for kind, owner in (source, target)
    ]
    await posting.post(
        debit=debit,
        credit=credit,
        cents=worth.cents,
        currency=worth.currency,
        cause=_cause(worth.reward, deed),
        at=at,
    )


def _cause(reward: UUID, deed: str) -> str:
    return f"reward {reward} {deed}"
