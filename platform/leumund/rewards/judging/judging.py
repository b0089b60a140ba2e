"""Judge an event by every rule of its version: passed or failed, why, and how much."""

from collections.abc import Mapping

import msgspec

from leumund.programs.offers import Offer, Rule
from leumund.rewards.judging import capping, meeting, worth
from leumund.rewards.judging.facts import Facts

PASSED = "passed"
CUT = "cut"
# Rules of one group are the tiers of one promise, and one counts. A bonus and a milestone are promises of their own.
_Group = tuple[object, ...]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of an event; ``cents`` in the rule's unit, nothing where it failed."""

    rule: Rule
    reason: str
    cents: int = 0

    @property
    def passed(self) -> bool:
        return self.cents > 0


def judge(offer: Offer, facts: Facts) -> list[Judgement]:
    """One judgement for every rule, by the rules' keys.

    Tiers replace each other: of those in force the one that begins last counts, and of several that do, the one that
    pays most. Bonuses and milestones add to it. Then limits are kept, as ``capping`` says.
    """
    reasons = {rule.key: meeting.fault(rule, offer, facts) for rule in offer.rules}
    worths = {rule.key: worth.of(rule, cents=facts.event.cents) for rule in offer.rules if reasons[rule.key] is None}
    counting = _counting(offer, facts, worths)
    kept = capping.keep({rule: cents for rule, cents in worths.items() if rule in counting}, offer=offer, facts=facts)
    judged = []
    for rule in sorted(offer.rules, key=lambda one: one.key):
        if reason := reasons[rule.key]:
            judged.append(Judgement(rule=rule, reason=reason))
        elif not worths[rule.key]:
            judged.append(Judgement(rule=rule, reason="worth_nothing"))
        elif rule.key not in counting:
            judged.append(Judgement(rule=rule, reason="outranked"))
        else:
            left = kept[rule.key]
            through = left.reason or (CUT if left.cents < worths[rule.key] else PASSED)
            judged.append(Judgement(rule=rule, reason=through, cents=left.cents))
    return judged


def _counting(offer: Offer, facts: Facts, worths: Mapping[str, int]) -> set[str]:
    """The rules that count of those that are met, when each tier has replaced the ones before it."""
    begins: dict[_Group, int] = {}
    best: dict[_Group, Rule] = {}
    for rule in offer.rules:
        if not _adds(rule) and meeting.counts_now(rule, facts):
            begins[_group(rule)] = max(begins.get(_group(rule), 1), rule.from_count or 1)
    for rule in sorted(offer.rules, key=lambda one: (-worths.get(one.key, 0), one.key)):
        if not _adds(rule) and worths.get(rule.key) and (rule.from_count or 1) == begins[_group(rule)]:
            best.setdefault(_group(rule), rule)
    adding = {rule.key for rule in offer.rules if _adds(rule) and worths.get(rule.key)}
    return adding | {rule.key for rule in best.values()}


def _adds(rule: Rule) -> bool:
    return rule.bonus or rule.milestone is not None


def _group(rule: Rule) -> _Group:
    return (rule.side, rule.kind, rule.trigger, rule.event_key, rule.nth)
