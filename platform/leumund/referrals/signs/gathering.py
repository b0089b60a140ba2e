"""Gather what is known of one referral: three queries, however many referrals, people and orders there are.

Each part of them reads by an index and has an end: some hundred referrals of one advocate, the last few hundred of the
program, a circle of few steps, some dozens of people of one name. Nothing is asked of anybody's device.
"""

from uuid import UUID

import msgspec

from leumund.consent import addressing
from leumund.customers.notation import folding, normalising
from leumund.customers.records import finding, keeping
from leumund.customers.records.finding import Person
from leumund.kit import ground
from leumund.referrals.signs import rules, weighing
from leumund.referrals.signs.rules import Facts

_KNOWN = f"""
WITH RECURSIVE pair AS (
    SELECT id, program, advocate, friend, attributed_at, claim FROM referral WHERE id = $1
), up AS (
    SELECT advocate AS person, 1 AS steps FROM pair
    UNION
    SELECT o.advocate, up.steps + 1 FROM up JOIN pair ON up.person <> pair.friend
    JOIN referral o ON o.friend = up.person AND o.confirmed_at IS NOT NULL
    WHERE up.steps < {rules.LONGEST_CIRCLE}
), recent AS (
    SELECT id, attributed_at FROM referral
    WHERE advocate = (SELECT advocate FROM pair) AND attributed_at <= (SELECT attributed_at FROM pair)
      AND confirmed_at IS NOT NULL ORDER BY attributed_at DESC LIMIT 200
), others AS (
    SELECT advocate, (attributed_at AT TIME ZONE 'UTC')::date AS day_date FROM referral
    WHERE program = (SELECT program FROM pair) AND attributed_at < (SELECT attributed_at FROM pair)
      AND confirmed_at IS NOT NULL ORDER BY attributed_at DESC LIMIT 500
)
SELECT pair.program, pair.advocate, pair.friend, {weighing.BROUGHT},
    (SELECT min(steps) FROM up WHERE up.person = pair.friend) AS circle,
    EXISTS (SELECT FROM conversion c WHERE c.customer = pair.friend AND c.referral IS NULL AND c.kind = 'purchase'
            AND c.occurred_at < pair.attributed_at - interval '5 minutes') AS bought_before,
    (SELECT count(*) FROM recent WHERE recent.attributed_at > pair.attributed_at - interval '1 hour') AS in_hour,
    (SELECT count(*) FROM recent WHERE recent.attributed_at > pair.attributed_at - interval '1 day') AS in_day,
    (SELECT count(*) / greatest(count(DISTINCT (advocate, day_date)), 1)::float FROM others
     WHERE others.advocate <> pair.advocate) AS usual_day,
    (SELECT count(*) FROM recent JOIN conversion c ON c.referral = recent.id AND c.kind = 'purchase'
     WHERE c.refunded_at IS NOT NULL AND recent.id <> pair.id) AS given_back,
    (SELECT count(*) FROM recent JOIN conversion c ON c.referral = recent.id AND c.kind = 'purchase'
     WHERE recent.id <> pair.id) AS bought,
    ARRAY(SELECT signal FROM referral_signal s WHERE s.referral = pair.id) AS noted,
    coalesce(k.way = 'support', false) AS entered, coalesce(k.from_file, false) AS from_file
FROM pair LEFT JOIN referral_claim k ON k.id = pair.claim
"""  # noqa: S608 - names of ours alone
_PEOPLE = f"SELECT {finding.COLUMNS} FROM customer WHERE id = ANY ($1::uuid[])"  # noqa: S608
# Who could be the friend by another name for the same mailbox, or by name.
_ALIKE = f"""
SELECT {finding.COLUMNS} FROM customer WHERE id IN (
    SELECT id FROM customer WHERE email_hash = ANY ($1::text[])
    UNION (SELECT id FROM customer WHERE $2::bigint[] <> '{{}}' AND found_by @> $2::bigint[] LIMIT 50)
) AND stage = 'customer' AND id <> ALL ($3::uuid[])
"""  # noqa: S608

_WEIGHTS = f"SELECT {weighing.BROUGHT} FROM referral pair WHERE id = $1"  # noqa: S608


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one referral, and what each sign weighs in its program."""

    facts: Facts
    weights: dict[str, int]


async def gather(*, referral: UUID, large_order: bool) -> Gathered:
    """What is known of ``referral``, whose order is above the program's limit where it is a ``large_order``."""
    known = (await ground.fetch(_KNOWN, referral))[0]
    known.pop("program")
    advocate, friend = known.pop("advocate"), known.pop("friend")
    people = {row["id"]: finding.of_row(row) for row in await ground.fetch(_PEOPLE, [advocate, friend])}
    weights = weighing.told(known.pop(weighing.WEIGHTS))
    facts = Facts(
        advocate=people[advocate],
        friend=people[friend],
        large_order=large_order,
        known_before=await _is_known(people[friend], advocate) if weights["known_before"] else False,
        noted=frozenset(known.pop("noted")),
        **known,
    )
    return Gathered(facts=facts, weights=weights)


async def weights_of(*, referral: UUID) -> dict[str, int]:
    """What each sign weighs in the program of ``referral``."""
    rows = await ground.fetch(_WEIGHTS, referral)
    return weighing.told(rows[0][weighing.WEIGHTS])


async def _is_known(friend: Person, advocate: UUID) -> bool:
    """Whether a customer looks like the friend; the advocate is looked at by rules of their own."""
    found = await ground.fetch(_ALIKE, _addresses(friend), _words(friend), [friend.id, advocate])
    return any(rules.is_another_spelling(friend, finding.of_row(row)) for row in found)


def _addresses(person: Person) -> list[str]:
    if person.email is None:
        return []
    local, _, domain = person.email.rpartition("@")
    plain = f"{local.split('+')[0]}@{domain}"
    return [addressing.hashed(each) for each in {plain, *normalising.of_mailbox(person.email)}]


def _words(person: Person) -> list[int]:
    """What the whole name leaves in ``found_by``; nothing of half a name, which is that of too many."""
    if not (person.given_name and person.family_name):
        return []
    return keeping.by_words(folding.words(person.name))
