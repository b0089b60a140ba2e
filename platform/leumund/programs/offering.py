"""Read what is on offer: a program, and the version of its words and rules that holds or was promised."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.company import agreeing, describing
from leumund.kit import ground

# A program p with its version v, so that a link and what it offers can be read in one query.
COLUMNS = f"""
p.id, p.key, p.state, p.currency, p.budget_cents, p.begins_at, p.ends_at, p.review_above_cents,
p.four_eyes_above_cents, {describing.ZONE} AS zone, to_jsonb(v) || jsonb_build_object(
    'rules', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.side, r.key), '[]') FROM reward_rule r
              WHERE r.version = v.id),
    'caps', (SELECT coalesce(jsonb_agg(to_jsonb(k) ORDER BY k.scope, k.per), '[]') FROM program_cap k
             WHERE k.version = v.id)) AS version
"""  # noqa: S608
NEWEST = """
JOIN program_version v ON v.program = p.id
AND v.number = (SELECT max(number) FROM program_version WHERE program = p.id)
"""
_CURRENT = f"SELECT {COLUMNS} FROM program p {NEWEST}"  # noqa: S608
# What was changed last comes first, and programs that were changed at once by their keys.
_NEWLY = "ORDER BY p.updated_at DESC, p.key"


def live(at: str) -> str:
    """The condition under which a program p runs at the moment in place ``at`` of a query, such as ``$1``.

    It begins with the last of three: the company's wish, its period, and the agreement with its processor.
    """
    return (
        f"p.state = 'live' AND (p.begins_at IS NULL OR p.begins_at <= {at})"
        f" AND (p.ends_at IS NULL OR p.ends_at > {at}) AND {agreeing.AGREED}"
    )


class NoProgram(LookupError):
    """The company has no live program, or has not accepted the agreement yet."""


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


async def running(*, at: datetime) -> list[Offer]:
    """Every program that runs at ``at``, the one changed last first."""
    return [of_row(row) for row in await ground.fetch(f"{_CURRENT} WHERE {live('$1')} {_NEWLY}", at)]


async def current(*, at: datetime) -> Offer:
    """Of the programs that run at ``at`` the one changed last. Raises NoProgram."""
    rows = await ground.fetch(f"{_CURRENT} WHERE {live('$1')} {_NEWLY} LIMIT 1", at)
    return _only(rows)


async def is_live(*, at: datetime) -> bool:
    """Whether there is a program to take part in at ``at``."""
    return bool(await ground.fetch(f"SELECT FROM program p WHERE {live('$1')} LIMIT 1", at))


async def find(*, key: str) -> Offer | None:
    """The program called ``key``, as it stands; None where none was ever published by it."""
    rows = await ground.fetch(f"{_CURRENT} WHERE p.key = $1", key)
    return of_row(rows[0]) if rows else None


async def promised(*, version: UUID) -> Offer:
    """The program with the ``version`` somebody was promised, whatever was published since."""
    sql = f"SELECT {COLUMNS} FROM program p JOIN program_version v ON v.program = p.id WHERE v.id = $1"  # noqa: S608
    rows = await ground.fetch(sql, version)
    assert rows, "its id comes from a row that refers to it"
    return of_row(rows[0])


async def all_offers() -> list[Offer]:
    """Every program that was ever published, by key."""
    return [of_row(row) for row in await ground.fetch(f"{_CURRENT} ORDER BY p.key")]


async def offered() -> Offer:
    """The program the company runs, live or not: of those not ended the one changed last. Raises NoProgram."""
    rows = await ground.fetch(f"{_CURRENT} ORDER BY p.state = 'ended', p.updated_at DESC, p.key LIMIT 1")
    return _only(rows)


def of_row(row: Mapping[str, Any]) -> Offer:
    """The offer of a row with COLUMNS."""
    return msgspec.convert({**row, "version": msgspec.json.decode(row["version"])}, Offer)


def _only(rows: Sequence[Mapping[str, Any]]) -> Offer:
    if not rows:
        raise NoProgram
    return of_row(rows[0])


def rule_of(told: str | None) -> Rule | None:
    """A rule as the database tells it in JSON."""
    return None if told is None else msgspec.convert(msgspec.json.decode(told), Rule)
