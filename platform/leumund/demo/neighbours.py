"""Linden's second program: tiers, a milestone and a bonus, and the friends three customers brought in two months."""

from datetime import datetime, timedelta
from typing import NamedTuple

from leumund.programs.offers import Rule, Terms

KEY = "nachbarn"
ADVOCATES = ("greta.lorenz@people.example", "theo.pohl@people.example", "leyla.ulrich@people.example")
BEGAN, BONUS_OVER = 62, 35
HOLD_DAYS = 14
_GRETA, _THEO, _LEYLA = ADVOCATES
_TEXTS = {
    "de": {
        "headline": "Eine Straße, ein Strom",
        "text": (
            "Ihre Nachbarn sind schon bei Linden. Kommen Sie dazu: mit 100 % Ökostrom und 25 € zum Start. "
            "Wer Sie empfohlen hat, bekommt auch etwas."
        ),
        "advocate_text": (
            "Für die ersten beiden Nachbarn, die Sie uns bringen, bekommen Sie je 50 €, ab dem dritten je 75 €. "
            "Beim fünften kommen 100 € dazu."
        ),
        "share_text": (
            "Ich bin mit meinem Strom bei Linden Energie. Wenn du über meinen Link wechselst, bekommst du 25 €, "
            "und ich bekomme auch eine Prämie:"
        ),
    },
    "en": {
        "headline": "One street, one supplier",
        "text": (
            "Your neighbours are with Linden already. Join them: 100% green power, and €25 to begin with. "
            "Whoever recommended us to you gets something too."
        ),
        "advocate_text": (
            "For the first two neighbours you bring you get €50 each, from the third on €75 each. "
            "With the fifth comes another €100."
        ),
        "share_text": (
            "I get my electricity from Linden Energie. If you switch using my link, you get €25, "
            "and I get a reward too:"
        ),
    },
}


class Friend(NamedTuple):
    """Who signed up by whose link and bought for how much; days are counted back from today, None is not at all."""

    advocate: str
    given_name: str
    family_name: str
    signed_up: int
    bought: int | None = None
    order_cents: int = 90_000
    gave_back: int | None = None

    @property
    def email(self) -> str:
        return f"{self.given_name}.{self.family_name}@friends.example".lower()

    @property
    def order_id(self) -> str:
        return f"N-{self.given_name.upper()}"


FRIENDS = [
    Friend(_GRETA, "Yusuf", "Aydin", 58, 52, 84_000),
    Friend(_GRETA, "Lotte", "Sander", 53, 47, 96_500),
    Friend(_GRETA, "Piet", "Hansen", 49, 43, 71_000),
    Friend(_GRETA, "Mira", "Kolb", 42, 36, 88_000),
    Friend(_GRETA, "Henri", "Faber", 36, 30, 102_000),
    Friend(_THEO, "Rosa", "Lindner", 45, 40, 93_000),
    Friend(_THEO, "Ole", "Petersen", 30, 25, 67_000, gave_back=18),
    Friend(_THEO, "Samir", "Haddad", 12, 6, 79_000),
    Friend(_THEO, "Nele", "Busch", 3),
    # Above what the program lets through by itself.
    Friend(_LEYLA, "Jule", "Ritter", 8, 2, 280_000),
]


def terms(*, at: datetime) -> Terms:
    """The program as it began two months before ``at``; its bonus is over by now."""
    return Terms(
        key=KEY,
        state="live",
        currency="EUR",
        budget_cents=2_000_000,
        review_above_cents=250_000,
        texts=_TEXTS,
        hold_days=HOLD_DAYS,
        rules=[
            Rule(side="friend", kind="cash", cents=2_500),
            Rule(side="advocate", key="each", kind="cash", cents=5_000),
            Rule(side="advocate", key="third", kind="cash", cents=7_500, from_count=3),
            Rule(side="advocate", key="fifth", kind="cash", cents=10_000, milestone=5),
            Rule(
                side="advocate",
                key="autumn",
                kind="cash",
                cents=2_000,
                bonus=True,
                begins_at=at - timedelta(days=BEGAN),
                ends_at=at - timedelta(days=BONUS_OVER),
            ),
        ],
    )
