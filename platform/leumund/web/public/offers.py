"""What a program offers, as people read it; a side that gets nothing is promised nothing."""

from leumund.kit import language as languages
from leumund.kit import money
from leumund.kit.money import Money
from leumund.programs.offering import Offer


def reward(offer: Offer, *, side: str, language: str) -> str:
    """What ``side`` (advocate or friend) gets, such as ``25,00 € als Gutschrift``; empty when nothing."""
    rule = offer.rule(side)
    if rule is None:
        return ""
    amount = money.short(Money(rule.cents, offer.currency), language)
    return languages.text(f"offers.reward.{rule.kind}", language, amount=amount)


def rewarded(offer: Offer) -> str:
    """Which sides get something: ``both``, ``friend``, ``advocate``, or none."""
    sides = [side for side in ("friend", "advocate") if offer.rule(side)]
    return "both" if len(sides) > 1 else "".join(sides)


def to_friend(offer: Offer, *, advocate: str, company: str, language: str) -> dict[str, str]:
    """The offer as the page behind a share link takes it."""
    friends, plain = reward(offer, side="friend", language=language), "" if rewarded(offer) == "both" else "_plain"
    return {
        "headline": offer.text("headline", language)
        or (
            languages.text("public.landing.headline", language, reward=friends)
            if friends
            else languages.text("public.landing.headline_plain", language, company=company)
        ),
        "pitch": offer.text("text", language)
        or languages.text(f"public.landing.pitch{plain}", language, advocate=advocate, company=company),
        "friend_reward": friends,
        "advocate_reward": reward(offer, side="advocate", language=language),
        "rewarded": rewarded(offer),
    }


def to_advocate(offer: Offer, *, company: str, language: str) -> dict[str, str]:
    """The offer as the page after a glad answer takes it."""
    plain = "" if rewarded(offer) == "both" else "_plain"
    return {
        "headline": offer.text("headline", language)
        or languages.text("public.offer.headline", language, company=company),
        "text": offer.text("advocate_text", language) or languages.text(f"public.offer.text{plain}", language),
        "advocate_reward": reward(offer, side="advocate", language=language),
        "friend_reward": reward(offer, side="friend", language=language),
    }
