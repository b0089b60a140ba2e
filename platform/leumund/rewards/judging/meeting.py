"""Whether an event meets a rule, before what others were paid is looked at: the reason why not, by a key."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from leumund.programs.offers import Offer, Rule
from leumund.rewards.judging.facts import Facts

Test = Callable[[Rule, Offer, Facts], str | None]


def fault(rule: Rule, offer: Offer, facts: Facts) -> str | None:
    """The first reason why the event does not meet the rule; None where it does.

    Whose age or country is not known is not asked for it: they said by accepting the terms that they meet them.
    """
    return next((reason for test in _TESTS if (reason := test(rule, offer, facts)) is not None), None)


def counts_now(rule: Rule, facts: Facts) -> bool:
    """Whether the rule is in force at the event, and for the referral of this number: whether its tier is reached."""
    return _period(rule, facts) is None and facts.approved >= (rule.from_count or 1)


def may_again(rule: Rule, offer: Offer, facts: Facts) -> bool:
    """Whether a rule that paid for the event before may do so once more: no other event had it meanwhile."""
    return not facts.party(rule.side).gone and _again(rule, offer, facts) is None


def _what(rule: Rule, offer: Offer, facts: Facts) -> str | None:
    if rule.trigger != facts.event.kind:
        return "other_trigger"
    if rule.trigger == "event" and rule.event_key != facts.event.event_key:
        return "other_event"
    # A sign-up, or an event about no money, has no currency to be wrong.
    return "other_currency" if facts.event.cents and facts.event.currency != offer.currency else None


def _period(rule: Rule, facts: Facts) -> str | None:
    if rule.begins_at is not None and facts.event.at < rule.begins_at:
        return "not_begun"
    return "over" if rule.ends_at is not None and facts.event.at >= rule.ends_at else None


def _when(rule: Rule, offer: Offer, facts: Facts) -> str | None:
    late = (
        offer.version.attribution_days is not None
        and facts.qualified_at is None
        and (facts.event.at > facts.signed_up_at + timedelta(days=offer.version.attribution_days))
    )
    return "too_late" if late else _period(rule, facts)


def _who(rule: Rule, offer: Offer, facts: Facts) -> str | None:
    party, asked = facts.party(rule.side), offer.version
    if party.gone:
        return "erased"
    if not party.accepted:
        return "not_accepted"
    if asked.minimum_age is not None and party.age is not None and party.age < asked.minimum_age:
        return "too_young"
    return "other_country" if asked.countries and party.country and party.country not in asked.countries else None


def _how_much(rule: Rule, _: Offer, facts: Facts) -> str | None:
    return "below_minimum" if facts.event.cents < rule.minimum_order_cents else None


def _which(rule: Rule, _: Offer, facts: Facts) -> str | None:
    if rule.nth is not None:
        earlier = sum(cents >= rule.minimum_order_cents for cents in facts.earlier_cents)
        if earlier + 1 != rule.nth:
            return "not_the_nth"
    if facts.approved < (rule.from_count or 1):
        return "below_count"
    return "not_the_milestone" if rule.milestone is not None and facts.approved != rule.milestone else None


def _again(rule: Rule, offer: Offer, facts: Facts) -> str | None:
    paid = facts.paid.get(rule.key, 0)
    if rule.milestone is not None and rule.key in facts.party(rule.side).milestones:
        return "paid_already"
    if pays_once(rule, offer) and paid:
        return "paid_already"
    if rule.most_times is not None and paid >= rule.most_times:
        return "often_enough"
    if rule.recurring_months is None:
        return None
    return "months_over" if facts.event.at >= months_after(facts.signed_up_at, rule.recurring_months) else None


def pays_once(rule: Rule, offer: Offer) -> bool:
    """Whether the rule pays at most once for a referral."""
    return offer.version.once_per_relation or rule.most_times == 1 or rule.nth is not None or rule.trigger == "sign_up"


def months_after(moment: datetime, months: int) -> datetime:
    """The same hour of the same day ``months`` later, or of that month's last day."""
    year, month = divmod(12 * moment.year + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


_TESTS: Sequence[Test] = (_what, _when, _who, _how_much, _which, _again)
