"""What a segment can ask of a customer, and which of it evaluates people.

To pick customers by what the contract itself says of them (their language, since when they are one, whether they take
part) is to select. Whatever follows from how they behave or what they think (purchases, answers, a score,
recommendations, a class, an interest) evaluates personal aspects: that is profiling (Art. 4(4) GDPR), and needs a
consent of its own. An age is not among them: a birth date is sealed, and no hash of it says older than.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

# How a fact is asked: one of a few, one of some codes, at least or at most, or whether at all.
Kind = Literal["choice", "codes", "number", "money", "days", "score", "flag"]
Op = Literal["in", "least", "most", "yes"]
Area = Literal["record", "purchases", "survey", "score", "referrals"]

MOST_DAYS = 3_650
_MOST_NUMBER = 1_000_000
_MOST_CENTS = 100_000_000_000
_MOST_SCORE = 100
_MOST = {"number": _MOST_NUMBER, "money": _MOST_CENTS, "days": MOST_DAYS, "score": _MOST_SCORE}

LANGUAGE, COUNTRY, CATEGORY = r"[a-z]{2}", r"[A-Z]{2}", r"[a-z0-9][a-z0-9_-]{0,39}"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be asked: ``choices`` of a choice, the ``pattern`` of a code.

    ``windowed`` may count within some days alone, ``sorted`` things of one category alone. ``evaluates`` is profiling.
    """

    kind: Kind
    area: Area
    choices: tuple[str, ...] = ()
    pattern: str = ""
    windowed: bool = False
    sorted: bool = False
    evaluates: bool = True

    @property
    def ops(self) -> tuple[Op, ...]:
        """How it can be asked."""
        if self.kind == "flag":
            return ("yes",)
        return ("in",) if self.kind in ("choice", "codes") else ("least", "most")

    @property
    def most(self) -> int:
        """The highest number it can be asked with."""
        return _MOST.get(self.kind, 0)


FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "stage": Fact(kind="choice", area="record", choices=("customer", "lead"), evaluates=False),
        "language": Fact(kind="codes", area="record", pattern=LANGUAGE, evaluates=False),
        "country": Fact(kind="codes", area="record", pattern=COUNTRY, evaluates=False),
        "customer_days": Fact(kind="days", area="record", evaluates=False),
        "takes_part": Fact(kind="flag", area="record", evaluates=False),
        "purchases": Fact(kind="number", area="purchases", windowed=True, sorted=True),
        "revenue": Fact(kind="money", area="purchases", windowed=True, sorted=True),
        "last_purchase": Fact(kind="days", area="purchases", sorted=True),
        "class": Fact(kind="choice", area="purchases", choices=("A", "B", "C")),
        "interest": Fact(kind="codes", area="purchases", pattern=CATEGORY),
        "answered": Fact(kind="flag", area="survey", windowed=True),
        "nps_class": Fact(kind="choice", area="survey", choices=("promoter", "passive", "detractor")),
        # By the rule of the company's loyalty index, which stands with its figures.
        "loyalty": Fact(kind="choice", area="survey", choices=("apostle", "mercenary", "hostage", "defector")),
        "last_answer": Fact(kind="days", area="survey"),
        "score": Fact(kind="score", area="score"),
        "clicks": Fact(kind="number", area="referrals", windowed=True),
        "friends": Fact(kind="number", area="referrals", windowed=True),
        "conversions": Fact(kind="number", area="referrals", windowed=True),
    }
)
