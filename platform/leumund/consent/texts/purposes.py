"""What a consent is for, as data: the wording is rendered from it, and is kept with it."""

from typing import Literal

import msgspec

MOST_DAYS = 3650
# What a draft has where somebody typed something else: it is kept, and objected to, not taken for a promise of none.
NO_NUMBER = -1


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose in one language.

    ``about`` says what a person then hears of, in words that follow theirs: "how satisfied I was with my visit".
    ``frequency_days`` is how many days lie between two messages at least, 0 where nothing is promised.
    ``basis`` is an article: whoever is asked is asked for a consent.
    """

    key: str
    channels: list[str]
    about: str
    profiling: bool = False
    frequency_days: int = 0
    basis: Literal["Art. 6(1)(a) GDPR"] = "Art. 6(1)(a) GDPR"


class Controller(msgspec.Struct, frozen=True, kw_only=True):
    """Who a consent is given to: the company, and by what it is reached; there is no second one."""

    name: str
    address: str
    email: str
