"""Offer a program, change it, and read what is on offer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.company import agreeing
from leumund.kit import ground
from leumund.programs.tables import Program, RewardRule

# A program p with its rules r, so that a link and what it offers can be read in one query.
COLUMNS = """
p.id, p.key, p.state, p.texts, p.currency, p.budget_cents, p.hold_days, p.review_above_cents,
coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'side', r.side, 'kind', r.kind, 'cents', r.cents,
                                      'minimum_order_cents', r.minimum_order_cents) ORDER BY r.side)
         FILTER (WHERE r.id IS NOT NULL), '[]') AS rules
"""
RULES = "LEFT JOIN reward_rule r ON r.program = p.id AND r.retired_at IS NULL "
# A program goes live with the first of two that comes last: the company's wish, and the agreement with its processor.
LIVE = f"p.state = 'live' AND {agreeing.AGREED}"
_CURRENT = f"SELECT {COLUMNS} FROM program p {RULES}"  # noqa: S608
# A program as it is, with the rules that held at a moment: an order earns what was promised when it was told.
_AS_OF = f"""
SELECT {COLUMNS} FROM program p LEFT JOIN reward_rule r ON r.program = p.id
AND r.effective_at <= $1 AND (r.retired_at IS NULL OR r.retired_at > $1)
"""  # noqa: S608


class NoProgram(LookupError):
    """The company has no live program, or has not accepted the agreement yet."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What ``side`` (advocate or friend) gets for an order of at least ``minimum_order_cents``."""

    side: str
    kind: str
    cents: int
    minimum_order_cents: int = 0
    id: UUID | None = None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A program with its current rules; ``texts[language]`` holds headline, text, advocate_text and share_text."""

    id: UUID
    key: str
    state: str
    texts: dict[str, dict[str, str]]
    currency: str
    budget_cents: int
    hold_days: int
    review_above_cents: int | None
    rules: list[Rule]

    def rule(self, side: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.side == side), None)

    def text(self, name: str, language: str) -> str:
        """The text in ``language``, else in the first the program has."""
        return self.texts.get(language, next(iter(self.texts.values()))).get(name, "")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a company's folder says of its program."""

    key: str
    state: str
    texts: Mapping[str, Mapping[str, str]]
    currency: str
    budget_cents: int
    hold_days: int
    review_above_cents: int | None
    rules: Sequence[Rule]


async def current() -> Offer:
    """The live program. Raises NoProgram."""
    rows = await ground.fetch(_CURRENT + f"WHERE {LIVE} GROUP BY p.id ORDER BY p.updated_at DESC LIMIT 1")
    if not rows:
        raise NoProgram
    return of_row(rows[0])


async def is_live() -> bool:
    """Whether there is a program to take part in now."""
    return bool(await ground.fetch(f"SELECT FROM program p WHERE {LIVE} LIMIT 1"))


async def current_as_of(*, at: datetime) -> Offer:
    """The live program with the rules of ``at``. Raises NoProgram."""
    rows = await ground.fetch(_AS_OF + f"WHERE {LIVE} GROUP BY p.id", at)
    if not rows:
        raise NoProgram
    return of_row(rows[0])


async def as_of(*, program: UUID, at: datetime) -> Offer:
    """A program that exists, live or not, with the rules of ``at``; its limits are those it has now."""
    rows = await ground.fetch(_AS_OF + "WHERE p.id = $2 GROUP BY p.id", at, program)
    assert rows, "its id comes from a row that refers to it"
    return of_row(rows[0])


async def all_offers() -> list[Offer]:
    """Every program, by key."""
    return [of_row(row) for row in await ground.fetch(_CURRENT + "GROUP BY p.id ORDER BY p.key")]


async def offered() -> Offer:
    """The program the company runs, live or not: of those not ended the one changed last. Raises NoProgram."""
    rows = await ground.fetch(_CURRENT + "GROUP BY p.id ORDER BY p.state = 'ended', p.updated_at DESC, p.key LIMIT 1")
    if not rows:
        raise NoProgram
    return of_row(rows[0])


async def end_others(*, key: str) -> list[str]:
    """Let ``key`` be the only program that has not ended; returns the keys of those that end by this.

    What was earned in them stays. ``updated_at`` is left alone: it says when the terms were changed.
    """
    rows = await ground.fetch(
        "UPDATE program SET state = 'ended' WHERE key <> $1 AND state <> 'ended' RETURNING key", key
    )
    return sorted(row["key"] for row in rows)


async def offer(*, terms: Terms, at: datetime) -> list[str]:
    """Make the program as ``terms`` say and return the names of what changed; nothing changes twice."""
    rows = await ground.fetch(_CURRENT + "WHERE p.key = $1 GROUP BY p.id", terms.key)
    if not rows:
        program = await _create(terms, at)
        await _add_rules(program, list(terms.rules), at)
        return ["program"]
    before = of_row(rows[0])
    wished = _values(terms)
    changed = [name for name in wished if getattr(before, name) != wished[name]]
    if changed:
        values = {**wished, "texts": _json(terms.texts), "updated_at": at}
        await Program.update(values).where(Program.id == before.id)  # type: ignore[arg-type]  # Piccolo's type knows columns
    return changed + await _change_rules(before, terms.rules, at)


async def _create(terms: Terms, at: datetime) -> UUID:
    program = Program(**{**_values(terms), "texts": _json(terms.texts), "key": terms.key, "updated_at": at})
    await Program.insert(program)
    made: UUID = program.id
    return made


async def _change_rules(before: Offer, wished: Sequence[Rule], at: datetime) -> list[str]:
    standing = {rule.side: rule for rule in before.rules}
    plain = {side: msgspec.structs.replace(rule, id=None) for side, rule in standing.items()}
    new = [rule for rule in wished if plain.get(rule.side) != rule]
    gone = [standing[side].id for side in standing if side not in {rule.side for rule in wished if rule not in new}]
    if gone:
        await RewardRule.update({RewardRule.retired_at: at}).where(RewardRule.id.is_in(gone))
    await _add_rules(before.id, new, at)
    return [f"rule for {rule.side}" for rule in new] or (["rules"] if gone else [])


async def _add_rules(program: UUID, rules: list[Rule], at: datetime) -> None:
    if rules:
        await RewardRule.insert(
            *(
                RewardRule(
                    program=program,
                    side=rule.side,
                    kind=rule.kind,
                    cents=rule.cents,
                    minimum_order_cents=rule.minimum_order_cents,
                    effective_at=at,
                )
                for rule in rules
            )
        )


def _values(terms: Terms) -> dict[str, Any]:
    return {
        "state": terms.state,
        "texts": {language: dict(texts) for language, texts in terms.texts.items()},
        "currency": terms.currency,
        "budget_cents": terms.budget_cents,
        "hold_days": terms.hold_days,
        "review_above_cents": terms.review_above_cents,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def of_row(row: Mapping[str, Any]) -> Offer:
    """The offer of a row with COLUMNS."""
    return msgspec.convert(
        {**row, "texts": msgspec.json.decode(row["texts"]), "rules": msgspec.json.decode(row["rules"])}, Offer
    )
