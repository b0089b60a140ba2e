"""What a program offers, as people read it."""

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


def view(offer: Offer, *, language: str) -> dict[str, str]:
    """The offer as the page after a glad answer takes it."""
    return {
        "headline": offer.text("headline", language),
        "text": offer.text("text", language),
        "advocate_reward": reward(offer, side="advocate", language=language),
        "friend_reward": reward(offer, side="friend", language=language),
    }
