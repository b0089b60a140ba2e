"""What a program offers, as people read it; a side that gets nothing is promised nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from leumund.kit import language as languages
from leumund.programs import telling
from leumund.programs.offers import Offer, Rule


class Promise(NamedTuple):
    """What one side gets, what it takes and what else there is (empty when any order will do), and both in one."""

    reward: str
    least: str
    whole: str


def promised(offer: Offer, *, side: str, language: str, at: datetime) -> Promise | None:
    """What ``side`` (advocate or friend) is promised at ``at``, such as ``25,00 € als Gutschrift``; None when nothing.

    A condition belongs beside the advantage it is for (DDG § 6), so that neither goes without the other. A campaign
    that has ended is promised to nobody any more. Where tiers and campaigns can make it more, one sum says so.
    """
    rules = [rule for rule in telling.rules_of(offer.rules, side) if rule.ends_at is None or rule.ends_at > at]
    if not rules:
        return None
    speech = telling.of(offer, language=language, zone=offer.zone)
    reward = telling.worth(rules[0], speech)
    least = ", ".join(telling.conditions(rules[0], speech))
    more = [telling.whole(rule, speech) for rule in rules[1:]]
    told = "; ".join([least, *more] if least else more)
    if more and _is_the_least(rules):
        # One sum for whoever reads only one: which tier it will be, nobody knows yet.
        return Promise(reward, told, _beside(languages.text("offers.at_least", language, reward=reward), least))
    return Promise(reward, told, _beside(reward, told))


def _beside(reward: str, condition: str) -> str:
    return f"{reward} ({condition})" if condition else reward


def _is_the_least(rules: Sequence[Rule]) -> bool:
    """Whether no tier gives less than the first rule; milestones and campaigns only come on top."""
    first = rules[0]
    tiers = [rule for rule in rules[1:] if rule.from_count and not rule.bonus and not rule.milestone]
    return first.kind != "goods" and all(
        (tier.kind, tier.percent_bp is None) == (first.kind, first.percent_bp is None)
        and (tier.cents or tier.percent_bp or 0) >= (first.cents or first.percent_bp or 0)
        for tier in tiers
    )


def rewarded(offer: Offer) -> str:
    """Which sides get something: ``both``, ``friend``, ``advocate``, or none."""
    sides = [side for side in ("friend", "advocate") if offer.rule(side)]
    return "both" if len(sides) > 1 else "".join(sides)


def to_friend(
    offer: Offer, *, advocate: str, company: str, language: str, at: datetime
) -> dict[str, str | Promise | None]:
    """The offer as the page behind a share link takes it."""
    friends = promised(offer, side="friend", language=language, at=at)
    plain = "" if rewarded(offer) == "both" else "_plain"
    return {
        "headline": offer.text("headline", language)
        or (
            languages.text("public.landing.headline", language, reward=friends.reward)
            if friends
            else languages.text("public.landing.headline_plain", language, company=company)
        ),
        "pitch": offer.text("text", language)
        or languages.text(f"public.landing.pitch{plain}", language, advocate=advocate, company=company),
        "friend_reward": friends,
        "advocate_reward": promised(offer, side="advocate", language=language, at=at),
        "rewarded": rewarded(offer),
    }


def to_advocate(offer: Offer, *, company: str, language: str, at: datetime) -> dict[str, str | Promise | None]:
    """The offer as the page after a glad answer takes it."""
    plain = "" if rewarded(offer) == "both" else "_plain"
    return {
        "headline": offer.text("headline", language)
        or languages.text("public.offer.headline", language, company=company),
        "text": offer.text("advocate_text", language) or languages.text(f"public.offer.text{plain}", language),
        "advocate_reward": promised(offer, side="advocate", language=language, at=at),
        "friend_reward": promised(offer, side="friend", language=language, at=at),
    }
