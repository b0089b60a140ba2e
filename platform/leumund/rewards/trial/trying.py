"""Try a program's draft on the referrals and orders of a time: "this would have paid ...", beside what was paid."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec

from leumund.kit import ground
from leumund.programs import offers, publishing
from leumund.programs.drafting import InWork
from leumund.programs.offers import Offer, Version
from leumund.rewards.attributing import CLOCKS_DIFFER
from leumund.rewards.judging.facts import Event
from leumund.rewards.trial.replaying import Paid, Past, Person, Replay

# Enough for years of most companies, and read within seconds; of more, the newest are left out and that is said.
MOST_EVENTS = 200_000
# Whom a person refused is no case for any rule; what was voided was given back, and is judged by what is left of it.
_OF_REFERRAL = """t.referral, t.advocate, t.friend, t.attributed_at, t.advocate_country, t.friend_country,
       t.advocate_gone, t.friend_gone"""
_PAST = f"""
WITH tried AS (
    SELECT r.id AS referral, r.advocate, r.friend, r.attributed_at, r.confirmed_at, a.country AS advocate_country,
           f.country AS friend_country, a.held IS NOT DISTINCT FROM 'erased' AS advocate_gone,
           f.held IS NOT DISTINCT FROM 'erased' AS friend_gone
    FROM referral r JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
    WHERE r.confirmed_at IS NOT NULL AND r.state <> 'rejected' AND ($1::uuid IS NULL OR r.program = $1)
      AND r.attributed_at >= $2 AND r.attributed_at < $3
), given_back AS (
    SELECT conversion, sum(cents) AS cents FROM refund
    WHERE conversion IS NOT NULL AND restored_at IS NULL GROUP BY conversion
)
SELECT {_OF_REFERRAL}, 'sign_up' AS kind, '' AS event_key, 0::bigint AS cents, '' AS currency,
       t.confirmed_at AS at, true AS kept, 0::bigint AS number
FROM tried t
UNION ALL
SELECT {_OF_REFERRAL}, c.kind, c.event_key, greatest(c.cents - coalesce(b.cents, 0), 0)::bigint, c.currency,
       c.occurred_at, c.refunded_at IS NULL, c.number
FROM tried t JOIN conversion c ON c.customer = t.friend AND c.kind <> 'sign_up'
  AND c.occurred_at >= t.attributed_at - $4::interval AND c.occurred_at < $3
LEFT JOIN given_back b ON b.conversion = c.id
ORDER BY at, number, referral LIMIT $5
"""  # noqa: S608 - a constant of ours
_PAID = """
SELECT w.side, w.kind, w.currency, count(*) AS rewards,
       sum(w.cents - coalesce((SELECT sum(cents) FROM reward_reduction WHERE reward = w.id), 0))::bigint AS cents
FROM reward w JOIN referral r ON r.id = w.referral
WHERE w.state NOT IN ('canceled', 'expired') AND ($1::uuid IS NULL OR r.program = $1)
  AND r.attributed_at >= $2 AND r.attributed_at < $3
GROUP BY w.side, w.kind, w.currency ORDER BY w.side, w.kind, w.currency
"""


class Sum(msgspec.Struct, frozen=True):
    """What one side gets of one kind, in minor units of ``currency``."""

    side: str
    kind: str
    currency: str
    rewards: int
    cents: int


class Refusal(msgspec.Struct, frozen=True):
    """How often a rule refused an event for a reason, by its key."""

    rule: str
    reason: str
    times: int


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft would have paid, beside what was paid for the same referrals.

    ``months`` are named by their first days by the company's clocks. ``beyond_budget`` events would have waited for a
    person, from ``exhausted_at`` on. ``is_cut`` says that there was more than MOST_EVENTS.
    """

    since: datetime
    until: datetime
    referrals: int
    events: int
    is_cut: bool
    would: Sequence[Sum]
    was: Sequence[Sum]
    months: Mapping[date, Sequence[Sum]]
    people: int
    largest: Sum | None
    refusals: Sequence[Refusal]
    exhausted_at: datetime | None
    beyond_budget: int


