"""Nouns of what is on offer: a program, its versions, and the rules and caps of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What ``side`` (advocate or friend) gets, and what for; the migration of its table says what each field means."""

    side: str
    kind: str
    key: str = ""
    trigger: str = "purchase"
    event_key: str | None = None
    nth: int | None = None
    minimum_order_cents: int = 0
    cents: int | None = None
    percent_bp: int | None = None
    least_cents: int | None = None
    most_cents: int | None = None
    from_count: int | None = None
    milestone: int | None = None
    recurring_months: int | None = None
    most_times: int | None = 1
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    bonus: bool = False
    hold_days: int | None = None
    id: UUID | None = None


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """The most a person, or everybody together, gets per month, year, tax year, or ever."""

    scope: str
    per: str
    most_cents: int | None = None
    most_rewards: int | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """All that people are told and owed.

    ``texts[language]`` holds headline, text, advocate_text, share_text, and what the company adds to the conditions.
    """

    texts: Mapping[str, Mapping[str, str]]
    hold_days: int
    rules: Sequence[Rule]
    caps: Sequence[Cap] = ()
    audience: UUID | None = None
    attribution_days: int | None = None
    minimum_age: int | None = None
    countries: Sequence[str] = ()
    new_customers_only: bool = True
    once_per_relation: bool = True


CONTENT = tuple(field.name for field in msgspec.structs.fields(Content))


class Version(Content, frozen=True, kw_only=True):
    """A published content, which never changes; ``terms`` by language are the conditions written from it."""

    id: UUID
    number: int
    terms: Mapping[str, str]
    published_at: datetime
    published_by: str


class Terms(Content, frozen=True, kw_only=True):
    """A program as somebody wants it, with its content."""

    key: str
    state: str
    currency: str
    budget_cents: int
    review_above_cents: int | None = None
    four_eyes_above_cents: int | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A program with one of its versions; its days are told by the clocks of ``zone``."""

    id: UUID
    key: str
    state: str
    currency: str
    budget_cents: int
    begins_at: datetime | None
    ends_at: datetime | None
    review_above_cents: int | None
    four_eyes_above_cents: int | None
    zone: str
    version: Version

    @property
    def rules(self) -> Sequence[Rule]:
        return self.version.rules

    def rule(self, side: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.side == side), None)

    def title(self, language: str) -> str:
        """What it is called where it is one of several."""
        return self.text("headline", language) or self.key

    def text(self, name: str, language: str) -> str:
        """The text in ``language``, else in the first the program has."""
        texts = self.version.texts
        return texts.get(language, next(iter(texts.values()), {})).get(name, "")


def rule_of(told: str | None) -> Rule | None:
    """A rule as the database tells it in JSON."""
    return None if told is None else msgspec.convert(msgspec.json.decode(told), Rule)
