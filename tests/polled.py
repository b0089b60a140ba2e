"""Customers asked at once, whatever the hour, as an event asks one of them: past the same rest, limits and gate."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.surveys.asking import arranging, judging, planning, putting, rules, withholding
from leumund.surveys.asking.putting import Asking
from leumund.surveys.studio import publishing


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """How many were asked, and how many not, for which reason."""

    invited: int = 0
    held: Mapping[str, int] = {}


async def invite(
    customers: Sequence[UUID] | None = None, *, languages: Sequence[str], key: str = publishing.FIRST, at: datetime
) -> Invited:
    """Ask ``customers``, or everybody there is."""
    people = [row["id"] for row in await ground.fetch("SELECT id FROM customer")] if customers is None else customers
    survey, limits = await planning.open_survey(key=key), await arranging.limits()
    judged = await judging.judge(people=people, key=key, channel="email", limits=limits, at=at)
    expires_at = rules.expires(at, link_days=limits.link_days, ends_at=None)
    asking = Asking(survey=survey, channel="email", quiet=False, expires_at=expires_at)
    await putting.put(asking=asking, people=putting.spoken(judged.asked, languages), at=at)
    await withholding.note(wave=None, key=key, reasons=judged.held, at=at)
    return Invited(invited=len(judged.asked), held=Counter(judged.held.values()))