async def try_out(*, work: InWork, zone: str, since: datetime, until: datetime) -> Tried:
    """Replay the referrals whose friends signed up from ``since`` until before ``until``: the program's own, or the
    whole company's where it is a new one.

    Reads alone, in two queries. Whether somebody was a customer before and how old they are is not looked at: the one
    is a person's to decide, and of most the other is not known.
    """
    offer, program = _imagined(work, zone), work.offer.id if work.offer else None
    rows = await ground.fetch(_PAST, program, since, until, CLOCKS_DIFFER, MOST_EVENTS + 1)
    was = await ground.fetch(_PAID, program, since, until)
    replay = Replay(offer)
    replay.run(_past(row, offer) for row in rows[:MOST_EVENTS])
    return Tried(
        since=since,
        until=until,
        referrals=len({row["referral"] for row in rows[:MOST_EVENTS]}),
        events=sum(row["kind"] != "sign_up" for row in rows[:MOST_EVENTS]),
        is_cut=len(rows) > MOST_EVENTS,
        would=_summed(replay.paid),
        was=[Sum(**row) for row in was],
        months=_by_month(replay.paid, ZoneInfo(zone)),
        people=len({each.beneficiary for each in replay.paid}),
        largest=_largest(replay.paid, offer.currency),
        refusals=[Refusal(rule, reason, times) for (rule, reason), times in replay.refused.most_common()],
        exhausted_at=replay.exhausted_at,
        beyond_budget=replay.beyond_budget,
    )


def _imagined(work: InWork, zone: str) -> Offer:
    """The draft as if it had been published."""
    content = {name: getattr(work.terms, name) for name in offers.CONTENT}
    rules = [msgspec.structs.replace(rule, id=uuid4()) for rule in publishing.keyed(work.terms.rules)]
    version = Version(
        **{**content, "rules": rules},
        id=uuid4(),
        number=0,
        terms={},
        published_at=datetime.min.replace(tzinfo=UTC),
        published_by="",
    )
    frame = {name: getattr(work.terms, name) for name in Offer.__struct_fields__ if hasattr(work.terms, name)}
    return Offer(**frame, id=uuid4(), zone=zone, version=version)


def _past(row: Mapping[str, Any], offer: Offer) -> Past:
    return Past(
        referral=row["referral"],
        advocate=Person(id=row["advocate"], country=row["advocate_country"], gone=row["advocate_gone"]),
        friend=Person(id=row["friend"], country=row["friend_country"], gone=row["friend_gone"]),
        signed_up_at=row["attributed_at"],
        event=Event(
            kind=row["kind"],
            event_key=row["event_key"],
            cents=row["cents"],
            currency=row["currency"] or offer.currency,
            at=row["at"],
        ),
        kept=row["kept"],
    )


def _summed(paid: Iterable[Paid]) -> list[Sum]:
    """By side, kind and currency."""
    cents: Counter[tuple[str, str, str]] = Counter()
    times: Counter[tuple[str, str, str]] = Counter()
    for each in paid:
        one = (each.rule.side, each.rule.kind, each.currency)
        cents[one] += each.cents
        times[one] += 1
    return [Sum(*one, rewards=times[one], cents=cents[one]) for one in sorted(cents)]


def _by_month(paid: Iterable[Paid], zone: ZoneInfo) -> dict[date, list[Sum]]:
    months: dict[date, list[Paid]] = defaultdict(list)
    for each in paid:
        months[each.at.astimezone(zone).date().replace(day=1)].append(each)
    return {month: _summed(months[month]) for month in sorted(months)}


def _largest(paid: Sequence[Paid], currency: str) -> Sum | None:
    """The largest single reward: of money where there is any."""
    one = max(paid, key=lambda each: (each.currency == currency, each.cents), default=None)
    return None if one is None else _summed([one])[0]
