"""Keep to the limits: what a person, or the program, may still be given in each period.

A limit on money cuts a reward to what is left; a limit on how many there may be refuses it. What pays most goes first,
so that nobody gets less for a larger order, and in which order the rules are written does not matter.
"""

from collections.abc import Mapping, Sequence

import msgspec

from leumund.programs.offers import Cap, Offer, Rule
from leumund.rewards.judging import units
from leumund.rewards.judging.facts import SIDES, Earned, Facts

# Whose limit it is, and which: an advocate's, a friend's or the program's.
_Of = tuple[str, Cap]


class Kept(msgspec.Struct, frozen=True):
    """What is left of a reward, and which limit let nothing through."""

    cents: int
    reason: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """What shall be owed once more by a rule: a reward of its own (``is_new``), or more of one there is."""

    rule: Rule
    cents: int
    is_new: bool


class _Left(msgspec.Struct, frozen=True, kw_only=True):
    """What each limit still lets through, of money and of rewards."""

    cents: dict[_Of, int]
    rewards: dict[_Of, int]

    def through(self, rule: Rule, cents: int) -> Kept:
        """What of ``cents`` the limits let through now."""
        for (whose, cap), left in self.rewards.items():
            if whose in ("program", rule.side) and not left:
                return Kept(0, _reason(cap))
        if units.is_points(rule):
            return Kept(cents)
        mine = [(left, cap) for (whose, cap), left in self.cents.items() if whose in ("program", rule.side)]
        least, tightest = min(mine, key=lambda one: (one[0], _reason(one[1])), default=(cents, None))
        if least >= cents or tightest is None:
            return Kept(cents)
        return Kept(least, _reason(tightest) if not least else "")

    def take(self, rule: Rule, cents: int) -> None:
        for one in self.rewards:
            self.rewards[one] -= one[0] in ("program", rule.side)
        if not units.is_points(rule):
            for one in self.cents:
                self.cents[one] -= cents * (one[0] in ("program", rule.side))


def keep(worth: Mapping[str, int], *, offer: Offer, facts: Facts) -> dict[str, Kept]:
    """What each rule pays of what it is worth, once every limit is kept."""
    if not offer.version.caps:
        return {rule: Kept(cents) for rule, cents in worth.items()}
    left, kept = _left(offer.version.caps, facts), {}
    waiting = [rule for rule in offer.rules if rule.key in worth]
    while waiting:
        through = {rule.key: left.through(rule, worth[rule.key]) for rule in waiting}
        # Money before points: the two are not compared.
        first = min(waiting, key=lambda rule: (units.is_points(rule), -through[rule.key].cents, rule.key))
        waiting.remove(first)
        kept[first.key] = through[first.key]
        if kept[first.key].cents:
            left.take(first, kept[first.key].cents)
    return kept


def reaches(wanted: Sequence[Wanted], *, offer: Offer, facts: Facts) -> bool:
    """Whether every limit lets all of ``wanted`` through, uncut."""
    left = _left(offer.version.caps, facts)
    of_money = [each for each in wanted if not units.is_points(each.rule)]
    return all(
        sum(each.cents for each in of_money if of[0] in ("program", each.rule.side)) <= most
        for of, most in left.cents.items()
    ) and all(
        sum(each.is_new for each in wanted if of[0] in ("program", each.rule.side)) <= most
        for of, most in left.rewards.items()
    )


def _left(caps: Sequence[Cap], facts: Facts) -> _Left:
    each = [(whose, cap) for cap in caps for whose in (("program",) if cap.scope == "program" else SIDES)]
    had = {
        of: (facts.program if of[0] == "program" else facts.party(of[0]).earned).get(of[1].per, Earned()) for of in each
    }
    return _Left(
        cents={of: max(0, of[1].most_cents - had[of].cents) for of in each if of[1].most_cents is not None},
        rewards={of: max(0, of[1].most_rewards - had[of].rewards) for of in each if of[1].most_rewards is not None},
    )


def _reason(cap: Cap) -> str:
    return f"cap_{cap.scope}_{cap.per}"
