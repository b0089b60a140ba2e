"""Book what happens to a reward; each step has a cause of its own, so none is booked twice.

What is granted and what is taken back after it was theirs is told from here, since no state of a reward says it.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

import msgspec

from leumund.events import telling
from leumund.ledger import balancing, posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What is booked: a reward's money, whose it is and which program pays."""

    reward: UUID
    program: UUID
    beneficiary: UUID
    cents: int
    currency: str


async def granted(*worths: Worth, at: datetime) -> None:
    """From the program's budget to what the person may expect."""
    await _move(worths, ("program_budget", "reward_pending"), "granted", at)
    await _tell("reward.granted", worths, at)


async def released(*worths: Worth, at: datetime) -> None:
    """From what the person may expect to what is theirs."""
    await _move(worths, ("reward_pending", "reward_available"), "released", at)


async def canceled(*worths: Worth, at: datetime, refund: UUID | None = None) -> None:
    """Back to the program's budget before it was anybody's; by a person, where by no ``refund``."""
    await _move(worths, ("reward_pending", "program_budget"), _by("canceled", refund), at)


async def clawed_back(*worths: Worth, at: datetime, refund: UUID | None = None) -> None:
    """Taken back after it was theirs: a new posting, never a changed one."""
    await _move(worths, ("reward_available", "clawback"), _by("clawed back", refund), at)
    await _tell("reward.clawed_back", worths, at)


async def reduced(*worths: Worth, refund: UUID, at: datetime) -> None:
    """As ``canceled``, of a part that one refund took of what is expected still."""
    await _move(worths, ("reward_pending", "program_budget"), _by("reduced", refund), at)


async def clawed_back_in_part(*worths: Worth, refund: UUID, at: datetime) -> None:
    """As ``clawed_back``, of a part that one refund took."""
    await _move(worths, ("reward_available", "clawback"), _by("reduced", refund), at)
    await _tell("reward.clawed_back", worths, at)


async def owed_again(worth: Worth, *, pending: bool, refund: UUID, at: datetime) -> None:
    """What a refund took that does not count any more is owed again, out of what was clawed back."""
    target = "reward_pending" if pending else "reward_available"
    await _move([worth], ("clawback", target), _by("restored", refund), at)
    await _tell("reward.restored", [worth], at)


async def paid_again(worth: Worth, *, pending: bool, refund: UUID, at: datetime) -> None:
    """As ``owed_again``, out of the budget, to which it had gone back."""
    target = "reward_pending" if pending else "reward_available"
    await _move([worth], ("program_budget", target), f"{_by('restored', refund)} budget", at)
    await _tell("reward.restored", [worth], at)


async def granted_again(worth: Worth, *, clawback_cents: int, refund: UUID, at: datetime) -> None:
    """As ``granted``, of which ``clawback_cents`` were clawed back of another reward for the same."""
    sources = (
        ("clawback", clawback_cents, f"granted again {refund}"),
        ("program_budget", worth.cents - clawback_cents, "granted"),
    )
    for source, cents, deed in sources:
        if cents:
            await _move([msgspec.structs.replace(worth, cents=cents)], (source, "reward_pending"), deed, at)
    await _tell("reward.granted", [worth], at)


async def clawed(*, rewards: Sequence[UUID], refunds: Sequence[UUID]) -> dict[UUID, int]:
    """What of ``rewards`` was clawed back by ``refunds``, or by a person, and is not owed again."""
    deeds = ["clawed back"]
    for refund in refunds:
        deeds += [f"{deed} {refund}" for deed in ("clawed back", "reduced", "restored", "granted again")]
    causes = {_cause(reward, deed): reward for reward in rewards for deed in deeds}
    held = dict.fromkeys(rewards, 0)
    for cause, cents in (await balancing.moved(kind="clawback", causes=list(causes))).items():
        held[causes[cause]] += cents
    return held


async def spent(*, program: UUID, currency: str) -> int:
    """What a program's budget has given so far, less what came back."""
    return -await balancing.held(kind="program_budget", owner=program, currency=currency)


async def booked(deed: str, *, rewards: Sequence[UUID], refund: UUID) -> list[UUID]:
    """For which of ``rewards`` the deed, canceled or clawed back, was booked by ``refund``.

    What was booked before causes named their refund may have been booked by any.
    """
    causes = {reward: {_cause(reward, deed), _cause(reward, _by(deed, refund))} for reward in rewards}
    told = await posting.posted(causes=list(chain.from_iterable(causes.values())))
    return [reward for reward in rewards if causes[reward] & told]


async def _move(worths: Sequence[Worth], kinds: tuple[str, str], deed: str, at: datetime) -> None:
    source, target = kinds
    moves = [
        Move(_account(source, worth), _account(target, worth), worth.cents, _cause(worth.reward, deed))
        for worth in worths
    ]
    await posting.post_all(moves=moves, at=at)


async def _tell(kind: str, worths: Sequence[Worth], at: datetime) -> None:
    await telling.tell_all(happened=[(kind, worth.reward) for worth in worths], at=at)


def _account(kind: str, worth: Worth) -> Account:
    owner = worth.program if kind in balancing.OF_PROGRAMS else worth.beneficiary
    return Account(kind, owner, worth.currency)


def _by(deed: str, refund: UUID | None) -> str:
    """A deed that each refund may do once."""
    return deed if refund is None else f"{deed} {refund}"


def _cause(reward: UUID, deed: str) -> str:
    return f"reward {reward} {deed}"
