"""Read what is on offer: a program, and the version of its words and rules that holds or was promised."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.company import agreeing, describing
from leumund.kit import ground
from leumund.programs.offers import Offer

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
