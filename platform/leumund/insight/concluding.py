"""Conclude where somebody's reward is, in one answer, from all that became of the referral; pure."""

from collections.abc import Sequence

from leumund.insight.traces import Answer, Granted, Judged, Stands

_ENDED = {"rejected": "refused", "voided": "voided", "expired": "expired"}
_GONE = ("canceled", "expired")
_UNSENT = ("created", "approved")
# What somebody has to do something about comes first, and what has arrived last.
_ORDER = ("failed", "scheduled", "approved", "pending", "paid", "fulfilled", "redeemed")
# Such a rule was not about the event at all.
_BESIDE = ("other_trigger", "other_event")
KEYS = (
    *("refused", "voided", "expired", "in_review", "not_promised", "not_earned", "waiting", "nothing", "canceled"),
    *("held", "pending", "available", "lacking", "coded", "failed", "scheduled", "sent", "unclear"),
    *("paid", "fulfilled", "redeemed", "taken_back", "reward_expired"),
)


def conclude(stands: Stands, side: str, rewards: Sequence[Granted], faults: Sequence[Judged]) -> Answer:
    """The answer for ``side``; ``faults`` are the rules that failed, those of the newest event first."""
    mine = [each for each in rewards if each.side == side]
    living = [each for each in mine if each.state not in _GONE and not _drops_out(each, stands)]
    if living:
        most = min(living, key=lambda one: _ORDER.index(one.state))
        return Answer(key=_of(most, stands), of=most, more=len(living) - 1)
    if stands.state in _ENDED:
        return Answer(key=_ENDED[stands.state])
    if stands.state in ("qualified", "in_review"):
        return Answer(key="in_review")
    if mine:
        return Answer(key="canceled" if mine[0].state == "canceled" else "reward_expired", of=mine[0])
    return _unearned(stands, side, faults)


def _drops_out(reward: Granted, stands: Stands) -> bool:
    """Whether all of it was taken back before its payout was sent: it leaves the batch, and nobody gets anything."""
    unsent = all(each.state in _UNSENT for each in reward.payouts[-1:])
    return stands.state in _ENDED and reward.state == "scheduled" and reward.owed_cents == 0 and unsent


def _of(reward: Granted, stands: Stands) -> str:
    """Where a reward is that was neither taken back nor let go."""
    if reward.state == "pending":
        return "held" if stands.held or reward.doubt else "pending"
    if reward.state in ("approved", "failed") and reward.coded:
        return "coded"
    if reward.state == "approved":
        return "lacking" if reward.lacks else "available"
    if reward.state == "scheduled":
        if reward.lacks:
            return "lacking"
        last = reward.payouts[-1].state if reward.payouts else "created"
        return {"submitted": "sent", "unknown": "unclear"}.get(last, "scheduled")
    if reward.state != "failed" and stands.state == "voided":
        return "taken_back"
    return reward.state


def _unearned(stands: Stands, side: str, faults: Sequence[Judged]) -> Answer:
    """Why nothing was earned, or has been so far."""
    if all(rule.side != side for rule in stands.offer.rules):
        return Answer(key="not_promised")
    fault = next((one for one in faults if one.rule.side == side and one.reason not in _BESIDE), None)
    if fault is not None:
        return Answer(key="not_earned", fault=fault)
    return Answer(key="waiting" if stands.state == "attributed" else "nothing")
