"""Limit how much advertising one person gets, whichever of our mails it is: the company's figures, or else ours."""

import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import faults, ground
from leumund.messages.tables import MessageLimit

# The limit on all purposes together.
ALL = ""
MOST, LONGEST_DAYS = 1_000, 366
# Only advertising has a purpose. The index on a person's messages leads here; few people have many.
_REACHED = """
SELECT person FROM unnest($1::uuid[]) AS person
WHERE EXISTS (
    SELECT FROM unnest($2::text[], $3::integer[], $4::timestamptz[]) AS rule (purpose, most, since)
    WHERE rule.most <= (
        SELECT count(*) FROM message
        WHERE message.customer = person AND message.purpose IS NOT NULL AND message.sent_at > rule.since
          AND (rule.purpose = '' OR rule.purpose = message.purpose)))
"""


class Limit(msgspec.Struct, frozen=True):
    """At most ``most`` mails of ``purpose`` (empty: of any) to one person within ``within_days`` days."""

    purpose: str
    most: int
    within_days: int


class PurposeUnknown(faults.Unknown):
    """Nobody advertises for this purpose."""


class BadLimit(faults.Refused):
    """A figure nobody could mean."""


async def limits() -> dict[str, Limit]:
    """Every limit there is, by its purpose; the company's own stands before ours."""
    columns = (MessageLimit.purpose, MessageLimit.most, MessageLimit.within_days)
    own = msgspec.convert(await MessageLimit.select(*columns), list[Limit])
    return {**_ours(), **{limit.purpose: limit for limit in own}}


async def reached(*, people: Collection[UUID], purpose: str, at: datetime) -> set[UUID]:
    """Those of ``people`` who would get more than they may with another mail of ``purpose`` at ``at``."""
    rules = [limit for name, limit in (await limits()).items() if name in (ALL, purpose)]
    rows = await ground.fetch(
        _REACHED,
        list(people),
        [rule.purpose for rule in rules],
        [rule.most for rule in rules],
        [at - timedelta(days=rule.within_days) for rule in rules],
    )
    return {row["person"] for row in rows}


async def limit(*, purpose: str = ALL, most: int, within_days: int, actor: str, at: datetime) -> None:
    """Let ``purpose`` reach a person ``most`` times within ``within_days``; 0 mails stop it.

    Raises PurposeUnknown, faults.Refusals.
    """
    if purpose not in await limits():
        raise PurposeUnknown("errors.http.404.message")
    if found := [*_objections(most, within_days)]:
        raise faults.Refusals(found)
    row = MessageLimit(purpose=purpose, most=most, within_days=within_days, changed_at=at)
    changing = [MessageLimit.most, MessageLimit.within_days, MessageLimit.changed_at]
    await MessageLimit.insert(row).on_conflict(target=MessageLimit.purpose, action="DO UPDATE", values=changing)
    detail = {"purpose": purpose, "most": most, "within_days": within_days}
    await noting.note(actor=actor, action="messages.limited", detail=detail, at=at)


def _objections(most: int, within_days: int) -> list[BadLimit]:
    checks = {
        "most": (0 <= most <= MOST, MOST),
        "within_days": (1 <= within_days <= LONGEST_DAYS, LONGEST_DAYS),
    }
    return [
        BadLimit(f"errors.messages.limit.{field}", field=field, most=highest)
        for field, (right, highest) in checks.items()
        if not right
    ]


@cache
def _ours() -> Mapping[str, Limit]:
    written = tomllib.loads(resources.files("leumund.messages.gate").joinpath("limits.toml").read_text("utf-8"))
    return {limit.purpose: limit for limit in msgspec.convert(written["limit"], list[Limit])}
