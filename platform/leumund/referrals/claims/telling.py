"""A shop tells who recommended its customer: by the token of the click that led them there, or by a code they typed.

What cannot be read is kept too, without what was typed: support can say why nothing came of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.tokens import BadToken
from leumund.referrals import leading, stamping
from leumund.referrals.claims import rules
from leumund.referrals.codes import keeping, reading, speaking
from leumund.referrals.stamping import Click

_READ = f"""
SELECT id, advocate, id = $1 AS clicked, id = {leading.coded(plain="$2", code_hash="$3")} AS coded FROM share_link
WHERE id = $1 OR id = {leading.coded(plain="$2", code_hash="$3")}
"""  # noqa: S608 - ours alone
_NAMED = f"""
SELECT asked.place, l.advocate FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[])
    AS asked (place, link, plain, code_hash)
JOIN share_link l ON l.id = coalesce(
    {leading.coded(plain="asked.plain", code_hash="asked.code_hash")}, asked.link)
"""  # noqa: S608

# A link that goes at this moment, with the person it belongs to, is waited for, and then it is nobody's.
_KEEP = """
INSERT INTO referral_claim (id, customer, link, way, claimed_at, told_at, campaign, conditions_shown, from_file)
SELECT gen_random_uuid(), $1, (SELECT l.id FROM share_link l WHERE l.id = said.link FOR KEY SHARE), said.way,
       said.claimed_at, $2, said.campaign, said.conditions_shown, said.from_file
FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::boolean[], $8::boolean[])
    AS said (link, way, claimed_at, campaign, conditions_shown, from_file)
"""
_LAST = """
SELECT DISTINCT ON (way) way, link, claimed_at, conditions_shown FROM referral_claim
WHERE customer = $1 AND way = ANY ($2::text[]) ORDER BY way, told_at DESC, id
"""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What came with an order, empty where nothing did; ``conditions_shown`` is what the shop says of its own page.

    ``from_file`` is whether a member brought it in a file.
    """

    click_token: str = ""
    code: str = ""
    conditions_shown: bool = False
    from_file: bool = False


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as it was read; ``link`` and its ``advocate`` are None where it names nobody's."""

    way: str
    claimed_at: datetime
    link: UUID | None = None
    advocate: UUID | None = None
    campaign: str = ""
    conditions_shown: bool = False
    from_file: bool = False


async def read(*, said: Said, claimed_at: datetime, at: datetime) -> Sequence[Told]:
    """The claims of ``said``: a code of ``claimed_at``, and a click whenever it was. One query; none for nothing."""
    if not said.click_token and not said.code:
        return []
    click, plain = _click(said.click_token, at), _plain(said.code)
    sought = (click and click.link, plain, keeping.hashed(plain) if plain else None)
    rows = await ground.fetch(_READ, *sought) if click or plain else []
    told = []
    if said.code:
        told.append(_told("code", _one(rows, "coded"), claimed_at, said))
    if said.click_token:
        followed_at = click.at if click else claimed_at
        told.append(_told("click", _one(rows, "clicked"), followed_at, said, click.campaign if click else ""))
    return told


async def named(*, said: Sequence[Said], at: datetime) -> Mapping[int, UUID]:
    """The advocate whom each of ``said`` names, by its place; a code goes before a click. One query at most."""
    asked = []
    for place, one in enumerate(said):
        click, plain = _click(one.click_token, at), _plain(one.code)
        if click or plain:
            asked.append((place, click and click.link, plain, keeping.hashed(plain) if plain else None))
    rows = await ground.fetch(_NAMED, *map(list, zip(*asked, strict=True))) if asked else []
    return {row["place"]: row["advocate"] for row in rows}


async def keep(*, customer: UUID, told: Sequence[Told], at: datetime) -> None:
    """Write down what was told of ``customer``, whom the caller holds."""
    if told:
        rows = [(one.link, one.way, one.claimed_at, one.campaign, one.conditions_shown, one.from_file) for one in told]
        await ground.execute(_KEEP, customer, at, *map(list, zip(*rows, strict=True)))


async def keep_news(*, customer: UUID, told: Sequence[Told], at: datetime) -> None:
    """As ``keep``, without what was told last in the same way; one query more.

    Whoever tells of all its customers every night adds nothing by it.
    """
    rows = await ground.fetch(_LAST, customer, [one.way for one in told])
    last = {row.pop("way"): row for row in rows}
    await keep(customer=customer, told=[one for one in told if _is_news(one, last.get(one.way))], at=at)


def _is_news(told: Told, last: Mapping[str, Any] | None) -> bool:
    """Whether it names somebody else, another click, or conditions that were not shown before."""
    if last is None or told.link != last["link"] or (told.conditions_shown and not last["conditions_shown"]):
        return True
    return told.link is not None and told.way == "click" and told.claimed_at != last["claimed_at"]


def _click(token: str, at: datetime) -> Click | None:
    try:
        return stamping.read(token=token, within=rules.LONGEST, at=at) if token else None
    except BadToken:
        return None


def _plain(code: str) -> str | None:
    return None if not code or speaking.misheard(code) else reading.normal(code) or None


def _one(rows: Sequence[dict[str, Any]], which: str) -> dict[str, Any]:
    return next((row for row in rows if row[which]), {})


def _told(way: str, row: dict[str, Any], claimed_at: datetime, said: Said, campaign: str = "") -> Told:
    return Told(
        way=way,
        claimed_at=claimed_at,
        link=row.get("id"),
        advocate=row.get("advocate"),
        campaign=campaign,
        conditions_shown=said.conditions_shown,
        from_file=said.from_file,
    )
