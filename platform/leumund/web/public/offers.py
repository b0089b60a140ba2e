"""What a program offers, as people read it; a side that gets nothing is promised nothing."""

from typing import NamedTuple

from leumund.kit import language as languages
from leumund.programs import telling
from leumund.programs.offering import Offer


class Promise(NamedTuple):
    """What one side gets, what it takes and what else there is (empty when any order will do), and both in one."""

    reward: str
    least: str
    whole: str


def promised(offer: Offer, *, side: str, language: str) -> Promise | None:
    """What ``side`` (advocate or friend) is promised, such as ``25,00 € als Gutschrift``; None when nothing.

    A condition belongs beside the advantage it is for (DDG § 6), so that neither goes without the other.
    """
    rules = telling.rules_of(offer.rules, side)
    if not rules:
        return None
    speech = telling.of(offer, language=language, zone=offer.zone)
    reward = telling.worth(rules[0], speech)
    least = ", ".join(telling.conditions(rules[0], speech))
    more = [telling.whole(rule, speech) for rule in rules[1:]]
    return Promise(reward, "; ".join([least, *more] if least else more), f"{reward} ({least})" if least else reward)


def rewarded(offer: Offer) -> str:
    """Which sides get something: ``both``, ``friend``, ``advocate``, or none."""
    sides = [side for side in ("friend", "advocate") if offer.rule(side)]
    return "both" if len(sides) > 1 else "".join(sides)


def to_friend(offer: Offer, *, advocate: str, company: str, language: str) -> dict[str, str | Promise | None]:
    """The offer as the page behind a share link takes it."""
    friends, plain = promised(offer, side="friend", language=language), "" if rewarded(offer) == "both" else "_plain"
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
        "advocate_reward": promised(offer, side="advocate", language=language),
        "rewarded": rewarded(offer),
    }


def to_advocate(offer: Offer, *, company: str, language: str) -> dict[str, str | Promise | None]:
    """The offer as the page after a glad answer takes it."""
    plain = "" if rewarded(offer) == "both" else "_plain"
    return {
        "headline": offer.text("headline", language)
        or languages.text("public.offer.headline", language, company=company),
        "text": offer.text("advocate_text", language) or languages.text(f"public.offer.text{plain}", language),
        "advocate_reward": promised(offer, side="advocate", language=language),
        "friend_reward": promised(offer, side="friend", language=language),
    }
